import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";

/** Sends some bytes and waits for any answer. */
async function ask(address: string | undefined, bytes: string | Uint8Array): Promise<void> {
  const [host = "", port = ""] = (address ?? "").split(":");
  const socket = connect({ host, port: Number(port) });
  socket.setTimeout(300, () => socket.destroy(new Error("no answer")));
  try {
    socket.write(bytes);
    await once(socket, "data");
  } finally {
    socket.destroy();
  }
}

/** What Postgres answers before any log-in. */
const sslRequest = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);

createServer((request, reply) => {
  if (request.url === "/live") {
    reply.end("ok");
    return;
  }
  const { CACHE, DATABASE } = process.env;
  Promise.all([ask(CACHE, "PING\r\n"), ask(DATABASE, sslRequest)]).then(
    () => reply.end("ok"),
    () => reply.writeHead(503).end(),
  );
}).listen(Number(process.env["PORT"]), process.env["HOST"] ?? "127.0.0.1");
