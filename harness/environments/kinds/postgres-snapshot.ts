import type { PostgresControl } from "../../model/capabilities.ts";

/**
 * One row for each thing: what it is called, and what it is. `ALTER SYSTEM` writes to a file, so that what was reset
 * there is seen to be gone; columns and indexes of the application's database are there since a fault may drop them.
 */
const statement = `
  SELECT 'setting ' || name AS name, setting AS value FROM pg_settings WHERE context <> 'internal'
  UNION ALL SELECT 'postgresql.auto.conf', coalesce(string_agg(name || '=' || setting, ' ' ORDER BY name), '')
    FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf'
  UNION ALL SELECT 'role ' || rolname,
    format('login %s, superuser %s, connections %s', rolcanlogin, rolsuper, rolconnlimit) FROM pg_roles
  UNION ALL SELECT format('index %s.%s', schemaname, indexname), indexdef
    FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  UNION ALL SELECT format('table %s.%s', table_schema, table_name),
    string_agg(format('%s %s', column_name, data_type), ', ' ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
      AND table_schema NOT LIKE 'pg_temp%' GROUP BY table_schema, table_name`;

/** A server's settings and roles, and the schema of the application's database. */
export async function postgresSnapshot(postgres: PostgresControl): Promise<Record<string, string>> {
  const rows = await postgres.admin(statement);
  return Object.fromEntries(rows.map(({ name, value }) => [name as string, String(value)]));
}
