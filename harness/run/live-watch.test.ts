import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { service, system } from "../model/system.ts";
import { LiveWatch } from "./live-watch.ts";

const definition = system({
  name: "shop",
  entry: "api",
  components: {
    api: service({ command: ["node"], readyPath: "/ready", livePath: "/live" }),
    worker: service({ command: ["node"], readyPath: "/ready" }),
  },
});

/** What the server answers: a status, or nothing. */
let answer: number | undefined;
let asked: string[] = [];
let connections = 0;
let server: Server | undefined;
let watch: LiveWatch | undefined;
let events: RunEvent[] = [];
afterEach(async () => {
  await watch?.end();
  await close();
});

async function listen(port = 0): Promise<number> {
  server = createServer((request, reply) => {
    asked.push(request.url ?? "");
    if (answer !== undefined) reply.writeHead(answer, answer === 302 ? { location: "/ready" } : {}).end("body");
  }).on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((listening) => server!.listen(port, "127.0.0.1", listening));
  return (server.address() as AddressInfo).port;
}

async function close(): Promise<void> {
  server?.closeAllConnections();
  if (server?.listening === true) await new Promise((closed) => server!.close(closed));
}

async function start(): Promise<number> {
  [asked, events, connections] = [[], [], 0];
  const port = await listen();
  const direct = { api: { host: "127.0.0.1", port }, worker: { host: "127.0.0.1", port } };
  watch = new LiveWatch(
    definition,
    direct,
    () => performance.now(),
    (event) => events.push(event),
  );
  return port;
}

const seen = (): readonly string[] =>
  events.map((event) => (event.type === "live" ? `${event.instance} ${event.answer} ${event.inARow}` : event.type));
const until = (expected: readonly string[]) => vi.waitFor(() => expect(seen()).toEqual(expected), { timeout: 20_000 });
const askedAgain = async (times: number): Promise<void> => {
  const before = asked.length;
  await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(before + times), { timeout: 20_000 });
};

test("reports the first answer, and then what changes, of components that state a live path, over one connection", async () => {
  answer = 200;
  await start();
  await askedAgain(5);
  expect(seen()).toEqual(["api 200 1"]);
  expect([new Set(asked), connections]).toEqual([new Set(["/live"]), 1]);
  expect(events[0]).toMatchObject({ isLive: true, status: 200 });
});

test("an answer other than 200 is reported twice, and that it is 200 again", async () => {
  answer = 200;
  await start();
  await until(["api 200 1"]);
  answer = 503;
  await until(["api 200 1", "api 503 1", "api 503 2"]);
  await askedAgain(2);
  answer = 302;
  await vi.waitFor(() => expect(seen().at(-1)).toMatch(/^api 302 \d+$/), { timeout: 20_000 });
  expect(seen()).toHaveLength(4);
  expect(events.at(-1)).toMatchObject({ isLive: false, status: 302 });
  answer = 200;
  await vi.waitFor(() => expect(seen().at(-1)).toBe("api 200 1"), { timeout: 20_000 });
});

test("silence is no answer after a second, and does not hold up the end", async () => {
  answer = 200;
  await start();
  await until(["api 200 1"]);
  answer = undefined;
  await until(["api 200 1", "api no answer within 1 s 1"]);
  const [, silence] = events as (RunEvent & { type: "live" })[];
  expect(silence!.atMs - silence!.askedMs).toBeGreaterThan(990);
  expect(silence).toMatchObject({ isLive: false });
  expect(silence).not.toHaveProperty("status");
  await askedAgain(1);
  const before = performance.now();
  await watch!.end();
  expect(performance.now() - before).toBeLessThan(900);
  expect(seen()).toHaveLength(2);
});

test("what is not there any more is refused, and is found again where it was", async () => {
  answer = 200;
  const port = await start();
  await until(["api 200 1"]);
  await close();
  await vi.waitFor(() => expect(seen()).toContainEqual(expect.stringMatching(/^api refused/)), { timeout: 20_000 });
  await listen(port);
  await vi.waitFor(() => expect(seen().at(-1)).toBe("api 200 1"), { timeout: 20_000 });
});

test("a body without an end is no answer", async () => {
  answer = 200;
  await start();
  await until(["api 200 1"]);
  server!.removeAllListeners("request").on("request", (_, reply) => void reply.writeHead(200).write("more"));
  await until(["api 200 1", "api no answer within 1 s 1"]);
});

test("where this process stood still itself, nothing is reported of the silence", async () => {
  answer = 200;
  await start();
  await until(["api 200 1"]);
  answer = undefined;
  await askedAgain(1);
  const stillUntil = performance.now() + 1300;
  while (performance.now() < stillUntil);
  answer = 200;
  await askedAgain(2);
  expect(seen()).toEqual(["api 200 1"]);
});
