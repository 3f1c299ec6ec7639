import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { openRedisLink, type RedisLink } from "../platform/redis-link.ts";
import { type Component, startRedis } from "../testing/components.ts";
import { openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";
import { keyOf, type ProductCache, productCache } from "./product-cache.ts";

let component: Component;
let link: RedisLink;
let cache: ProductCache;

const log = createLog({ logLevel: "silent", instance: "test" });

beforeAll(async () => {
  component = await startRedis();
  link = openRedisLink({ url: component.url, name: "the cache", deadlineMs: 500, log });
  await eventually(() => link.isReady() || undefined);
  cache = productCache(link, { ttlSeconds: 30 });
});

afterAll(async () => {
  link?.close();
  await component?.dispose();
});

const keyed = (id: number) => ({ tenant: "acme", id });
const state = (id: number, version: number) => ({
  product: { ...keyed(id), version, name: "", priceCents: 1, stock: 1, note: "" },
  version,
});

it("gives what was filled in, and forgets it in time", async () => {
  const { lease } = await cache.read(keyed(1));
  await cache.fill(keyed(1), state(1, 3), lease);
  expect((await cache.read(keyed(1))).state).toEqual(state(1, 3));
  const redis = new Redis(component.url);
  const lifeMs = await redis.pttl(keyOf(keyed(1)));
  redis.disconnect();
  expect(lifeMs).toBeGreaterThan(25_000);
  expect(lifeMs).toBeLessThanOrEqual(30_000);
});

it("refuses a late fill that is older than the tombstone, and takes one that is not", async () => {
  const { lease } = await cache.read(keyed(2));
  await cache.invalidate(keyed(2), 5);
  await cache.fill(keyed(2), state(2, 4), lease);
  expect((await cache.read(keyed(2))).state).toBeUndefined();
  await cache.fill(keyed(2), state(2, 5), lease);
  expect((await cache.read(keyed(2))).state?.version).toBe(5);
});

it("leaves alone what is as new as the tombstone, so that an invalidation may come twice", async () => {
  const { lease } = await cache.read(keyed(3));
  await cache.fill(keyed(3), state(3, 5), lease);
  await cache.invalidate(keyed(3), 4);
  await cache.invalidate(keyed(3), 5);
  expect((await cache.read(keyed(3))).state?.version).toBe(5);
  await cache.invalidate(keyed(3), 6);
  expect((await cache.read(keyed(3))).state).toBeUndefined();
});

it("refuses a fill that was held up for longer than a tombstone may live", async () => {
  const { lease } = await cache.read(keyed(4));
  await cache.fill(keyed(4), state(4, 1), { readAtMs: lease.readAtMs - 2500 });
  expect((await cache.read(keyed(4))).state).toBeUndefined();
});

it("answers within the deadline while Redis is stopped, at once after a few, and works again after it", async () => {
  component.process.signal("SIGSTOP");
  let waits = 0;
  for (let count = 0; count < 30; count++) {
    const startedAt = performance.now();
    await expect(cache.read(keyed(1))).rejects.toThrow();
    if (performance.now() - startedAt > 250) waits += 1;
  }
  // Three wait for their deadline of 500 ms; the machine may stand still once.
  expect(waits).toBeLessThanOrEqual(4);
  await sleep(600); // Until the new connection hangs in its handshake, too.
  component.process.signal("SIGCONT");
  await eventually(() => cache.read(keyed(1)), { withinMs: 5000 });
});

it("works again soon after a black hole that swallowed its connections for good", async () => {
  const way = await openLink(component.url);
  const through = openRedisLink({ url: way.url, name: "the cache", deadlineMs: 50, log });
  try {
    await eventually(() => through.isReady() || undefined);
    way.blackHole();
    const endsAt = performance.now() + 1200;
    while (performance.now() < endsAt) {
      await expect(through.run("ping", (redis) => redis.ping())).rejects.toThrow();
      await sleep(20);
    }
    await way.heal("lost");
    await eventually(() => through.run("ping", (redis) => redis.ping()), { withinMs: 5000 });
  } finally {
    through.close();
    await way.close();
  }
});

it("leaves a cache in peace for a moment that answers with errors", async () => {
  for (let count = 0; count < 3; count++) {
    await expect(link.run("nonsense", (redis) => redis.call("NONSENSE"))).rejects.toThrow("unknown command");
  }
  let isAsked = false;
  const ask = async () => {
    isAsked = true;
  };
  await expect(link.run("ping", ask)).rejects.toThrow();
  expect(isAsked).toBe(false);
  await eventually(() => cache.read(keyed(1)));
});
