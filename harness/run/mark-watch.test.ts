import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { service, system } from "../model/system.ts";
import { MarkWatch } from "./mark-watch.ts";

const marks = {
  "the pool is exhausted": { metric: "waiting", above: 0 },
  "it is shut": { metric: "open", below: 1, goesOffAlone: true },
};
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
let nowMs = 7;
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
  [asked, events, nowMs] = [0, [], 7];
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
    () => nowMs,
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

/** The marks of the one that answers. */
const marksOfFirst = () => {
  const { read, on, unread } = watch!.marks;
  return { read, on, unread: unread.filter(({ instance }) => instance === "api-1").map(({ mark }) => mark) };
};

test("knows which marks are on, since when, and how far beyond their bound", async () => {
  answer = "waiting 5\nopen 1\n";
  await start();
  await until(["api-1 the pool is exhausted true 5"]);
  nowMs = 900;
  answer = "waiting 6\nopen 1\n";
  const pool = { instance: "api-1", mark: "the pool is exhausted", sinceMs: 7, beyond: 6, value: 6 };
  await vi.waitFor(() => expect(marksOfFirst()).toEqual({ read: 2, on: [pool], unread: [] }), { timeout: 20_000 });
  answer = "waiting 0\nopen 0\n";
  const shut = { instance: "api-1", mark: "it is shut", sinceMs: 900, beyond: 1, value: 0, goesOffAlone: true };
  await vi.waitFor(() => expect(marksOfFirst().on).toEqual([shut]), { timeout: 20_000 });
  answer = "waiting 0\nopen 1\n";
  await vi.waitFor(() => expect(marksOfFirst().on).toEqual([]), { timeout: 20_000 });
  // The other one never answered.
  expect(watch!.marks.unread.map(({ instance, wasRead }) => `${instance} ${wasRead}`)).toEqual([
    "api-2 false",
    "api-2 false",
  ]);
});

test("a mark whose metric is missing was not read, and one that has a kind and no value yet was", async () => {
  answer = "wating 5\n# TYPE open gauge\n";
  await start();
  await vi.waitFor(() => expect(marksOfFirst().read).toBe(1), { timeout: 20_000 });
  expect(marksOfFirst()).toEqual({ read: 1, on: [], unread: ["the pool is exhausted"] });
});

test("what is not read any more is not known to be on", async () => {
  answer = "waiting 5\nopen 0\n";
  await start();
  await vi.waitFor(() => expect(marksOfFirst().on).toHaveLength(2), { timeout: 20_000 });
  answer = "waiting 5\n";
  await vi.waitFor(() => expect(asked).toBeGreaterThan(2), { timeout: 20_000 });
  nowMs += 3001;
  await vi.waitFor(() => expect(marksOfFirst()).toMatchObject({ read: 1, unread: ["it is shut"] }), {
    timeout: 20_000,
  });
  expect(watch!.marks.unread.find(({ mark }) => mark === "it is shut")?.wasRead).toBe(true);
});

test("a counter that is above its bound stays so, and says nothing of now", async () => {
  answer = "# TYPE waiting counter\nwaiting 5\nopen 1\n";
  await start();
  await until(["api-1 the pool is exhausted true 5"]);
  expect(marksOfFirst()).toEqual({ read: 1, on: [], unread: [] });
});
