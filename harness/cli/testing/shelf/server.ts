// A shelf of numbered boxes over one Redis: the smallest system whose faults users can notice.
import { createServer } from "node:http";
import { Redis } from "ioredis";

const store = new Redis(process.env["STORE_URL"] ?? "", {
  // Longer than a busy machine may stand still: what is refused is to be refused for a fault.
  commandTimeout: Number(process.env["PATIENCE_MS"] ?? 1000),
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
});
store.on("error", () => undefined);

/** What each box held when it was last seen; empty unless it is asked for. */
const seen = new Map<string, object>();
const remembers = process.env["MEMORY"] === "on";

async function answer(method: string, path: string, body: string): Promise<readonly [number, object]> {
  const key = path.slice("/boxes/".length);
  if (path === "/live") return [200, {}];
  if (path === "/ready") return [200, { store: await store.ping() }];
  if (method === "PUT") {
    const version = await store.hincrby(key, "version", 1);
    await store.hset(key, "value", body);
    return [200, { version }];
  }
  try {
    const [version, value] = await store.hmget(key, "version", "value");
    const box = { version: Number(version ?? 0), value };
    if (remembers) seen.set(key, box);
    return [200, box];
  } catch (error) {
    const box = seen.get(key);
    if (box === undefined) throw error;
    return [200, box];
  }
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
}).listen(Number(process.env["PORT"]), process.env["HOST"] ?? "127.0.0.1");
