// Keeps everything in memory, so that a kill loses all of it. A write is answered with 204, and tells no version.
import { createServer } from "node:http";

const rows = new Map();
createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  const key = url.pathname.match(/^\/keys\/(\d+)$/)?.[1];
  if (url.pathname === "/all") {
    response.end(JSON.stringify([...rows].map(([at, value]) => ({ key: Number(at), value }))));
  } else if (key === undefined) {
    response.end("{}");
  } else if (request.method === "PUT") {
    rows.set(key, Number(url.searchParams.get("value")));
    response.writeHead(204).end();
  } else {
    response.writeHead(rows.has(key) ? 200 : 404).end(JSON.stringify({ value: rows.get(key) }));
  }
}).listen(Number(process.env["PORT"]), "127.0.0.1");
