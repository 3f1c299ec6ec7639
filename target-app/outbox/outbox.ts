import type { Database, Session } from "../platform/database.ts";

/** Each kind of event and what it tells. Consumers must take an event twice, and in any order. */
export interface Events {
  "product-changed": { readonly productId: number; readonly version: number };
  "order-placed": { readonly orderId: string; readonly productId: number; readonly quantity: number };
}

export type EventKind = keyof Events;

export interface OutboxEvent<K extends EventKind> {
  readonly id: string;
  readonly payload: Events[K];
}

/** In the transaction of the change that it tells of: both are committed, or neither is. */
export async function append<K extends EventKind>(session: Session, kind: K, payload: Events[K]): Promise<void> {
  await session.query("INSERT INTO outbox (kind, payload) VALUES ($1, $2)", [kind, payload]);
}

export async function hasUnsent(database: Database, kind: EventKind): Promise<boolean> {
  const { rowCount } = await database.query("SELECT FROM outbox WHERE kind = $1 AND sent_at IS NULL LIMIT 1", [kind]);
  return rowCount !== 0;
}

/**
 * Takes the oldest unsent events that no other relay holds, for the rest of the transaction.
 * A cursor over the ids instead would lose every event whose transaction commits after a later one's.
 */
export async function claim<K extends EventKind>(
  session: Session,
  kind: K,
  limit: number,
): Promise<readonly OutboxEvent<K>[]> {
  const { rows } = await session.query<{ id: string; payload: Events[K] }>(
    `SELECT id, payload FROM outbox WHERE kind = $1 AND sent_at IS NULL
     ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [kind, limit],
  );
  return rows;
}

export async function markSent(session: Session, ids: readonly string[]): Promise<void> {
  await session.query("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY ($1::uuid[])", [ids]);
}

/** Sends order events again whose order is still pending after so long: the queue may have lost them in a crash. */
export async function reviveLostOrders(database: Database, afterSeconds: number): Promise<number> {
  const { rowCount } = await database.query(
    `UPDATE outbox SET sent_at = NULL FROM orders
     WHERE outbox.kind = 'order-placed' AND outbox.sent_at < now() - make_interval(secs => $1)
       AND orders.status = 'pending' AND outbox.payload ->> 'orderId' = orders.id::text`,
    [afterSeconds],
  );
  return rowCount ?? 0;
}

/** Sent events have done their work; a while is kept, for whoever looks into an incident. */
export async function prune(database: Database): Promise<void> {
  await database.query(
    `DELETE FROM outbox WHERE id IN (
       SELECT id FROM outbox WHERE sent_at < now() - interval '1 hour'
         AND NOT EXISTS (SELECT FROM orders WHERE status = 'pending' AND payload ->> 'orderId' = orders.id::text)
       LIMIT 1000)`,
  );
}
