import type { Audit, AuditContext, FinalState } from "faultline";
import type { Redis } from "ioredis";
import type pg from "pg";
import { type Entries, readCached, type Versions } from "./cached.ts";
import { withDatabase, withRedis } from "./components.ts";
import { documentsOf } from "./documents.ts";
import { itemsOf, jobsOf, type OrderRow } from "./orders.ts";
import { initialStock, productNames, tenant } from "./seed.ts";
import { writerOf } from "./shop-api.ts";

/**
 * What the storefront finally holds of the products that the workloads know, read from its components themselves: prices as registers, orders as items and as
 * jobs, the cache and the index beside the rows that they are copies of, and what was sold beside what is in stock.
 */
export function ledger(): Audit {
  return {
    atRest: async (context) => (await waiting(context)) === 0 && (await documentsBehind(context)) === 0,
    read: (context) =>
      withDatabase(context, "postgres", async (shop) => {
        const [cache, documents] = await Promise.all([
          withRedis(context, "cache", (redis) =>
            readCached({ rows: () => rowVersions(shop), entries: () => cacheEntries(redis) }),
          ),
          documentsOf(context),
        ]);
        const index = documents.map(({ id, version }) => ({ key: id - 1, version }));
        const state = await readShop(shop);
        const known = knownTo(context);
        return { ...state, registers: known(state.registers), cache: known(cache), index: known(index) };
      }),
    gauges: async (context) => {
      const [jobs, { unsent, pending, backends }, behind, keys] = await Promise.all([
        withRedis(context, "queue", queueDepth),
        withDatabase(context, "postgres", counts),
        documentsBehind(context),
        withRedis(context, "queue", keysKept),
      ]);
      return {
        "jobs in the queue": jobs,
        "keys that the queue keeps": keys,
        "unsent events": unsent,
        "pending orders": pending,
        "documents of the index behind their rows": behind,
        "backends of Postgres": backends,
      };
    },
  };
}

/** Leaves out products of which no workload knows: what `prepare` of one has made, and those that a scenario has no use for. */
function knownTo({ keyspaces }: AuditContext) {
  const keys = keyspaces["keys"] ?? 0;
  return <Row extends { readonly key: number }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ key }) => key < keys);
}

/** All that a worker has yet to do. */
async function waiting(context: AuditContext): Promise<number> {
  const { unsent, pending } = await withDatabase(context, "postgres", counts);
  return unsent + pending === 0 ? withRedis(context, "queue", queueDepth) : unsent + pending;
}

/** How many documents the index lacks, has too many, or has in another version. */
async function documentsBehind(context: AuditContext): Promise<number> {
  const [rows, documents] = await Promise.all([
    withDatabase(context, "postgres", (shop) => rowVersions(shop, "AND NOT deleted")),
    documentsOf(context),
  ]);
  // One that is there twice will stay so: that is for the law to say, and nothing to wait for.
  const versions = new Map(documents.map(({ id, version }) => [id, version]));
  const unlike = [...rows].filter(([id, version]) => versions.get(id) !== version).length;
  const orphans = [...versions.keys()].filter((id) => !rows.has(id)).length;
  return unlike + orphans;
}

async function counts(shop: pg.Client): Promise<{ unsent: number; pending: number; backends: number }> {
  const { rows } = await shop.query(
    `SELECT (SELECT count(*)::int FROM outbox WHERE sent_at IS NULL) AS unsent,
            (SELECT count(*)::int FROM orders WHERE status = 'pending') AS pending,
            (SELECT count(*)::int FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS backends`,
  );
  return rows[0];
}

/** Jobs that wait, are delayed or are being worked on, by the keys that BullMQ has for them. */
async function queueDepth(queue: Redis): Promise<number> {
  const depths = ["order-placed", "product-to-index"].flatMap((kind) => [
    queue.llen(`bull:${kind}:wait`),
    queue.llen(`bull:${kind}:active`),
    queue.zcard(`bull:${kind}:delayed`),
  ]);
  return (await Promise.all(depths)).reduce((sum, depth) => sum + depth, 0);
}

