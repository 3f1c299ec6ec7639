import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type App, TestSystem } from "../testing/app.ts";
import { type Link, openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";

let system: TestSystem;
/** The first API's way to the cache, and the worker's; the second API has the cache to itself. */
let toCache: Link;
let workerToCache: Link;
let first: App;
let second: App;

beforeAll(async () => {
  system = await TestSystem.start();
  [toCache, workerToCache] = await Promise.all([openLink(system.cache.url), openLink(system.cache.url)]);
  const [api1, api2, worker] = await Promise.all([
    system.launch("api", { INSTANCE: "api-1", CACHE_URL: toCache.url }),
    system.launch("api", { INSTANCE: "api-2" }),
    system.launch("worker", { CACHE_URL: workerToCache.url }),
  ]);
  [first, second] = [api1, api2];
  await worker.untilReady();
});
beforeEach(async () => {
  await Promise.all([untilServed(first, "hit"), untilServed(second, "hit")]);
});
afterEach(async () => {
  await toCache.heal();
  await workerToCache.heal();
  system.cache.process.signal("SIGCONT");
});
afterAll(async () => {
  await system?.dispose();
  await Promise.all([toCache?.close(), workerToCache?.close()]);
});

/** Every test has products of its own. */
let lastId = 0;
const path = () => `/products/${++lastId}`;

async function untilServed(app: App, served: string, at = "/products/200"): Promise<void> {
  await eventually(async () => (await servedOf(app, at)) === served || undefined, { what: `served: ${served}` });
}

async function servedOf(app: App, at: string): Promise<string | null> {
  return (await app.request("GET", at)).headers.get("x-served");
}

it("serves a product from Postgres first, then from the cache, to every instance, and invalidates it for all", async () => {
  const at = path();
  expect(await servedOf(first, at)).toBe("miss");
  await untilServed(first, "hit", at);
  expect(await servedOf(second, at)).toBe("hit");

  const written = await first.request("PUT", at, { priceCents: 42, note: "sale" });
  expect(written).toMatchObject({ status: 200, body: { version: 2, note: "sale", priceCents: 42 } });
  for (const app of [first, second]) {
    const read = await app.request("GET", at);
    expect(read.body).toEqual(written.body);
    expect(read.headers.get("x-instance")).toBe(app === first ? "api-1" : "api-2");
  }
});

it.each([
  ["a price of null", { priceCents: null, note: "" }],
  ["a price in a text", { priceCents: "5", note: "" }],
  ["no price", { note: "" }],
  ["a field that there is not", { priceCents: 5, nite: "" }],
  ["a note that is too long", { priceCents: 5, note: "x".repeat(65) }],
  ["a note that Postgres can't keep", { priceCents: 5, note: "a\u0000b" }],
])("refuses %s instead of making something of it", async (_what, body) => {
  const at = path();
  expect(await first.request("PUT", at, body)).toMatchObject({ status: 400, body: { code: "invalid-request" } });
  expect((await first.request("GET", at)).body.version).toBe(1);
});

it("takes a note of 64 characters, and a change without one for an empty note", async () => {
  const at = path();
  const note = "é".repeat(64);
  expect((await first.request("PUT", at, { priceCents: 5, note })).body).toMatchObject({ note, version: 2 });
  expect((await first.request("PUT", at, { priceCents: 6 })).body).toMatchObject({ note: "", version: 3 });
});

it("knows no product by what is not an id", async () => {
  for (const id of ["0", "1e2", "-1", "2147483648"]) {
    expect((await first.request("GET", `/products/${id}`)).status).toBe(400);
  }
  expect(await first.request("GET", "/products/999999999")).toMatchObject({
    status: 404,
    body: { code: "unknown-product" },
  });
});

it("bypasses a cache that is stopped, quickly, and uses it again when it goes on", async () => {
  system.cache.process.signal("SIGSTOP");
  await untilServed(first, "bypass"); // A signal takes a moment to arrive.
  const replies = [];
  for (let count = 0; count < 20; count++) replies.push(await first.request("GET", "/products/200"));
  expect(replies.every(({ status, headers }) => status === 200 && headers.get("x-served") === "bypass")).toBe(true);
  expect(replies.filter(({ tookMs }) => tookMs > 75).length).toBeLessThanOrEqual(3);
  expect((await first.request("PUT", path(), { priceCents: 1, note: "" })).tookMs).toBeLessThan(300);
  expect((await first.request("GET", "/readyz")).body).toEqual({ status: "degraded", without: ["cache"] });

  system.cache.process.signal("SIGCONT");
  const healedAt = performance.now();
  await untilServed(first, "hit");
  expect(performance.now() - healedAt).toBeLessThan(2000);
});

it("bypasses a cache that is gone, and uses it again after a restart without any of its data", async () => {
  await system.cache.kill();
  expect(await servedOf(first, "/products/200")).toBe("bypass");
  await system.cache.start();
  await untilServed(first, "hit");
});

it("invalidates through the outbox what the API could not, while its way to the cache is a black hole", async () => {
  const at = path();
  await untilServed(second, "hit", at);
  toCache.blackHole();
  const written = await first.request("PUT", at, { priceCents: 1, note: "hidden" });
  expect(written.status).toBe(200);
  expect(written.tookMs).toBeLessThan(400);
  await eventually(async () => (await second.request("GET", at)).body.version === written.body.version || undefined, {
    withinMs: 2000,
  });
});

it("serves nothing older than an acknowledged write after a black hole, though fills were held up in it", async () => {
  const at = path();
  await untilServed(first, "hit", at);
  toCache.blackHole();
  await first.request("GET", at);
  const written = await first.request("PUT", at, { priceCents: 1, note: "new" });
  await sleep(1000);
  const versions = new Set<number>();
  const look = async () => {
    for (const app of [first, second]) versions.add((await app.request("GET", at)).body.version);
  };
  for (let count = 0; count < 20; count++) await look();
  await toCache.heal();
  await eventually(async () => {
    await look();
    return (await servedOf(first, at)) === "hit" || undefined;
  });
  await look();
  expect([...versions]).toEqual([written.body.version]);
});

it("does not serve from the cache what nobody could invalidate in it, not even to an instance that can reach it", async () => {
  const at = path();
  await untilServed(second, "hit", at);
  toCache.blackHole();
  workerToCache.blackHole();
  const written = await first.request("PUT", at, { priceCents: 1, note: "unheard of" });
  await sleep(800);
  const read = await second.request("GET", at);
  expect(read.body.version).toBe(written.body.version);
  expect(await servedOf(second, "/products/200")).toBe("hit");
});

it("keeps invalidating until it is done when the worker cannot reach the cache either", async () => {
  const at = path();
  await untilServed(second, "hit", at);
  toCache.blackHole();
  workerToCache.blackHole();
  await first.request("PUT", at, { priceCents: 1, note: "later" });
  const placed = await first.request("POST", "/orders", { productId: 1, quantity: 1 }, { "idempotency-key": "apart" });
  await eventually(async () => {
    const order = await first.request("GET", `/orders/${placed.body.orderId}`);
    return order.body.status === "fulfilled" || undefined;
  });
  await toCache.heal("lost");
  await workerToCache.heal("lost");
  // With its invalidation sent, the product is served from the cache once more, in its new version.
  await eventually(async () => {
    const { body, headers } = await second.request("GET", at);
    return (body.note === "later" && headers.get("x-served") === "hit") || undefined;
  });
});

it("lost-del: serves a stale entry, with the same steps that leave none in the correct app", async () => {
  const mutant = await system.launch("api", { MUTANT: "lost-del", CACHE_URL: toCache.url });
  await untilServed(mutant, "hit");
  const versionsAfterWriteBy = async (writer: App) => {
    const at = path();
    await untilServed(second, "hit", at);
    toCache.blackHole();
    expect((await writer.request("PUT", at, { priceCents: 1, note: "lost?" })).body.version).toBe(2);
    await sleep(2100);
    const read = await second.request("GET", at);
    return read.body.version;
  };
  expect(await Promise.all([versionsAfterWriteBy(mutant), versionsAfterWriteBy(first)])).toEqual([1, 2]);
});
