import pg from "pg";
import { database } from "../../scenarios/storefront/system.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";

/** What became of the orders after the load. */
export interface Leftover {
  /** Accepted and not fulfilled when the load had ended. */
  readonly pending: number;
  /** Of all, at the end. */
  readonly fulfilled: number;
  readonly dead: number;
}

/** Waits until no order is pending any more, as Postgres itself tells. */
export class Backlog implements Audit {
  #pending: number | undefined;
  #leftover: Leftover | undefined;

  /** Undefined when it did not come to that. */
  get leftover(): Leftover | undefined {
    return this.#leftover;
  }

  async atRest(context: AuditContext): Promise<boolean> {
    const { pending = 0 } = await countByStatus(context);
    this.#pending ??= pending;
    return pending === 0;
  }

  async read(context: AuditContext) {
    const { fulfilled = 0, dead = 0 } = await countByStatus(context);
    this.#leftover = { pending: this.#pending ?? 0, fulfilled, dead };
    return { registers: [], items: [] };
  }
}

async function countByStatus({ addresses }: AuditContext): Promise<Partial<Record<string, number>>> {
  const client = new pg.Client({
    ...database,
    ...addresses["postgres"],
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ status: string; count: number }>(
      "SELECT status, count(*)::integer AS count FROM orders GROUP BY status",
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  } finally {
    await client.end().catch(() => undefined);
  }
}
