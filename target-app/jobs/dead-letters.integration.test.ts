import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoKeys } from "../access/demo-keys.ts";
import { openDatabase } from "../platform/database.ts";
import { createLog } from "../platform/log.ts";
import { type App, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { eventually } from "../testing/processes.ts";
import { bury } from "./dead-letters.ts";

const limits = { poolSize: 2, connectMs: 2000, queryMs: 2000, transactionMs: 2000 };

// What becomes of events that can't be worked off, and of those that are worked off when workers die.

let system: TestSystem;
let api: App;
let workers: readonly App[];

beforeAll(async () => {
  system = await TestSystem.start();
  api = await system.launch("api");
  workers = await Promise.all([system.launch("worker"), system.launch("worker")]);
  await Promise.all([api, ...workers].map((app) => app.untilReady()));
});
afterAll(() => system?.dispose());

const asGlobex = { authorization: `Bearer ${demoKeys.globex.keeper}` };

/** As clients do: with the same key until it is taken, for a busy machine may refuse it at first. */
async function place(productId: number, headers: Record<string, string> = {}): Promise<string> {
  const key = { "idempotency-key": randomUUID(), ...headers };
  return eventually(async () => {
    const { status, body } = await api.request("POST", "/orders", { productId, quantity: 1 }, key);
    return status === 202 ? (body.orderId as string) : undefined;
  });
}

const statusOf = async (orderId: string) => (await api.request("GET", `/orders/${orderId}`)).body.status;
const until = (orderId: string, status: string) =>
  eventually(async () => (await statusOf(orderId)) === status || undefined, { what: `order ${status}` });

async function sql<T>(text: string, values: unknown[] = []): Promise<T[]> {
  return withClient(system.postgres.url, async (client) => (await client.query(text, values)).rows);
}

/** With the lock held by somebody else for as long as the body takes. */
async function whileLocked(lock: string, body: () => Promise<void>): Promise<void> {
  await withClient(system.postgres.url, async (client) => {
    await client.query("BEGIN");
    await client.query(lock);
    await body();
    await client.query("COMMIT");
  });
}

const letterOf = async (orderId: string) =>
  (await api.request("GET", "/dead-letters")).body.deadLetters.find(
    (letter: { payload: { orderId?: string } }) => letter.payload.orderId === orderId,
  );

it("keeps what can't be done as a dead letter of its tenant, and sends it again once, when it can", async () => {
  await sql("UPDATE products SET stock = 0 WHERE tenant = 'acme' AND id = 50");
  const orderId = await place(50);
  await until(orderId, "dead");
  const letter = await letterOf(orderId);
  expect(letter).toMatchObject({
    kind: "order-placed",
    payload: { orderId, productId: 50, quantity: 1 },
    reason: "product 50 is out of stock",
    history: [{ at: expect.any(String), error: "product 50 is out of stock" }],
  });
  const redrive = (headers = {}) => api.request("POST", `/dead-letters/${letter.id}/redrive`, undefined, headers);
  expect((await api.request("GET", "/dead-letters", undefined, asGlobex)).body).toEqual({ deadLetters: [] });
  expect(await redrive(asGlobex)).toMatchObject({ status: 404, body: { code: "unknown-dead-letter" } });

  await sql("UPDATE products SET stock = 1 WHERE tenant = 'acme' AND id = 50");
  const replies = await Promise.all([redrive(), redrive(), redrive()]);
  expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([202, 409, 409]);
  await until(orderId, "fulfilled");
  expect(await letterOf(orderId)).toBeUndefined();
  expect(await sql("SELECT stock FROM products WHERE tenant = 'acme' AND id = 50")).toEqual([{ stock: 0 }]);
  expect(await redrive()).toMatchObject({ status: 409, body: { code: "already-redriven" } });
});

it("buries nothing for an event whose letter was sent again before, when it comes late once more", async () => {
  const orderId = randomUUID();
  await sql("INSERT INTO orders (id, tenant, idempotency_key, product_id, quantity) VALUES ($1, 'acme', $2, 51, 1)", [
    orderId,
    orderId,
  ]);
  const event = { id: randomUUID(), payload: { tenant: "acme", orderId, productId: 51, quantity: 1 } };
  const database = openDatabase(system.postgres.url, limits, createLog({ logLevel: "silent", instance: "test" }));
  try {
    const die = () => bury(database, "order-placed", event, { reason: "sold out", history: [] });
    await die();
    await die();
    expect(await statusOf(orderId)).toBe("dead");
    // As a redrive does it, but for the event under its new id, which is still on its way.
    await sql("UPDATE dead_letters SET redriven_at = now() WHERE id = $1", [event.id]);
    await sql("UPDATE orders SET status = 'pending', reason = NULL WHERE id = $1", [orderId]);
    await die();
    expect(await statusOf(orderId)).toBe("pending");
  } finally {
    await database.close();
  }
});

it("tells a tenant nothing of another's orders", async () => {
  const orderId = await place(51);
  expect(await api.request("GET", `/orders/${orderId}`, undefined, asGlobex)).toMatchObject({
    status: 404,
    body: { code: "unknown-order" },
  });
  // The same key is another one for another tenant.
  const key = randomUUID();
  const [mine, theirs] = [
    await place(51, { "idempotency-key": key }),
    await place(51, { ...asGlobex, "idempotency-key": key }),
  ];
  expect(mine).not.toBe(theirs);
});

it("lets no poison message starve the others", async () => {
  await sql("ALTER TABLE ledger ADD CONSTRAINT poison CHECK (product_id <> 52)");
  try {
    const poison: string[] = [];
    const good: string[] = [];
    for (let count = 0; count < 20; count++) poison.push(await place(52));
    for (let count = 0; count < 20; count++) good.push(await place(53));
    for (const orderId of good) await until(orderId, "fulfilled");
    for (const orderId of poison) expect(await statusOf(orderId)).toBe("pending");
  } finally {
    await sql("ALTER TABLE ledger DROP CONSTRAINT poison");
  }
  // What was poison is so no longer: it is tried again by itself.
  await eventually(async () => {
    const [row] = await sql<{ waiting: number }>(
      "SELECT count(*)::int AS waiting FROM orders WHERE status = 'pending' AND product_id IN (52, 53)",
    );
    return row?.waiting === 0 || undefined;
  });
});

it("fulfils every order once though both workers are killed with jobs in hand", async () => {
  const orders: string[] = [];
  await whileLocked("SELECT FROM products WHERE tenant = 'acme' AND id = 54 FOR NO KEY UPDATE", async () => {
    for (let count = 0; count < 20; count++) orders.push(await place(54));
    // Each worker holds as many as it takes at once.
    await eventually(async () => {
      const [row] = await sql<{ count: number }>(
        "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE products%'",
      );
      return (row?.count ?? 0) > 8 || undefined;
    });
    await Promise.all(workers.map(({ process }) => process.stop("SIGKILL")));
  });
  workers = [await system.launch("worker")];
  for (const orderId of orders) await until(orderId, "fulfilled");
  const sold = await sql("SELECT count(*)::int FROM ledger WHERE product_id = 54 AND tenant = 'acme'");
  expect(sold).toEqual([{ count: 20 }]);
  // Those that were in hand took a second attempt, and it says so.
  const tries = await sql<{ attempts: number }>(
    "SELECT attempts FROM fulfilments JOIN orders ON orders.id = order_id WHERE product_id = 54",
  );
  expect(tries.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(8);
});

it("does once what a relay enqueued before it was killed, and had no time to mark as sent", async () => {
  await Promise.all(workers.map(({ process }) => process.stop("SIGKILL")));
  const orderId = await place(55);
  const redis = new Redis(system.queue.url);
  try {
    // A trigger holds the mark up, between the enqueue and the commit.
    await sql(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END'`);
    await sql("CREATE TRIGGER hold BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION hold()");
    await whileLocked("SELECT pg_advisory_lock(42)", async () => {
      const relay = await system.launch("worker");
      await until(orderId, "fulfilled");
      await relay.process.stop("SIGKILL");
    });
    await sql("DROP TRIGGER hold ON outbox");
    const [event] = await sql<{ sent: boolean }>(
      "SELECT sent_at IS NOT NULL AS sent FROM outbox WHERE payload ->> 'orderId' = $1",
      [orderId],
    );
    expect(event?.sent).toBe(false);

    await system.launch("worker");
    await eventually(async () => {
      const [row] = await sql<{ unsent: number }>("SELECT count(*)::int AS unsent FROM outbox WHERE sent_at IS NULL");
      return row?.unsent === 0 || undefined;
    });
    await eventually(async () => (await redis.keys("bull:order-placed:*-*-*-*-*")).length === 0 || undefined);
  } finally {
    redis.disconnect();
  }
  const sold = await sql("SELECT count(*)::int FROM ledger WHERE order_id = $1", [orderId]);
  expect(sold).toEqual([{ count: 1 }]);
});

it("hands back the jobs that it can't finish when it is told to stop, so that nobody waits for them", async () => {
  await system.stopApps();
  [api, ...workers] = await Promise.all([system.launch("api"), system.launch("worker")]);
  await Promise.all([api, ...workers].map((app) => app.untilReady()));
  const redis = new Redis(system.queue.url);
  let orderId = "";
  try {
    await whileLocked("SELECT FROM products WHERE tenant = 'acme' AND id = 56 FOR NO KEY UPDATE", async () => {
      orderId = await place(56);
      await eventually(async () => (await redis.llen("bull:order-placed:active")) === 1 || undefined);
      await Promise.all(workers.map(({ process }) => process.stop("SIGTERM")));
    });
    const [active, waiting] = [
      await redis.llen("bull:order-placed:active"),
      // What it could not finish in the time that it had left waits a little.
      (await redis.llen("bull:order-placed:wait")) + (await redis.zcard("bull:order-placed:delayed")),
    ];
    expect({ active, waiting }).toEqual({ active: 0, waiting: 1 });
  } finally {
    redis.disconnect();
  }
  await system.launch("worker");
  await until(orderId, "fulfilled");
});
