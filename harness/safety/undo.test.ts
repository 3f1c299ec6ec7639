import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { undoAll } from "./undo.ts";

let server: Server;
let status: number;
let asked: string[];
let admin: string;
beforeEach(async () => {
  [status, asked] = [204, []];
  server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url}`);
    reply.writeHead(status).end(status === 204 ? undefined : "no");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

const steps = (foreign: { foreign?: true }) =>
  [
    { do: "removeToxic", admin, proxy: "a.b", toxic: "slow", ...foreign },
    { do: "openProxy", admin, proxy: "a.b", ...foreign },
  ] as const;

test("a toxic is removed and a proxy opened; one that is gone is undone", async () => {
  expect(await undoAll(steps({ foreign: true }))).toEqual([]);
  expect(asked).toEqual(["DELETE /proxies/a.b/toxics/slow", "POST /proxies/a.b"]);
  status = 404;
  expect(await undoAll(steps({ foreign: true }))).toEqual([]);
});

test("somebody else's proxy server that does not do it is told of, refusing or silent; our own ends anyway", async () => {
  status = 500;
  const failures = await undoAll(steps({ foreign: true }));
  expect(failures.map(({ step, error }) => [step.do, String(error)])).toEqual([
    ["removeToxic", `Error: ${admin}/proxies/a.b/toxics/slow answered 500: no`],
    ["openProxy", `Error: ${admin}/proxies/a.b answered 500: no`],
  ]);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  expect(await undoAll(steps({ foreign: true }))).toHaveLength(2);
  expect(await undoAll(steps({}))).toEqual([]);
});
