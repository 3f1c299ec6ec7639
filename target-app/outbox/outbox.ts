import { mutated } from "../mutants.ts";
import type { Database, Session } from "../platform/database.ts";

/** A product in one of its versions. */
export interface ProductVersion {
  readonly tenant: string;
  readonly productId: number;
  readonly version: number;
}

/** Each kind of event and what it tells. Consumers must take an event twice, and in any order. */
export interface Events {
  /** For the cache: what is older than this version is out of date. */
  "product-changed": ProductVersion;
  /** For the index: it has this version yet to take in. */
  "product-to-index": ProductVersion;
  "order-placed": {
    readonly tenant: string;
    readonly orderId: string;
    readonly productId: number;
    readonly quantity: number;
  };
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

/** How many events wait to be sent, and for how long the oldest of them has, in seconds. */
export async function backlog(database: Database): Promise<{ unsent: number; oldestSeconds: number }> {
  const { rows } = await database.query<{ unsent: number; oldestSeconds: number }>(
    `SELECT count(*)::int AS unsent,
            coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float AS "oldestSeconds"
     FROM outbox WHERE sent_at IS NULL`,
  );
  return rows[0] ?? { unsent: 0, oldestSeconds: 0 };
}

/** Takes the oldest unsent events that no other relay holds, as sent once the transaction is committed. */
async function claim<K extends EventKind>(
  session: Session,
  kind: K,
  limit: number,
): Promise<readonly OutboxEvent<K>[]> {
  // A cursor over the ids instead would lose every event whose transaction commits after a later one's.
  const { rows } = await session.query<{ id: string; payload: Events[K] }>(
    `SELECT id, payload FROM outbox WHERE kind = $1 AND sent_at IS NULL
     ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [kind, limit],
  );
  return rows;
}

async function markSent(session: Session, events: readonly { readonly id: string }[]): Promise<void> {
  if (events.length === 0) return;
  const ids = events.map(({ id }) => id);
  await session.query("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY ($1::uuid[])", [ids]);
}

/** What became of a batch: how many events were taken, and what kept one of them from being delivered. */
export interface Sent {
  readonly claimed: number;
  readonly failure: unknown;
}

/**
 * Delivers the oldest unsent events of a kind. They are marked only after their delivery: a crash between the two sends
 * an event twice, and never not at all.
 */
export async function sendBatch<K extends EventKind>(
  database: Database,
  kind: K,
  deliver: (event: OutboxEvent<K>) => Promise<unknown>,
  limit: number,
): Promise<Sent> {
  const markedFirst = mutated("mark-sent-first")
    ? await database.transaction(async (session) => {
        const events = await claim(session, kind, limit);
        await markSent(session, events);
        return events;
      })
    : undefined;
  if (markedFirst !== undefined) return (await delivered(markedFirst, deliver)).sent; // instead of:
  return database.transaction(async (session) => {
    const events = await claim(session, kind, limit);
    const { done, sent } = await delivered(events, deliver);
    await markSent(session, done);
    return sent;
  });
}

async function delivered<K extends EventKind>(
  events: readonly OutboxEvent<K>[],
  deliver: (event: OutboxEvent<K>) => Promise<unknown>,
): Promise<{ done: readonly OutboxEvent<K>[]; sent: Sent }> {
  const deliveries = await Promise.allSettled(events.map((event) => deliver(event)));
  const failure = deliveries.find((delivery) => delivery.status === "rejected")?.reason as unknown;
  const done = events.filter((_event, index) => deliveries[index]?.status === "fulfilled");
  return { done, sent: { claimed: events.length, failure } };
}
