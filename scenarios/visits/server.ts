// Counts visits in Redis: POST /visits answers with the count, or with 503 when Redis does not answer in time.
import { createServer } from "node:http";
import { Redis } from "ioredis";

const store = new Redis(process.env["STORE_URL"] ?? "", {
  commandTimeout: 1000,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
});
store.on("error", () => undefined);

const answers: Record<string, () => Promise<object>> = {
  "GET /live": () => Promise.resolve({}),
  "GET /ready": async () => ({ store: await store.ping() }),
  "POST /visits": async () => ({ visits: await store.incr("visits") }),
};

createServer((request, reply) => {
  const answer = answers[`${request.method} ${request.url}`] ?? (() => Promise.reject(new Error("no such path")));
  answer().then(
    (document) => reply.end(JSON.stringify(document)),
    () => reply.writeHead(503).end(),
  );
}).listen(Number(process.env["PORT"]), "127.0.0.1");
