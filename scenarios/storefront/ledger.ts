import type { Audit, AuditContext } from "faultline";
import pg from "pg";
import { tenant, writerOf } from "./shoppers.ts";
import { database } from "./system.ts";

/** What the storefront finally holds, read from Postgres itself: the prices as registers, the orders as items. */
export function ledger(): Audit {
  return {
    atRest: (context) =>
      withDatabase(context, async (client) => {
        const { rows } = await client.query(
          `SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL)
                + (SELECT count(*) FROM orders WHERE status = 'pending') AS waiting`,
        );
        return Number(rows[0]?.waiting) === 0;
      }),
    read: (context) =>
      withDatabase(context, async (client) => {
        const products = await client.query("SELECT id, version, note FROM products WHERE tenant = $1 ORDER BY id", [
          tenant,
        ]);
        const orders = await client.query(
          "SELECT idempotency_key AS key, count(*) AS count FROM orders WHERE tenant = $1 GROUP BY 1 ORDER BY 1",
          [tenant],
        );
        return {
          registers: products.rows.map(({ id, version, note }) => ({
            key: Number(id) - 1,
            version: Number(version),
            value: writerOf(note).value ?? null,
          })),
          items: orders.rows.flatMap(({ key, count }) => {
            const { value } = writerOf(key);
            return value === undefined ? [] : [{ id: value, count: Number(count) }];
          }),
        };
      }),
  };
}

async function withDatabase<T>({ addresses }: AuditContext, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...database,
    ...addresses["postgres"],
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await body(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
