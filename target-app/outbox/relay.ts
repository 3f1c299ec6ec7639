import type { Database } from "../platform/database.ts";
import { type Log, transitions } from "../platform/log.ts";
import { type Loop, startLoop } from "../platform/loop.ts";
import { type EventKind, hasUnsent, type OutboxEvent, sendBatch } from "./outbox.ts";

/** Where one kind of event goes. Kinds do not wait for each other: a cut cache must not hold up the orders. */
export interface Lane<K extends EventKind> {
  readonly kind: K;
  /** Resolves once the event is where it belongs; may be called twice for one event. */
  deliver(event: OutboxEvent<K>): Promise<unknown>;
}

export interface RelayOptions {
  readonly database: Database;
  readonly log: Log;
  readonly idleMs: number;
}

const batchSize = 50;
const retryMs = 200;

/** Carries events of one kind from the outbox to where they belong, for as long as it takes. */
export function startRelay<K extends EventKind>(lane: Lane<K>, { database, log, idleMs }: RelayOptions): Loop {
  const state = transitions(log, `the relay of ${lane.kind}`);
  return startLoop(async () => {
    try {
      if (!(await hasUnsent(database, lane.kind))) return idleMs;
      const { claimed, failure } = await sendBatch(database, lane.kind, (event) => lane.deliver(event), batchSize);
      if (failure !== undefined) throw failure;
      state.worked();
      // Nothing to claim though something is unsent: another relay has it.
      return claimed === 0 ? idleMs : 0;
    } catch (error) {
      state.failed(error);
      return retryMs * (0.5 + Math.random());
    }
  });
}
