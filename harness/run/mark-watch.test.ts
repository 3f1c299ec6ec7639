import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { service, system } from "../model/system.ts";
import { MarkWatch } from "./mark-watch.ts";

const marks = { "the pool is exhausted": { metric: "waiting", above: 0 }, "it is shut": { metric: "open", below: 1 } };
const definition = system({
  name: "shop",
  entry: "api",
  components: {
    api: service({ command: ["node"], readyPath: "/", instances: 2, metrics: { path: "/metrics", marks } }),
    worker: service({ command: ["node"], readyPath: "/" }),
  },
});

let answer: string | undefined;
let asked = 0;
let server: Server | undefined;
let watch: MarkWatch | undefined;
let events: RunEvent[] = [];
afterEach(async () => {
  await watch?.end();
  server?.closeAllConnections();
  server?.close();
});

/** One instance that answers what the test says, or nothing, and another that is not there. */
async function start(): Promise<void> {
  [asked, events] = [0, []];
  server = createServer((_, reply) => {
    asked += 1;
    if (answer !== undefined) reply.writeHead(answer === "" ? 503 : 200).end(answer);
  });
  await new Promise<void>((listening) => server!.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const direct = { "api-1": { host: "127.0.0.1", port }, "api-2": { host: "127.0.0.1", port: 1 } };
  watch = new MarkWatch(
    definition,
    direct,
    () => 7,
    (event) => events.push(event),
  );
}

const seen = (): readonly string[] =>
  events.map((event) => (event.type === "mark" ? `${event.instance} ${event.mark} ${event.isOn} ${event.value}` : ""));
const until = (expected: readonly string[]) => vi.waitFor(() => expect(seen()).toEqual(expected), { timeout: 20_000 });

test("tells once that a mark is reached, and once that it is left", async () => {
  answer = 'waiting{instance="api-1"} 0\nopen 1\n';
  await start();
  await vi.waitFor(() => expect(asked).toBeGreaterThan(1), { timeout: 20_000 });
  answer = "waiting 5\nopen 1\n";
  await until(["api-1 the pool is exhausted true 5"]);
  answer = "waiting 6\nopen 0\n";
  await until(["api-1 the pool is exhausted true 5", "api-1 it is shut true 0"]);
  answer = "waiting 0\nopen 0\n";
  await until(["api-1 the pool is exhausted true 5", "api-1 it is shut true 0", "api-1 the pool is exhausted false 0"]);
});

test("what is refused, or silent, says nothing of a mark, and does not hold up the end", async () => {
  answer = "open 0\n";
  await start();
  await until(["api-1 it is shut true 0"]);
  answer = "";
  const before = asked;
  await vi.waitFor(() => expect(asked).toBeGreaterThan(before + 1), { timeout: 20_000 });
  answer = undefined;
  const silent = asked;
  await vi.waitFor(() => expect(asked).toBeGreaterThan(silent), { timeout: 20_000 });
  await watch!.end();
  expect(seen()).toEqual(["api-1 it is shut true 0"]);
});
