import type { AttachedPostgres } from "../../model/attached.ts";
import type { ComponentDefinition } from "../../model/system.ts";
import { sslRequest } from "../kinds/postgres.ts";
import { PostgresServerControl } from "../kinds/postgres-control.ts";
import { postgresSnapshot } from "../kinds/postgres-snapshot.ts";
import { type AttachKind, isText } from "./kind.ts";

const settingsOf = ({ settings }: ComponentDefinition) =>
  settings as unknown as Pick<AttachedPostgres, "database" | "user" | "password" | "admin">;

export const postgresKind: AttachKind = {
  kind: "postgres",
  problems: (settings) =>
    ["database", "user"].flatMap((setting) =>
      isText(settings[setting]) ? [] : [{ setting, remedy: "Give the application's own, as a text." }],
    ),
  greeting: () => sslRequest,
  control: {
    capability: "postgres",
    remedy: "Give `admin` as a superuser, and `password` where it takes one; or leave out the faults of Postgres.",
    lack: (definition) =>
      settingsOf(definition).admin === undefined
        ? { message: "it has no `admin`", remedy: 'Give a superuser, as admin: { user: "postgres" }.' }
        : undefined,
    async open({ name, address, definition }) {
      const { database, user, password, admin = { user: "" } } = settingsOf(definition);
      const postgres = new PostgresServerControl({
        name,
        address,
        database,
        user,
        ...(password === undefined ? {} : { password }),
        superuser: admin,
        kill: () => Promise.reject(new Error("a backend of a server that is not ours is never killed")),
      });
      // The application's own log-in is what shows whether a fault acts.
      const refused = await postgres.ask("SELECT 1");
      if (refused !== undefined) throw new Error(`${user} may not log in to ${database}: ${refused}`);
      await postgresSnapshot(postgres);
      return { controls: { postgres }, snapshot: () => postgresSnapshot(postgres), close: () => postgres.close() };
    },
  },
};
