import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../platform/database.ts";
import { type Log, transitions } from "../platform/log.ts";
import { claim, type EventKind, hasUnsent, markSent, type OutboxEvent } from "./outbox.ts";

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

export interface Relay {
  stop(): Promise<void>;
}

const batchSize = 50;
const retryMs = 200;

/** Carries events of one kind from the outbox to where they belong, for as long as it takes. */
export function startRelay<K extends EventKind>(lane: Lane<K>, { database, log, idleMs }: RelayOptions): Relay {
  const stopping = new AbortController();
  const state = transitions(log, `the relay of ${lane.kind}`);

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pauseMs = await turn();
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function turn(): Promise<number> {
    try {
      if (!(await hasUnsent(database, lane.kind))) return idleMs;
      const { claimed, failure } = await relayBatch(database, lane);
      if (failure !== undefined) throw failure;
      state.worked();
      // Nothing to claim though something is unsent: another relay has it.
      return claimed === 0 ? idleMs : 0;
    } catch (error) {
      state.failed(error);
      return retryMs * (0.5 + Math.random());
    }
  }

  const looping = loop();
  return {
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}

/** Marked only after the delivery: a crash between the two sends an event twice, and never not at all. */
async function relayBatch<K extends EventKind>(database: Database, lane: Lane<K>) {
  return database.transaction(async (session) => {
    const events = await claim(session, lane.kind, batchSize);
    const deliveries = await Promise.allSettled(events.map((event) => lane.deliver(event)));
    const delivered = events.filter((_event, index) => deliveries[index]?.status === "fulfilled");
    if (delivered.length > 0) {
      await markSent(
        session,
        delivered.map(({ id }) => id),
      );
    }
    const failure = deliveries.find((delivery) => delivery.status === "rejected")?.reason as unknown;
    return { claimed: events.length, failure };
  });
}
