import pg from "pg";
import { ConfigError, readDatabaseUrl } from "./config.ts";
import { schema, seed } from "./schema.ts";

/** Any constant will do, as long as every migration of this database takes the same. */
const migrationLock = 7_203_011;

/** Brings the database to the present schema; two at once, or one after another, end in the same. */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
  client.on("error", () => undefined); // The query that it interrupts tells of it.
  await client.connect();
  try {
    await client.query("BEGIN");
    // Held until COMMIT: concurrent CREATE ... IF NOT EXISTS would otherwise collide in the system catalogue.
    await client.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    await client.query(schema);
    await client.query(seed);
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error(`the migration ended in ${command}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

if (import.meta.main) {
  try {
    await migrate(readDatabaseUrl(process.env));
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exitCode = error instanceof ConfigError ? 78 : 1;
  }
}
