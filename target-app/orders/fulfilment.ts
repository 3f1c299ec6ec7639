import { Hopeless, type JobEvent } from "../jobs/job.ts";
import { mutated } from "../mutants.ts";
import type { Database, Session } from "../platform/database.ts";

/** The effect of one order event: once, however often and by however many workers the event is taken. */
export async function fulfil(database: Database, event: JobEvent<"order-placed">, attempt = 1): Promise<void> {
  const { tenant, orderId, productId, quantity } = event.payload;
  await database.transaction(async (session) => {
    const isFirst = await claimEffect(session, event, attempt);
    if (!isFirst && !mutated("effect-not-idempotent")) return;
    await session.query(
      `INSERT INTO ledger (tenant, order_id, product_id, quantity, amount_cents)
       SELECT tenant, $3::uuid, id, $4::integer, $4::bigint * price_cents FROM products WHERE tenant = $1 AND id = $2`,
      [tenant, productId, orderId, quantity],
    );
    await session.query("UPDATE orders SET status = 'fulfilled' WHERE id = $1", [orderId]);
    // Last, for it locks the product's row until the commit, and everybody buys the same product.
    const taken = await session.query(
      "UPDATE products SET stock = stock - $3 WHERE tenant = $1 AND id = $2 AND stock >= $3",
      [tenant, productId, quantity],
    );
    if (taken.rowCount === 0) throw new Hopeless(`product ${productId} is out of stock`);
  });
}

/** Whether the event is new and its order open. Whoever else has the same event waits here for the end of this one. */
async function claimEffect(
  session: Session,
  { id, payload: { orderId } }: JobEvent<"order-placed">,
  attempt: number,
): Promise<boolean> {
  const claimed = await session.query(
    "INSERT INTO fulfilments (event_id, order_id, attempts) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING",
    [id, orderId, attempt],
  );
  // An attempt may lose its worker when all is done but the word of it to the queue.
  if (claimed.rowCount === 0) {
    await session.query("UPDATE fulfilments SET attempts = greatest(attempts, $2) WHERE event_id = $1", [id, attempt]);
  }
  const open = await session.query("SELECT FROM orders WHERE id = $1 AND status = 'pending' FOR NO KEY UPDATE", [
    orderId,
  ]);
  return claimed.rowCount === 1 && open.rowCount === 1;
}

/** With the dead letter, in one transaction. */
export async function closeAsDead(session: Session, orderId: string, reason: string): Promise<void> {
  await session.query("UPDATE orders SET status = 'dead', reason = $2 WHERE id = $1 AND status = 'pending'", [
    orderId,
    reason,
  ]);
}

/** With the event that is sent again, in one transaction. */
export async function reopen(session: Session, orderId: string): Promise<void> {
  await session.query("UPDATE orders SET status = 'pending', reason = NULL WHERE id = $1 AND status = 'dead'", [
    orderId,
  ]);
}
