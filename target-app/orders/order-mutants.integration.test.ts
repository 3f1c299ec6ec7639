import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MutantName } from "../mutants.ts";
import { createLog } from "../platform/log.ts";
import { type App, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { both, withMutant } from "../testing/mutant.ts";
import { eventually } from "../testing/processes.ts";

// Each seeded bug of the order path: the same steps show it with the bug, and nothing without it.

let system: TestSystem;
let toPostgres: Link;
const log = createLog({ logLevel: "silent", instance: "test" });
const limits = { poolSize: 2, connectMs: 2000, queryMs: 2000, transactionMs: 2000 };

beforeAll(async () => {
  system = await TestSystem.start();
  toPostgres = await openLink(system.postgres.url);
});
afterAll(async () => {
  await system?.dispose();
  await toPostgres?.close();
});

type Who = MutantName | "correct";

const settingsOf = (who: Who): Record<string, string> => (who === "correct" ? {} : { MUTANT: who });

async function count(question: string, values: unknown[]): Promise<number> {
  return withClient(system.postgres.url, async (client) => (await client.query(question, values)).rows[0].count);
}

const ordersOf = (key: string) =>
  count("SELECT count(*)::int FROM orders WHERE tenant = 'acme' AND idempotency_key = $1", [key]);

async function withApi<T>(who: Who, settings: Record<string, string>, body: (api: App) => Promise<T>): Promise<T> {
  const api = await system.launch("api", { ...settings, ...settingsOf(who) });
  try {
    await api.untilReady();
    return await body(api);
  } finally {
    await system.stopApps();
  }
}

const place = (api: App, key: string) =>
  api.request("POST", "/orders", { productId: 1, quantity: 1 }, { "idempotency-key": key });

it("retry-no-key: an order whose COMMIT got no reply is there twice", async () => {
  const seen = await both("retry-no-key", (who) =>
    withApi(who, { DATABASE_URL: toPostgres.url }, async (api) => {
      toPostgres.loseReplyTo("COMMIT");
      const { status } = await place(api, `reply lost ${who}`.replaceAll(" ", "-"));
      return { status, orders: await ordersOf(`reply-lost-${who}`) };
    }),
  );
  expect(seen).toEqual({ mutant: { status: 202, orders: 2 }, correct: { status: 202, orders: 1 } });
});

it("key-outside-txn: with the cache its keys are gone, and an order is taken again", async () => {
  const seen = await both("key-outside-txn", (who) =>
    withApi(who, {}, async (api) => {
      await place(api, `flushed-${who}`);
      const redis = new Redis(system.cache.url);
      await redis.flushall();
      redis.disconnect();
      await place(api, `flushed-${who}`);
      return ordersOf(`flushed-${who}`);
    }),
  );
  expect(seen).toEqual({ mutant: 2, correct: 1 });
});

it("key-stuck-in-flight: an order that failed once is being worked on for ever", async () => {
  const seen = await both("key-stuck-in-flight", async (who) => {
    const { openDatabase } = await withMutant(who, () => import("../platform/database.ts"));
    const { Orders } = await withMutant(who, () => import("./orders.ts"));
    const database = openDatabase(system.postgres.url, { ...limits, queryMs: 400, transactionMs: 400 }, log);
    // The keys of "key-outside-txn" are kept there, and no other's.
    const cacheLink = {
      run: () => Promise.reject(new Error("unused")),
      isReady: () => false,
      isUp: () => false,
      close: () => undefined,
    };
    const orders = new Orders({ database, cacheLink });
    const take = () =>
      orders.place("acme", `stuck-${who}`, { productId: 1, quantity: 1 }).then(
        ({ status }) => status,
        (error) => error.code ?? error.name,
      );
    try {
      const during = await withClient(system.postgres.url, async (client) => {
        await client.query("BEGIN");
        await client.query("LOCK TABLE orders IN EXCLUSIVE MODE");
        const outcome = await take();
        await client.query("COMMIT");
        return outcome;
      });
      return [during, await take()];
    } finally {
      await database.close();
    }
  });
  expect(seen).toEqual({ mutant: ["Unavailable", "request-in-flight"], correct: ["Unavailable", "pending"] });
});

it("enqueue-no-outbox: no event is written with the order; it is only in the queue", async () => {
  const seen = await both("enqueue-no-outbox", (who) =>
    withApi(who, {}, async (api) => {
      const { body } = await eventually(async () => {
        const reply = await place(api, `bare-${who}-${randomUUID()}`);
        return reply.status === 202 ? reply : undefined;
      });
      const redis = new Redis(system.queue.url);
      const waiting = await redis.llen("bull:order-placed:wait");
      await redis.flushall();
      redis.disconnect();
      const events = await count("SELECT count(*)::int FROM outbox WHERE payload ->> 'orderId' = $1", [body.orderId]);
      return { events, waiting };
    }),
  );
  expect(seen).toEqual({ mutant: { events: 0, waiting: 1 }, correct: { events: 1, waiting: 0 } });
});

it("mark-sent-first: an event whose delivery failed is not sent again", async () => {
  const seen = await both("mark-sent-first", async (who) => {
    const { openDatabase } = await withMutant(who, () => import("../platform/database.ts"));
    const { sendBatch, append } = await withMutant(who, () => import("../outbox/outbox.ts"));
    const database = openDatabase(system.postgres.url, limits, log);
    const productId = who === "correct" ? 901 : 902;
    try {
      await database.query("DELETE FROM outbox");
      await append(database, "product-changed", { tenant: "acme", productId, version: 1 });
      await sendBatch(database, "product-changed", () => Promise.reject(new Error("it is away")), 10);
    } finally {
      await database.close();
    }
    return count("SELECT count(*)::int FROM outbox WHERE (payload ->> 'productId')::int = $1 AND sent_at IS NULL", [
      productId,
    ]);
  });
  expect(seen).toEqual({ mutant: 0, correct: 1 });
});

it("effect-not-idempotent: an event that comes twice takes from the stock twice", async () => {
  const seen = await both("effect-not-idempotent", async (who) => {
    const { openDatabase } = await withMutant(who, () => import("../platform/database.ts"));
    const { fulfil } = await withMutant(who, () => import("./fulfilment.ts"));
    const database = openDatabase(system.postgres.url, limits, log);
    const orderId = randomUUID();
    try {
      await database.query(
        "INSERT INTO orders (id, tenant, idempotency_key, product_id, quantity) VALUES ($1, 'acme', $2, 7, 1)",
        [orderId, orderId],
      );
      const event = { id: randomUUID(), payload: { tenant: "acme", orderId, productId: 7, quantity: 1 } };
      await fulfil(database, event);
      await fulfil(database, event);
    } finally {
      await database.close();
    }
    return count("SELECT count(*)::int FROM ledger WHERE order_id = $1", [orderId]);
  });
  expect(seen).toEqual({ mutant: 2, correct: 1 });
});

it("no-pool-error: an idle connection that the server ends is the end of the process", async () => {
  const seen = await both("no-pool-error", (who) =>
    withApi(who, {}, async (api) => {
      await place(api, `idle-${who}`);
      await withClient(system.postgres.url, (client) =>
        client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE usename = current_user AND pid <> pg_backend_pid()`),
      );
      const died = eventually(() => !api.process.isRunning || undefined, { withinMs: 1500 });
      return died.then(
        () => "it died",
        async () => (await api.request("GET", "/livez")).body.status,
      );
    }),
  );
  expect(seen).toEqual({ mutant: "it died", correct: "live" });
});
