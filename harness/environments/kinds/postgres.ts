import pg from "pg";
import type { PostgresSettings } from "../../model/system.ts";
import type { Greeting } from "../../network/probe.ts";
import type { ComponentKind, InstanceFacts } from "../../pack/component-kind.ts";
import { askPostgres } from "../../safety/ask-postgres.ts";
import { PostgresServerControl, superuser } from "./postgres-control.ts";
import { postgresSnapshot } from "./postgres-snapshot.ts";

/**
 * An SSLRequest: the server answers with one letter, before any log-in. In bulk, a log-in by a name of 8,000 letters, to
 * which it answers with an error or a demand (PostgreSQL, "Message Formats"; a start-up packet may have 10,000 bytes).
 */
export const sslRequest: Greeting = {
  bytes: Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47),
  understands: (reply) => /^[SN]/.test(reply.toString("latin1")),
  inBulk: { bytes: startUp("f".repeat(8000)), understands: (reply) => /^[ER]/.test(reply.toString("latin1")) },
};

function startUp(user: string): Uint8Array {
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0\0`, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

/**
 * `fsync=off`: a killed server loses nothing by it, since the kernel keeps its pages; only a machine that loses power
 * does, which is not simulated.
 */
export const postgresDefaults = { fsync: "off", shared_buffers: "64MB", log_min_messages: "warning" };

export const postgresKind: ComponentKind = {
  kind: "postgres",
  async isReady(instance, deadlineMs) {
    return query(instance, ["SELECT 1"], deadlineMs).then(
      () => true,
      () => false,
    );
  },
  async initialise(instance) {
    const { database, user } = instance.definition.settings as unknown as PostgresSettings;
    const role = pg.escapeIdentifier(user);
    await query(
      instance,
      [`CREATE ROLE ${role} LOGIN`, `CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${role}`],
      10_000,
    );
  },
  openControls({ instance, address, definition }, kill) {
    const { database, user } = definition.settings as unknown as PostgresSettings;
    const postgres = new PostgresServerControl({
      name: instance,
      address,
      database,
      user,
      superuser: { user: superuser },
      kill,
    });
    const snapshot = () => postgresSnapshot(postgres);
    return Promise.resolve({ controls: { postgres }, snapshot, close: () => postgres.close() });
  },
  greeting: () => sslRequest,
};

/** Each statement for itself: some must not run inside a transaction. */
const query = ({ address }: InstanceFacts, statements: readonly string[], deadlineMs: number): Promise<void> =>
  askPostgres({ ...address, user: superuser, database: "postgres", statements }, deadlineMs);
