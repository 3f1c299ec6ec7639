import { Hopeless, type JobEvent } from "../jobs/job.ts";
import { mutated } from "../mutants.ts";
import type { Database, Session } from "../platform/database.ts";

/** The effect of one order event: once, however often and by however many workers the event is taken. */
export async function fulfil(database: Database, { id, payload }: JobEvent<"order-placed">): Promise<void> {
  const { tenant, orderId, productId, quantity } = payload;
  await database.transaction(async (session) => {
    const isFirst = await claimEffect(session, id, orderId);
    if (!isFirst && !mutated("effect-not-idempotent")) return;
    const taken = await session.query<{ priceCents: number }>(
      `UPDATE products SET stock = stock - $3 WHERE tenant = $1 AND id = $2 AND stock >= $3
       RETURNING price_cents AS "priceCents"`,
      [tenant, productId, quantity],
    );
    const product = taken.rows[0];
    if (product === undefined) throw new Hopeless(`product ${productId} is out of stock`);
    await session.query(
      "INSERT INTO ledger (tenant, order_id, product_id, quantity, amount_cents) VALUES ($1, $2, $3, $4, $5)",
      [tenant, orderId, productId, quantity, quantity * product.priceCents],
    );
    await session.query("UPDATE orders SET status = 'fulfilled' WHERE id = $1", [orderId]);
  });
}

/** Whether the event is new and its order open. Whoever else has the same event waits here for the end of this one. */
async function claimEffect(session: Session, eventId: string, orderId: string): Promise<boolean> {
  const claimed = await session.query(
    "INSERT INTO fulfilments (event_id, order_id) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING",
    [eventId, orderId],
  );
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
