import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { harmlessWrite, postgresRefusal } from "./postgres-refusal.ts";

/**
 * A Postgres server takes no writes (25006): the old primary after a failover, a replica that was put in its place, a
 * disk that filled up and was remounted. Reads go on. Not simulated: a primary that still thinks that it is one.
 */
export function postgresReadOnly<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("postgresReadOnly", target, options);
}

export const postgresReadOnlyFault: FaultKind<"postgres"> = postgresRefusal({
  kind: "postgresReadOnly",
  summary: "a Postgres server takes no writes",
  healing: "the setting is reset",
  example: {},
  residue: "a line in postgresql.auto.conf: reset when healed",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} read-only`,
  attempt: () => harmlessWrite,
  sqlState: "25006",
  async inject(postgres) {
    await postgres.admin("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
  },
  healed: () => ["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"],
});
