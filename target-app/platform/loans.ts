/** What says of each connection when it is lent and when it is given back: a pool of `pg`. */
interface Lender {
  on(event: "acquire", listener: (client: object) => void): unknown;
  on(event: "release", listener: (error: Error, client: object) => void): unknown;
}

/** What of a pool is lent at the moment. */
export interface Loans {
  /** In use now. */
  lent(): number;
  /** In use for longer than any work may take: they were not given back, and never will be. */
  overdue(): number;
}

/**
 * Counts what a pool lends from now on.
 * @param atMostMs for so long work may keep a connection
 */
export function watchLoans(pool: Lender, atMostMs: number, now = () => performance.now()): Loans {
  const since = new Map<object, number>();
  pool.on("acquire", (client) => since.set(client, now()));
  pool.on("release", (_error, client) => since.delete(client));
  return {
    lent: () => since.size,
    overdue: () => [...since.values()].filter((fromMs) => now() - fromMs > atMostMs).length,
  };
}
