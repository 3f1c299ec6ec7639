import { bulkhead } from "cockatiel";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { migrate } from "../migrate.ts";
import type { MutantName } from "../mutants.ts";
import type { Database } from "../platform/database.ts";
import { createLog } from "../platform/log.ts";
import { type Component, startPostgres, startRedis } from "../testing/components.ts";
import { both, withMutant } from "../testing/mutant.ts";
import { eventually } from "../testing/processes.ts";
import type { ProductState } from "./products.ts";

// Each seeded bug of the read and the write path: the same steps show it with the bug, and nothing without it.

let postgres: Component;
let redis: Component;
const log = createLog({ logLevel: "silent", instance: "test" });
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  await migrate({ databaseUrl: postgres.url, searchUrl: postgres.url });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => Promise.all([postgres?.dispose(), redis?.dispose()]));

type Who = MutantName | "correct";

const acme = (id: number) => ({ tenant: "acme", id });
const state = (id: number, version: number): ProductState => ({
  product: { ...acme(id), name: "", priceCents: 1, stock: 1, note: "", version },
  version,
});

/** The cache and its policies, as they are with the bug. */
async function openCache(who: Who, url = redis.url) {
  const modules = await withMutant(who, async () => ({
    ...(await import("./product-cache.ts")),
    ...(await import("./write-policies.ts")),
    ...(await import("../platform/redis-link.ts")),
  }));
  const link = modules.openRedisLink({ url, name: "the cache", deadlineMs: 500, log });
  closing.push(() => link.close());
  if (url === redis.url) await eventually(() => link.isReady() || undefined);
  const cache = modules.productCache(link, { ttlSeconds: 30 });
  return { cache, policy: modules.writePolicy("invalidate", cache) };
}

/** A catalogue over these, and how often it asked Postgres. */
async function openCatalogue(who: Who, { databaseUrl = postgres.url, cacheUrl = redis.url } = {}) {
  const { cache } = await openCache(who, cacheUrl);
  const modules = await withMutant(who, async () => ({
    ...(await import("./catalogue.ts")),
    ...(await import("../platform/database.ts")),
    ...(await import("../platform/last-good.ts")),
  }));
  const limits = { poolSize: 4, connectMs: 500, queryMs: 500, transactionMs: 500 };
  const database = modules.openDatabase(databaseUrl, limits, log);
  closing.push(() => database.close());
  let asked = 0;
  const counting: Database = {
    ...database,
    query(...args) {
      asked += 1;
      return database.query(...args);
    },
  };
  const catalogue = new modules.Catalogue({
    database: counting,
    cache,
    fallThrough: bulkhead(8, 100),
    overdue: { leastVersion: () => 0, stop: async () => undefined },
    copies: modules.lastGood({ staleSeconds: 60 }),
    log,
  });
  return { catalogue, timesAsked: () => asked };
}

const nowhere = "redis://127.0.0.1:1";
const noDatabase = "postgres://shop@127.0.0.1:1/shop";

async function nothingInTransaction(): Promise<never> {
  throw new Error("there is no transaction here");
}
const session = { query: nothingInTransaction };

/** What the cache has in the end: the version, or nothing. */
async function versionAfter(
  who: Who,
  id: number,
  steps: (parts: Awaited<ReturnType<typeof openCache>>) => Promise<void>,
) {
  const parts = await openCache(who);
  await parts.cache.remove(acme(id));
  await steps(parts);
  return (await parts.cache.read(acme(id))).state?.version;
}

it("set-on-write: the older of two writes is what the cache keeps when it comes there last", async () => {
  const seen = await both("set-on-write", (who) =>
    versionAfter(who, 1, async ({ policy }) => {
      await policy.afterCommit(acme(1), state(1, 3));
      await policy.afterCommit(acme(1), state(1, 2));
    }),
  );
  expect(seen).toEqual({ mutant: 2, correct: undefined });
});

