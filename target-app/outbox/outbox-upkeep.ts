import type { Database } from "../platform/database.ts";
import { type Log, transitions } from "../platform/log.ts";
import { type Loop, startLoop } from "../platform/loop.ts";

const everyMs = 1000;

/** What nobody waits for: events that the queue lost are sent again, and what is old is removed. */
export function startOutboxUpkeep({
  database,
  log,
  republishAfterSeconds,
}: {
  database: Database;
  log: Log;
  republishAfterSeconds: number;
}): Loop {
  const state = transitions(log, "the upkeep of the outbox");
  return startLoop(async () => {
    try {
      const orders = await reviveLostOrders(database, republishAfterSeconds);
      const products = await reviveLostProducts(database, republishAfterSeconds);
      if (orders + products > 0) log.warn({ orders, products }, "events whose work was not done are sent again");
      await prune(database);
      state.worked();
    } catch (error) {
      state.failed(error);
    }
    return everyMs;
  });
}

/** Sends order events again whose order is still pending after so long: the queue may have lost them in a crash. */
async function reviveLostOrders(database: Database, afterSeconds: number): Promise<number> {
  const { rowCount } = await database.query(
    `UPDATE outbox SET sent_at = NULL FROM orders
     WHERE outbox.kind = 'order-placed' AND outbox.sent_at < now() - make_interval(secs => $1)
       AND orders.status = 'pending' AND outbox.payload ->> 'orderId' = orders.id::text`,
    [afterSeconds],
  );
  return rowCount ?? 0;
}

/** The same for products that the index still lacks; `changed_at` moves on, so that each is sent once for each wait. */
async function reviveLostProducts(database: Database, afterSeconds: number): Promise<number> {
  const { rowCount } = await database.query(
    `WITH lost AS (
       UPDATE products SET changed_at = now() WHERE (tenant, id) IN (
         SELECT tenant, id FROM products
         WHERE indexed_version < version AND changed_at < now() - make_interval(secs => $1) LIMIT 100
         FOR UPDATE SKIP LOCKED)
       RETURNING tenant, id, version)
     INSERT INTO outbox (kind, payload)
     SELECT 'product-to-index', json_build_object('tenant', tenant, 'productId', id, 'version', version) FROM lost`,
    [afterSeconds],
  );
  return rowCount ?? 0;
}

/** Sent events have done their work; a while is kept, for whoever looks into an incident. Keys are kept for a day. */
async function prune(database: Database): Promise<void> {
  await database.query(
    `DELETE FROM outbox WHERE id IN (
       SELECT id FROM outbox WHERE sent_at < now() - interval '1 hour'
         AND NOT EXISTS (SELECT FROM orders WHERE status = 'pending' AND payload ->> 'orderId' = orders.id::text)
       LIMIT 1000)`,
  );
  await database.query(
    `DELETE FROM idempotency_keys WHERE (tenant, key) IN (
       SELECT tenant, key FROM idempotency_keys WHERE created_at < now() - interval '1 day' LIMIT 1000)`,
  );
}
