// Says where it is, as Kafka, the members of a replica set and the nodes of a cluster do.
import { createServer } from "node:http";

const port = Number(process.env["PORT"]);
createServer((request, reply) => {
  reply.end(request.url === "/metadata" ? JSON.stringify({ advertised: `http://127.0.0.1:${port}` }) : "{}");
}).listen(port, "127.0.0.1");
