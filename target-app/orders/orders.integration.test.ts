import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "../platform/database.ts";
import { createLog } from "../platform/log.ts";
import { type App, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { eventually } from "../testing/processes.ts";
import { fulfil } from "./fulfilment.ts";

let system: TestSystem;
let api: App;
let worker: App;

beforeAll(async () => {
  system = await TestSystem.start();
  [api, worker] = await Promise.all([system.launch("api"), system.launch("worker")]);
  await Promise.all([api.untilReady(), worker.untilReady()]);
});
afterAll(() => system?.dispose());

function place(key: string, order: object) {
  return api.request("POST", "/orders", order, { "idempotency-key": key });
}

async function ask<T>(question: string, values: unknown[] = []): Promise<T> {
  return withClient(system.postgres.url, async (client) => (await client.query(question, values)).rows[0]);
}

const stockOf = async (id: number) =>
  (await ask<{ stock: number }>("SELECT stock FROM products WHERE tenant = 'acme' AND id = $1", [id])).stock;

async function untilSettled(): Promise<void> {
  await eventually(
    async () => {
      const { waiting } = await ask<{ waiting: string }>(
        `SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL)
              + (SELECT count(*) FROM orders WHERE status = 'pending') AS waiting`,
      );
      return waiting === "0" || undefined;
    },
    { withinMs: 20_000, what: "an end of all orders" },
  );
}

it("takes an order once, however often it is sent, and answers each time the same", async () => {
  const order = { productId: 1, quantity: 3 };
  const first = await place("once", order);
  expect(first).toMatchObject({ status: 202, body: { orderId: expect.any(String), status: "pending" } });
  await untilSettled();
  expect(await place("once", order)).toMatchObject({ status: 202, body: first.body });
  expect((await api.request("GET", `/orders/${first.body.orderId}`)).body).toMatchObject({ status: "fulfilled" });
  expect(await stockOf(1)).toBe(999_997);
});

it("answers the same key at the same time with one order, and tells the others to wait or what it was", async () => {
  const replies = await Promise.all(Array.from({ length: 8 }, () => place("rush", { productId: 2, quantity: 1 })));
  const accepted = replies.filter(({ status }) => status === 202);
  expect(accepted.length).toBeGreaterThan(0);
  expect(new Set(accepted.map(({ body }) => body.orderId)).size).toBe(1);
  for (const { status, body } of replies) if (status !== 202) expect(body.code).toBe("request-in-flight");
  const { count } = await ask<{ count: string }>("SELECT count(*) FROM orders WHERE idempotency_key = 'rush'");
  expect(count).toBe("1");
});

it("tells that a request with the key is in flight instead of waiting for it", async () => {
  await withClient(system.postgres.url, async (client) => {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('acme held', 0))");
    const reply = await place("held", { productId: 2, quantity: 1 });
    expect(reply).toMatchObject({ status: 409, body: { code: "request-in-flight" } });
    await client.query("ROLLBACK");
  });
});

it("refuses the key for another order, an unknown product and a request without a key, and takes nothing", async () => {
  await place("mine", { productId: 3, quantity: 1 });
  const refused = [
    [await place("mine", { productId: 3, quantity: 2 }), 422, "idempotency-key-reused"],
    [await place("none", { productId: 9999, quantity: 1 }), 422, "unknown-product"],
    [await api.request("POST", "/orders", { productId: 3, quantity: 1 }), 400, "invalid-request"],
    [await place("x".repeat(65), { productId: 3, quantity: 1 }), 400, "invalid-request"],
    [await place("one, two", { productId: 3, quantity: 1 }), 400, "invalid-request"],
    [await place("bent", { productId: 3, quantity: true }), 400, "invalid-request"],
  ] as const;
  for (const [reply, status, code] of refused) expect(reply).toMatchObject({ status, body: { code } });
  expect((await place("none", { productId: 3, quantity: 1 })).status).toBe(202);
});

it("takes an event that comes twice, even at the same time, for one", async () => {
  const log = createLog({ logLevel: "silent", instance: "test" });
  const database = openDatabase(
    system.postgres.url,
    { poolSize: 2, connectMs: 2000, queryMs: 2000, transactionMs: 2000 },
    log,
  );
  const [eventId, orderId] = [randomUUID(), randomUUID()];
  await ask(
    "INSERT INTO orders (id, tenant, idempotency_key, product_id, quantity) VALUES ($1, 'acme', 'twice', 7, 1)",
    [orderId],
  );
  try {
    const payload = { tenant: "acme", orderId, productId: 7, quantity: 1 };
    const take = (attempt: number) => fulfil(database, { id: eventId, payload }, attempt);
    await Promise.all([take(1), take(1)]);
    // Another worker's, which the queue never heard of being done; then a job that was added twice, and begins anew.
    await take(2);
    await take(1);
  } finally {
    await database.close();
  }
  expect(await stockOf(7)).toBe(999_999);
  expect(await ask("SELECT attempts FROM fulfilments WHERE event_id = $1", [eventId])).toEqual({ attempts: 2 });
});

it("buries an order that can never be fulfilled, with the reason", async () => {
  await ask("UPDATE products SET stock = 1 WHERE tenant = 'acme' AND id = 4");
  const { body } = await place("greedy", { productId: 4, quantity: 2 });
  await untilSettled();
  const order = await api.request("GET", `/orders/${body.orderId}`);
  expect(order.body).toMatchObject({ status: "dead", reason: "product 4 is out of stock" });
  expect(await stockOf(4)).toBe(1);
});

it("fulfils every order exactly once though its worker is killed with jobs in hand", async () => {
  const before = await stockOf(5);
  // A lock on the product keeps the jobs in the worker's hands until it is dead.
  await withClient(system.postgres.url, async (client) => {
    await client.query("BEGIN");
    await client.query("SELECT FROM products WHERE tenant = 'acme' AND id = 5 FOR NO KEY UPDATE");
    for (let count = 0; count < 10; count++) {
      expect((await place(`doomed-${count}`, { productId: 5, quantity: 1 })).status).toBe(202);
    }
    await eventually(async () => {
      const question =
        "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE%'";
      return (await ask<{ count: number }>(question)).count > 0 || undefined;
    });
    await worker.process.stop("SIGKILL");
    await client.query("COMMIT");
  });
  worker = await system.launch("worker");
  await untilSettled();
  expect(await stockOf(5)).toBe(before - 10);
});

it("sends an order again that the queue lost after it had been sent", async () => {
  await system.queue.kill();
  const { body } = await place("forgotten", { productId: 6, quantity: 1 });
  // As if it had been sent a minute ago, to a queue whose restart is empty.
  await ask("UPDATE outbox SET sent_at = now() - interval '1 minute' WHERE sent_at IS NULL");
  await system.queue.start();
  await untilSettled();
  expect((await api.request("GET", `/orders/${body.orderId}`)).body.status).toBe("fulfilled");
});