/**
 * Keys of the queue that stay until they are deleted, by its own count: whatever is kept of jobs that are done is among them.
 * A lock, or a note of when stalled jobs were looked for, ends by itself.
 */
async function keysKept(queue: Redis): Promise<number> {
  const [, keys = 0, expiring = 0] = /keys=(\d+),expires=(\d+)/.exec(await queue.info("keyspace")) ?? [];
  return Number(keys) - Number(expiring);
}

async function rowVersions(shop: pg.Client, condition = ""): Promise<Versions> {
  const { rows } = await shop.query(`SELECT id, version FROM products WHERE tenant = $1 ${condition}`, [tenant]);
  return new Map(rows.map(({ id, version }) => [Number(id), Number(version)]));
}

async function cacheEntries(cache: Redis): Promise<Entries> {
  const prefix = `product:${tenant}:`;
  const keys = await cache.keys(`${prefix}*`);
  const values = keys.length === 0 ? [] : await cache.mget(keys);
  const entries = keys.map((key, at) => [Number(key.slice(prefix.length)), values[at] ?? ""] as const);
  return new Map(entries);
}

/** All of it at one moment, so that sums hold also while the shop is still at work. */
async function readShop(shop: pg.Client): Promise<Omit<FinalState, "cache" | "index">> {
  await shop.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const products = await shop.query("SELECT id, version, note FROM products WHERE tenant = $1 ORDER BY id", [tenant]);
  // An effect is what was sold. A row of `fulfilments` only says that an event was taken, and may be the same for two.
  const orders = await shop.query<OrderRow>(
    `WITH sold AS (SELECT order_id, count(*)::int AS effects FROM ledger GROUP BY 1),
          buried AS (
            SELECT payload ->> 'orderId' AS order_id, max(jsonb_array_length(history)) AS failures,
                   count(*)::int AS letters
            FROM dead_letters WHERE kind = 'order-placed' AND redriven_at IS NULL GROUP BY 1),
          tries AS (SELECT order_id, max(attempts) AS attempts FROM fulfilments GROUP BY 1)
     SELECT idempotency_key AS key, status, coalesce(effects, 0) AS effects, failures, attempts,
            coalesce(letters, 0) AS letters
     FROM orders LEFT JOIN sold ON sold.order_id = orders.id LEFT JOIN buried ON buried.order_id = orders.id::text
     LEFT JOIN tries ON tries.order_id = orders.id
     WHERE tenant = $1 ORDER BY orders.id`,
    [tenant],
  );
  const conserved = await conservedIn(shop);
  await shop.query("COMMIT");
  return {
    registers: products.rows.map(({ id, version, note }) => ({
      key: Number(id) - 1,
      version: Number(version),
      value: writerOf(note).value ?? null,
    })),
    items: itemsOf(orders.rows),
    jobs: jobsOf(orders.rows),
    conserved,
  };
}

async function conservedIn(shop: pg.Client): Promise<NonNullable<FinalState["conserved"]>> {
  const { rows } = await shop.query(
    `SELECT (SELECT sum(stock) FROM products WHERE tenant = $1)
          + (SELECT coalesce(sum(quantity), 0) FROM ledger WHERE tenant = $1) AS pieces,
            (SELECT count(*) FROM orders WHERE tenant = $1 AND status = 'fulfilled') AS fulfilled,
            (SELECT count(*) FROM ledger WHERE tenant = $1) AS sold`,
    [tenant],
  );
  const { pieces, fulfilled, sold } = rows[0];
  return [
    { name: "pieces in stock and sold", expected: productNames.length * initialStock, actual: Number(pieces) },
    { name: "entries of the ledger, one for each fulfilled order", expected: Number(fulfilled), actual: Number(sold) },
  ];
}
