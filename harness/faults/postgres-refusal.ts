import type { PostgresControl } from "../model/capabilities.ts";
import type { FaultKind, Observation, ScheduledInjection } from "../model/fault.ts";

/** What a fault of one Postgres server says of itself. */
interface PostgresFault extends Omit<FaultKind<"postgres">, "needs" | "receipt" | "undo" | "heal" | "observe"> {
  /** The statements that heal it, in order. */
  readonly healed: (postgres: PostgresControl) => readonly string[];
  /** A statement of the application's that feels the fault, and changes nothing. */
  readonly attempt: (injection: ScheduledInjection, postgres: PostgresControl) => string;
  /** The SQLSTATE that it is refused with. */
  readonly sqlState: string;
}

/** A fault that makes a Postgres server refuse something: proven by the code with which the application is refused. */
export function postgresRefusal(fault: PostgresFault): FaultKind<"postgres"> {
  const { attempt, sqlState, healed, ...said } = fault;
  return {
    ...said,
    needs: "postgres",
    receipt: `a session that logs in as the application is refused with SQLSTATE ${sqlState}`,
    ...undoneBy(healed),
    async observe(postgres, injection): Promise<Observation> {
      const statement = attempt(injection, postgres);
      const answer = (await postgres.ask(statement)) ?? "ok";
      const measured = { asked: statement, sqlState: answer };
      if (answer === sqlState) return { state: "acting", measured };
      return { state: answer === "ok" ? "absent" : "unclear", measured };
    },
  };
}

/** Heals, and is undone by whoever cleans up, with the same statements. */
export function undoneBy(
  healed: (postgres: PostgresControl) => readonly string[],
): Pick<FaultKind<"postgres">, "undo" | "heal"> {
  return {
    undo: (postgres) => postgres.undo(...healed(postgres)),
    async heal(postgres) {
      await postgres.admin(...healed(postgres));
    },
  };
}

/** Writes to a table of its own that nobody sees and that is gone with the connection. */
export const harmlessWrite = "CREATE TEMPORARY TABLE faultline_probe (x int)";

/** Ends every session of the application, so that it meets what has changed at its next log-in. */
export async function endSessions(postgres: PostgresControl): Promise<void> {
  await postgres.admin(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND usename = ${literal(postgres.user)}`,
  );
}

/** A text as a part of a statement. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as a part of a statement. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
