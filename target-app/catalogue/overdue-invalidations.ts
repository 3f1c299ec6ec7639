import type { Database } from "../platform/database.ts";
import { type Log, transitions } from "../platform/log.ts";
import { type Loop, startLoop } from "../platform/loop.ts";
import { type ProductKey, textOf } from "./products.ts";

/**
 * The changes that the outbox has not yet carried to the cache, as Postgres lists them.
 * While nobody can reach the cache to invalidate it, an entry older than the change must not be served from it,
 * not even in the moment after the cache comes back and before the relay gets there.
 */
export interface OverdueInvalidations extends Loop {
  /** The least version of the product that may be served from the cache. */
  leastVersion(key: ProductKey): number;
}

const pollMs = 250;

export function watchOverdueInvalidations(database: Database, log: Log): OverdueInvalidations {
  const state = transitions(log, "the look at unsent invalidations");
  let leastVersions: ReadonlyMap<string, number> = new Map();
  const polling = startLoop(async () => {
    try {
      leastVersions = await load(database);
      state.worked();
    } catch (error) {
      // The last known list stays: with Postgres away, a cache that answers is worth more than certainty.
      state.failed(error);
    }
    return pollMs;
  });
  return { leastVersion: (key) => leastVersions.get(textOf(key)) ?? 0, stop: () => polling.stop() };
}

async function load(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.query<ProductKey & { version: number }>(
    `SELECT payload ->> 'tenant' AS tenant, (payload ->> 'productId')::int AS id,
            max((payload ->> 'version')::int) AS version
     FROM outbox WHERE kind = 'product-changed' AND sent_at IS NULL GROUP BY 1, 2`,
  );
  return new Map(rows.map(({ version, ...key }) => [textOf(key), version]));
}
