import type { Events } from "../outbox/outbox.ts";
import type { Database } from "../platform/database.ts";

/** The order can never be fulfilled as it is; trying again will not change that. */
export class Unfulfillable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Unfulfillable";
  }
}

/** The effect of one order event: once, however often and by however many workers the event is taken. */
export async function fulfil(database: Database, eventId: string, order: Events["order-placed"]): Promise<void> {
  await database.transaction(async (session) => {
    const first = await session.query(
      "INSERT INTO fulfilments (event_id, order_id) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING",
      [eventId, order.orderId],
    );
    if (first.rowCount === 0) return;
    const taken = await session.query("UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2", [
      order.productId,
      order.quantity,
    ]);
    if (taken.rowCount === 0) throw new Unfulfillable(`product ${order.productId} is out of stock`);
    const closed = await session.query("UPDATE orders SET status = 'fulfilled' WHERE id = $1 AND status = 'pending'", [
      order.orderId,
    ]);
    if (closed.rowCount === 0) throw new Unfulfillable("the order is not pending");
  });
}

/** The dead letter: the order itself, with the reason, for people to look at. */
export async function bury(database: Database, orderId: string, reason: string): Promise<void> {
  await database.query("UPDATE orders SET status = 'dead', reason = $2 WHERE id = $1 AND status = 'pending'", [
    orderId,
    reason.slice(0, 500),
  ]);
}
