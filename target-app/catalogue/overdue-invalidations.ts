import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../platform/database.ts";
import { type Log, transitions } from "../platform/log.ts";

/**
 * The changes that the outbox has not yet carried to the cache, as Postgres lists them.
 * While nobody can reach the cache to invalidate it, an entry older than the change must not be served from it,
 * not even in the moment after the cache comes back and before the relay gets there.
 */
export interface OverdueInvalidations {
  /** The least version of the product that may be served from the cache. */
  leastVersion(productId: number): number;
  stop(): Promise<void>;
}

const pollMs = 250;

export function watchOverdueInvalidations(database: Database, log: Log): OverdueInvalidations {
  const stopping = new AbortController();
  const state = transitions(log, "the look at unsent invalidations");
  let leastVersions: ReadonlyMap<number, number> = new Map();

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        leastVersions = await load(database);
        state.worked();
      } catch (error) {
        // The last known list stays: with Postgres away, a cache that answers is worth more than certainty.
        state.failed(error);
      }
      await sleep(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const polling = poll();
  return {
    leastVersion: (productId) => leastVersions.get(productId) ?? 0,
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

async function load(database: Database): Promise<ReadonlyMap<number, number>> {
  const { rows } = await database.query<{ id: number; version: number }>(
    `SELECT (payload ->> 'productId')::int AS id, max((payload ->> 'version')::int) AS version
     FROM outbox WHERE kind = 'product-changed' AND sent_at IS NULL GROUP BY 1`,
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
