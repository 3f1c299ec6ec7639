import type { AttachedPostgres } from "../../model/attached.ts";
import type { ComponentDefinition } from "../../model/system.ts";
import { type AttachDriver, isText } from "../../pack/attach-driver.ts";
import { passwordFileFor } from "../../pack/password-file.ts";
import { sslRequest } from "../kinds/postgres.ts";
import { PostgresServerControl } from "../kinds/postgres-control.ts";
import { postgresSnapshot } from "../kinds/postgres-snapshot.ts";

const settingsOf = ({ settings }: ComponentDefinition) =>
  settings as unknown as Pick<AttachedPostgres, "database" | "user" | "password" | "admin">;

export const postgresKind: AttachDriver = {
  kind: "postgres",
  problems(settings) {
    const missing = ["database", "user"].filter((setting) => !isText(settings[setting]));
    if (missing.length > 0)
      return missing.map((setting) => ({ setting, remedy: "Give the application's own, as a text." }));
    const admin = settings["admin"] as AttachedPostgres["admin"];
    if (admin === undefined || (isText(admin.user) && admin.user !== settings["user"])) return [];
    return [{ setting: "admin", remedy: "Give another one than the application, which faults keep from logging in." }];
  },
  greeting: () => sslRequest,
  control: {
    capability: "postgres",
    remedy: "Give `admin` as a superuser, and `password` where it takes one; or leave out the faults of Postgres.",
    lack: (definition) =>
      settingsOf(definition).admin === undefined
        ? { message: "it has no `admin`", remedy: 'Give a superuser, as admin: { user: "postgres" }.' }
        : undefined,
    async open(running) {
      const { name, address, definition } = running;
      const { database, user, password, admin = { user: "" } } = settingsOf(definition);
      const whoever = { user: admin.user, ...passwordFileFor(running, admin.password) };
      const postgres = new PostgresServerControl({
        name,
        address,
        database,
        user,
        ...(password === undefined ? {} : { password }),
        superuser: admin,
        undo: (statements) => ({ do: "askPostgres", ...address, database, ...whoever, statements }),
        kill: () => Promise.reject(new Error("a backend of a server that is not ours is never killed")),
      });
      // The application's own log-in is what shows whether a fault acts.
      const refused = await postgres.ask("SELECT 1");
      if (refused !== undefined) throw new Error(`${user} may not log in to ${database}: ${refused}`);
      await assertHealable(postgres);
      return { controls: { postgres }, snapshot: () => postgresSnapshot(postgres), close: () => postgres.close() };
    },
  },
};

/** What faults change, and healing puts back to what it is by default. */
const ownSettings = `
  SELECT format('%s is set in postgresql.auto.conf', name) AS why FROM pg_file_settings
    WHERE sourcefile LIKE '%postgresql.auto.conf' AND name IN ('default_transaction_read_only', 'synchronous_standby_names')
  UNION ALL SELECT format('the role %s has a connection limit', rolname) FROM pg_roles
    WHERE rolname = current_setting('faultline.role') AND rolconnlimit <> -1`;

/** @throws when healing would take away what is not ours */
async function assertHealable(postgres: PostgresServerControl): Promise<void> {
  const role = `SET faultline.role = '${postgres.user.replaceAll("'", "''")}'`;
  const [own] = await postgres.admin(role, ownSettings);
  if (own !== undefined) throw new Error(`${String(own["why"])}, which healing would take away`);
}
