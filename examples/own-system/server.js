// Notes by name, over HTTP: rows in Postgres, copies of them in Redis.
import { createServer } from "node:http";
import { Redis } from "ioredis";
import pg from "pg";

const copiesLiveSeconds = 60;

const db = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  connectionTimeoutMillis: 500,
  query_timeout: 500,
});
db.on("error", () => undefined);
const cache = new Redis(process.env.CACHE_URL, {
  commandTimeout: 100,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
});
cache.on("error", () => undefined);

async function read(name) {
  const copy = await cache.get(name).catch(() => null);
  if (copy !== null) return JSON.parse(copy);
  const { rows } = await db.query("SELECT text, version FROM notes WHERE name = $1", [name]);
  const note = rows[0] ?? { text: null, version: 0 };
  await cache.set(name, JSON.stringify(note), "EX", copiesLiveSeconds).catch(() => undefined);
  return note;
}

async function write(name, text) {
  const { rows } = await db.query(
    `INSERT INTO notes (name, text) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET text = excluded.text, version = notes.version + 1
     RETURNING text, version`,
    [name, text],
  );
  // The next read fetches it again.
  await cache.del(name).catch(() => undefined);
  return rows[0];
}

async function bodyOf(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

async function answer(request) {
  const [, name = ""] = /^\/notes\/(\w+)$/.exec(request.url) ?? [];
  if (request.method === "GET" && request.url === "/live") return {};
  if (request.method === "GET" && request.url === "/ready") return (await db.query("SELECT 1")).rows[0];
  if (request.method === "GET" && name !== "") return read(name);
  if (request.method === "PUT" && name !== "") return write(name, await bodyOf(request));
  return undefined;
}

if (process.argv[2] === "migrate") {
  await db.query("CREATE TABLE IF NOT EXISTS notes (name text PRIMARY KEY, text text, version int NOT NULL DEFAULT 1)");
  await db.end();
  cache.disconnect();
} else {
  createServer((request, reply) => {
    answer(request).then(
      (document) => reply.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document)),
      () => reply.writeHead(503).end(),
    );
  }).listen(Number(process.env.PORT), "127.0.0.1");
}
