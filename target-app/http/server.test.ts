import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { OutcomeUnknown, Problem, Unavailable } from "../platform/errors.ts";
import { createLog } from "../platform/log.ts";
import { addHealth } from "./health.ts";
import { createServer } from "./server.ts";

const log = createLog({ logLevel: "silent", instance: "test" });

it.each([
  ["a problem", new Problem(409, "request-in-flight", "wait"), 409, "request-in-flight"],
  ["an absent dependency", new Unavailable("postgres", new Error("refused")), 503, "unavailable"],
  ["a lost reply to a commit", new OutcomeUnknown(new Error("reset")), 504, "outcome-unknown"],
  ["a bug", new TypeError("undefined is not a function"), 500, "internal"],
])("answers %s as a problem with a code", async (_what, error, status, code) => {
  const server = createServer({ instance: "api-7", log });
  server.get("/", async () => {
    throw error;
  });
  const reply = await server.inject("/");
  expect(reply.statusCode).toBe(status);
  expect(reply.headers).toMatchObject({ "x-instance": "api-7" });
  expect(reply.headers["content-type"]).toContain("application/problem+json");
  expect(reply.json()).toMatchObject({ status, code });
});

it("answers before a second is over, whatever the handler waits for", async () => {
  const server = createServer({ instance: "test", log });
  server.get("/", () => sleep(5000, {}, { ref: false }));
  const took: number[] = [];
  // The machine may stand still in one of them.
  while (took.length < 3 && !took.some((ms) => ms < 1000)) {
    const startedAt = performance.now();
    expect((await server.inject("/")).json()).toMatchObject({ code: "outcome-unknown" });
    took.push(performance.now() - startedAt);
  }
  expect(Math.min(...took)).toBeLessThan(1000);
});

it("closes with the answers that are under way, and waits for no connection that is kept alive", async () => {
  const server = createServer({ instance: "test", log });
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  server.get("/", async () => {
    begin();
    await sleep(100);
    return {};
  });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const reply = fetch(address);
  await begun;
  const closed = server.close().then(() => "closed");
  const { status, headers } = await reply;
  expect([status, headers.get("connection")]).toEqual([200, "close"]);
  expect(await Promise.race([closed, sleep(2000, "still open")])).toBe("closed");
});

it("is live without anything, ready with what it needs, and degraded without what it wants", async () => {
  const server = createServer({ instance: "test", log });
  let isThere = false;
  addHealth(server, {
    needed: { postgres: () => (isThere ? Promise.resolve() : Promise.reject(new Error("away"))) },
    wanted: { cache: () => false },
  });
  expect((await server.inject("/livez")).statusCode).toBe(200);
  expect((await server.inject("/readyz")).json()).toMatchObject({ status: 503, code: "not-ready" });
  isThere = true;
  expect((await server.inject("/readyz")).json()).toEqual({ status: "degraded", without: ["cache"] });
});
