import type { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { sqlName, text } from "../schema/fields.ts";
import { textOf } from "../schema/parameters.ts";
import { identifier } from "./postgres-refusal.ts";

const postgresLockOptions = new FaultOptions({
  /** With its schema where that is needed, as `shop.orders`. */
  table: text('Give one as "orders".', { pattern: sqlName }),
});
type PostgresLockOptions = z.input<typeof postgresLockOptions.schema>;

/**
 * Somebody holds a table for themselves: a migration that was started at noon, a `VACUUM FULL`, a forgotten session in a
 * transaction. Every statement on the table waits, reads too. Not simulated: locks on single rows, and deadlocks.
 */
export function postgresLock<const Target extends string>(
  target: Target,
  options: PostgresLockOptions,
): FaultSpec<Target> {
  return postgresLockOptions.spec("postgresLock", target, options);
}

const tableOf = (parameters: FaultSpec["parameters"]): string =>
  textOf(parameters, "table").split(".").map(identifier).join(".");

export const postgresLockFault: FaultKind<"postgres"> = {
  kind: "postgresLock",
  needs: "postgres",
  summary: "a session holds a table for itself",
  receipt: "a lock of the application on the table is not to be had (55P03)",
  healing: "the transaction that holds the lock is rolled back",
  example: { table: "information_schema.sql_features" },
  explored: [],
  residue: "a transaction that is open: it ends with its connection, and the connection with the run",
  options: postgresLockOptions.fields,
  problems: postgresLockOptions.problems,
  title: ({ target, parameters }) => `lock ${textOf(parameters, "table")} of ${target}`,
  undo: () => [],
  async inject(postgres, { id, parameters }) {
    const lock = `LOCK TABLE ${tableOf(parameters)} IN ACCESS EXCLUSIVE MODE`;
    await postgres.hold(id, "superuser", "SET LOCAL lock_timeout = '2s'", lock);
  },
  heal: (postgres, { id }) => postgres.release(id),
  // The weakest lock, as a read takes it, and no waiting: 55P03 when somebody else has the table.
  async observe(postgres, { parameters }): Promise<Observation> {
    const statement = `BEGIN; LOCK TABLE ${tableOf(parameters)} IN ACCESS SHARE MODE NOWAIT; ROLLBACK`;
    const answer = (await postgres.ask(statement)) ?? "ok";
    const measured = { asked: statement, sqlState: answer };
    if (answer === "55P03") return { state: "acting", measured };
    return { state: answer === "ok" ? "absent" : "unclear", measured };
  },
};
