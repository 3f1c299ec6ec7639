import { closeAsDead, reopen } from "../orders/fulfilment.ts";
import { append, type Events } from "../outbox/outbox.ts";
import type { Database, Session } from "../platform/database.ts";
import { Problem } from "../platform/errors.ts";
import type { Failure, JobEvent, JobKind } from "./job.ts";

/** An event that was given up, as people see it. */
export interface DeadLetter {
  readonly id: string;
  readonly kind: JobKind;
  readonly payload: Events[JobKind];
  readonly reason: string;
  /** The last attempts, oldest first. */
  readonly history: readonly Failure[];
  readonly diedAt: string;
}

/** What else changes when an event of a kind dies or is sent again, in the same transaction. */
interface Afterlife<K extends JobKind> {
  bury(session: Session, payload: Events[K], reason: string): Promise<void>;
  redrive(session: Session, payload: Events[K]): Promise<void>;
}

const afterlives: { readonly [K in JobKind]: Afterlife<K> } = {
  "order-placed": {
    bury: (session, { orderId }, reason) => closeAsDead(session, orderId, reason),
    redrive: (session, { orderId }) => reopen(session, orderId),
  },
  "product-to-index": { bury: async () => undefined, redrive: async () => undefined },
};

/** May be repeated: the letter has the id of its event. */
export async function bury<K extends JobKind>(
  database: Database,
  kind: K,
  { id, payload }: JobEvent<K>,
  { reason, history }: { reason: string; history: readonly Failure[] },
): Promise<void> {
  await database.transaction(async (session) => {
    const { rowCount } = await session.query(
      `INSERT INTO dead_letters (id, tenant, kind, payload, reason, history) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO NOTHING`,
      [id, payload.tenant, kind, payload, reason, JSON.stringify(history)],
    );
    // It may come again when its letter was sent again long ago, under a new id: the fate of that one is what counts now.
    if (rowCount === 1) await afterlives[kind].bury(session, payload, reason);
  });
}

/** Those that were not sent again yet, oldest first, after the one with the id that is given. */
export async function listDeadLetters(
  session: Session,
  tenant: string,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<readonly DeadLetter[]> {
  const { rows } = await session.query<DeadLetter>(
    `SELECT id, kind, payload, reason, history, to_json(died_at) #>> '{}' AS "diedAt" FROM dead_letters
     WHERE tenant = $1 AND redriven_at IS NULL AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after, limit],
  );
  return rows;
}

/** Sends the event again, under a new id and with all its attempts; once for each letter. */
export async function redrive(database: Database, tenant: string, id: string): Promise<void> {
  await database.transaction(async (session) => {
    const { rows } = await session.query<{ kind: JobKind; payload: Events[JobKind] }>(
      `UPDATE dead_letters SET redriven_at = now() WHERE id = $1 AND tenant = $2 AND redriven_at IS NULL
       RETURNING kind, payload`,
      [id, tenant],
    );
    const letter = rows[0];
    if (letter === undefined) throw await notThere(session, tenant, id);
    await sendAgain(session, letter.kind, letter.payload);
  });
}

async function sendAgain<K extends JobKind>(session: Session, kind: K, payload: Events[K]): Promise<void> {
  await afterlives[kind].redrive(session, payload);
  await append(session, kind, payload);
}

async function notThere(session: Session, tenant: string, id: string): Promise<Problem> {
  const { rowCount } = await session.query("SELECT FROM dead_letters WHERE id = $1 AND tenant = $2", [id, tenant]);
  return rowCount === 0
    ? new Problem(404, "unknown-dead-letter", `there is no dead letter ${id}`)
    : new Problem(409, "already-redriven", `dead letter ${id} was sent again before`);
}
