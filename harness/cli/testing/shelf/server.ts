// A shelf of numbered boxes over one Redis: the smallest system whose faults users can notice.
import { createServer } from "node:http";
import { Redis } from "ioredis";

const store = new Redis(process.env["STORE_URL"] ?? "", {
  commandTimeout: 200,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
});
store.on("error", () => undefined);

async function answer(method: string, path: string, body: string): Promise<readonly [number, object]> {
  const key = path.slice("/boxes/".length);
  if (path === "/live") return [200, {}];
  if (path === "/ready") return [200, { store: await store.ping() }];
  if (method === "PUT") {
    const version = await store.hincrby(key, "version", 1);
    await store.hset(key, "value", body);
    return [200, { version }];
  }
  const [version, value] = await store.hmget(key, "version", "value");
  return [200, { version: Number(version ?? 0), value }];
}

createServer((request, reply) => {
  const { method = "GET", url = "/" } = request;
  let body = "";
  request.on("data", (part) => {
    body += String(part);
  });
  request.on("end", () => {
    void answer(method, url, body)
      .catch((error: Error) => {
        console.log(`${method} ${url} ${error.message}`);
        return [503, { code: "STORE_AWAY" }] as const;
      })
      .then(([status, document]) => {
        reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
      });
  });
}).listen(Number(process.env["PORT"]), "127.0.0.1");