it("del-before-commit: what a read fills in between stays after the commit", async () => {
  const seen = await both("del-before-commit", (who) =>
    versionAfter(who, 2, async ({ cache, policy }) => {
      const { lease } = await cache.read(acme(2));
      await cache.fill(acme(2), state(2, 1), lease);
      // The correct policy would write to the outbox here, which has no part in this.
      await policy.inTransaction(session, acme(2), state(2, 2)).catch(() => undefined);
      await cache.fill(acme(2), state(2, 1), lease);
      await policy.afterCommit(acme(2), state(2, 2));
    }),
  );
  expect(seen).toEqual({ mutant: 1, correct: undefined });
});

it("unversioned-fill: a late fill brings back what was invalidated", async () => {
  const seen = await both("unversioned-fill", (who) =>
    versionAfter(who, 3, async ({ cache }) => {
      const { lease } = await cache.read(acme(3));
      await cache.invalidate(acme(3), 2);
      await cache.fill(acme(3), state(3, 1), lease);
    }),
  );
  expect(seen).toEqual({ mutant: 1, correct: undefined });
});

it("no-ttl: entries stay for ever, and nothing in the transaction makes up for a lost invalidation", async () => {
  const seen = await both("no-ttl", async (who) => {
    const { cache, policy } = await openCache(who);
    const { lease } = await cache.read(acme(4));
    await cache.fill(acme(4), state(4, 1), lease);
    const client = new Redis(redis.url);
    const lifeMs = await client.pttl("product:acme:4");
    client.disconnect();
    const noted = await policy.inTransaction(session, acme(4), state(4, 2)).then(
      () => "nothing",
      () => "an event",
    );
    return { isBounded: lifeMs <= 30_000, noted };
  });
  expect(seen).toEqual({
    mutant: { isBounded: false, noted: "nothing" },
    correct: { isBounded: true, noted: "an event" },
  });
});

it("wall-clock-ttl: an entry from a clock that is ahead outlives its invalidation", async () => {
  const seen = await both("wall-clock-ttl", (who) =>
    versionAfter(who, 5, async ({ cache }) => {
      const { lease } = await cache.read(acme(5));
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
      await cache.fill(acme(5), state(5, 1), lease);
      vi.useRealTimers();
      await cache.invalidate(acme(5), 2);
    }),
  );
  expect(seen).toEqual({ mutant: 1, correct: undefined });
});

it("no-single-flight: every one of many misses asks Postgres", async () => {
  const seen = await both("no-single-flight", async (who) => {
    const { catalogue, timesAsked } = await openCatalogue(who, { cacheUrl: nowhere });
    await Promise.all(Array.from({ length: 20 }, () => catalogue.read(acme(6))));
    return timesAsked();
  });
  expect(seen).toEqual({ mutant: 20, correct: 1 });
});

it("cache-fatal: without the cache nothing can be read", async () => {
  const seen = await both("cache-fatal", async (who) => {
    const { catalogue } = await openCatalogue(who, { cacheUrl: nowhere });
    return catalogue.read(acme(7)).then(
      ({ served }) => served,
      (error) => error.name,
    );
  });
  expect(seen).toEqual({ mutant: "Unavailable", correct: "bypass" });
});

it("negative-on-error: a product that Postgres can't be asked for is taken for one that is not, and kept as such", async () => {
  const seen = await both("negative-on-error", async (who) => {
    const { cache } = await openCache(who);
    await cache.remove(acme(8));
    const { catalogue } = await openCatalogue(who, { databaseUrl: noDatabase });
    await eventually(() =>
      catalogue.read(acme(9)).then(
        () => true,
        (error) => error.name === "Unavailable",
      ),
    );
    const answer = await catalogue.read(acme(8)).then(
      ({ product }) => product ?? "none",
      (error) => error.name,
    );
    return { answer, cached: await eventually(async () => [(await cache.read(acme(8))).state]) };
  });
  expect(seen).toMatchObject({ mutant: { answer: "none" }, correct: { answer: "Unavailable", cached: [undefined] } });
});

it("degraded-skips-tenant: a tenant is given another's copy", async () => {
  const seen = await both("degraded-skips-tenant", async (who) => {
    const { lastGood } = await withMutant(who, () => import("../platform/last-good.ts"));
    const copies = lastGood<object>({ staleSeconds: 60 });
    copies.keep("acme", "product 1", { owner: "acme" });
    return copies.find("globex", "product 1")?.value;
  });
  expect(seen).toEqual({ mutant: { owner: "acme" }, correct: undefined });
});
