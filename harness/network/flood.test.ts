import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, vi } from "vitest";
import { startFlood } from "./flood.ts";

it("asks for something else each time, on the wire, and no two floods ask for the same", async () => {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${String(request.headers["idempotency-key"])} ${body}`);
      // Slowly: what counts is that they differ.
      setTimeout(() => reply.end("ok"), 5);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const request = { method: "POST", path: "/o/{n}", headers: { "idempotency-key": "k-{n}" }, body: "b{n}" };
  const floods = [1, 2].map(() => startFlood({ host: "127.0.0.1", port }, request, 3));
  await vi.waitFor(() => expect(floods.every((flood) => flood.counts().ok > 20)).toBe(true), 15_000);
  await Promise.all(floods.map((flood) => flood.stop()));
  server.closeAllConnections();
  server.close();
  expect(new Set(asked).size).toBe(asked.length);
  for (const one of asked) expect(one).toMatch(/^POST \/o\/(\d+) k-\1 b\1$/);
}, 20_000);
