import pg from "pg";
import { accessSeed } from "./access/schema.ts";
import { ConfigError, readStoreConfig, type StoreConfig } from "./config.ts";
import { openDatabase } from "./platform/database.ts";
import { createLog } from "./platform/log.ts";
import { migrations } from "./schema.ts";
import { productSource } from "./search/indexing.ts";
import { openIndex } from "./search/open.ts";
import { rebuildIndex } from "./search/rebuild.ts";
import { seed } from "./seed.ts";

/** Any constant will do, as long as every migration of this database takes the same. */
const migrationLock = 7_203_011;

/** Brings Postgres and the index to the present schema; two at once, or one after another, end in the same. */
export async function migrate({ databaseUrl, searchUrl }: StoreConfig): Promise<void> {
  const wasEmpty = await migrateDatabase(databaseUrl);
  await prepareIndex({ databaseUrl, searchUrl }, { rebuild: wasEmpty });
}

/** @returns whether there were no products before */
async function migrateDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
  client.on("error", () => undefined); // The query that it interrupts tells of it.
  await client.connect();
  try {
    await client.query("BEGIN");
    // Held until COMMIT: the second of two at once finds everything done by the first.
    await client.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    await client.query("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())");
    const { rows: applied } = await client.query<{ name: string }>("SELECT name FROM migrations");
    for (const { name, sql } of migrations.filter((each) => !applied.some((one) => one.name === each.name))) {
      await client.query(sql);
      await client.query("INSERT INTO migrations (name) VALUES ($1)", [name]);
    }
    const { rowCount: seeded } = await client.query(seed);
    await client.query(accessSeed);
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error(`the migration ended in ${command}`);
    return seeded !== 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Nobody waits for these, and a first start is slow. */
const patientLimits = { poolSize: 4, connectMs: 5000, queryMs: 10_000, transactionMs: 30_000 };

/** Creates what the index lacks, and fills it from Postgres if that is wanted; the shop may be at work meanwhile. */
export async function prepareIndex(
  { databaseUrl, searchUrl }: StoreConfig,
  { rebuild }: { rebuild: boolean },
): Promise<void> {
  const log = createLog({ logLevel: "warn", instance: "migrate" });
  const database = openDatabase(databaseUrl, patientLimits, log);
  const index = await openIndex(searchUrl, { log, poolSize: 4, readMs: 10_000, feedMs: 10_000 });
  try {
    await index.prepare();
    if (rebuild) await rebuildIndex(index, productSource(database), log);
  } finally {
    await Promise.allSettled([index.close(), database.close()]);
  }
}

/** Runs as a command: bad settings are told as such. */
export async function command(work: (stores: StoreConfig) => Promise<void>): Promise<void> {
  try {
    await work(readStoreConfig(process.env));
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exitCode = error instanceof ConfigError ? 78 : 1;
  }
}

if (import.meta.main) await command(migrate);
