import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../platform/database.ts";
import { type Log, transitions } from "../platform/log.ts";
import { prune, reviveLostOrders } from "./outbox.ts";

export interface OutboxUpkeep {
  stop(): Promise<void>;
}

const everyMs = 1000;

/** What nobody waits for: events that the queue lost are sent again, and old ones removed. */
export function startOutboxUpkeep({
  database,
  log,
  republishAfterSeconds,
}: {
  database: Database;
  log: Log;
  republishAfterSeconds: number;
}): OutboxUpkeep {
  const stopping = new AbortController();
  const state = transitions(log, "the upkeep of the outbox");

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const revived = await reviveLostOrders(database, republishAfterSeconds);
        if (revived > 0) log.warn({ revived }, "orders are still pending; their events are sent again");
        await prune(database);
        state.worked();
      } catch (error) {
        state.failed(error);
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
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
