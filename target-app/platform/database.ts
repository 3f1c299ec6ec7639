import pg from "pg";
import { OutcomeUnknown, Unavailable } from "./errors.ts";
import type { Log } from "./log.ts";

type Row = pg.QueryResultRow;

/** What can run a statement: the pool, or one transaction. */
export interface Session {
  query<R extends Row>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<R>>;
}

export interface Database extends Session {
  /** Commits what the body did, or rolls all of it back. */
  transaction<T>(body: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseLimits {
  readonly poolSize: number;
  /** To get a connection, from the pool or a new one. */
  readonly connectMs: number;
  /** For one statement, and for all the statements of one transaction together. */
  readonly queryMs: number;
  readonly transactionMs: number;
}

export function openDatabase(url: string, limits: DatabaseLimits, log: Log): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: limits.poolSize,
    connectionTimeoutMillis: limits.connectMs,
    query_timeout: limits.queryMs,
    // The server gives up just before the client does: its error leaves the connection usable, the client's does not.
    statement_timeout: limits.queryMs - 50,
    // A client that vanished in the middle of a transaction must not keep its row locks.
    idle_in_transaction_session_timeout: 1500,
    idleTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Each dropped connection is an event on the pool while it is idle and on the client while it is lent out;
  // without a listener on both, it would end the process.
  pool.on("error", (error) => log.debug({ err: error }, "an idle connection to Postgres was lost"));
  pool.on("connect", (client) => {
    client.on("error", (error) => log.debug({ err: error }, "a connection to Postgres was lost"));
  });

  async function query<R extends Row>(text: string, values: readonly unknown[] = []) {
    return translated(() => pool.query<R>(text, [...values]));
  }

  async function transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    const client = await translated(() => pool.connect());
    const endsAt = performance.now() + limits.transactionMs;
    const session: Session = { query: (text, values) => run(client, endsAt, text, values) };
    let isPoisoned = true;
    try {
      await session.query("BEGIN");
      const result = await body(session);
      await commit(session);
      isPoisoned = false;
      return result;
    } catch (error) {
      isPoisoned = isFromConnection(error) || !(await rolledBack(session));
      throw error;
    } finally {
      // A late reply on a connection that went back to the pool would answer the next borrower's question.
      client.release(isPoisoned);
    }
  }

  return { query, transaction, close: () => pool.end() };
}

async function run<R extends Row>(
  client: pg.PoolClient,
  endsAt: number,
  text: string,
  values: readonly unknown[] = [],
) {
  const remainingMs = Math.floor(endsAt - performance.now());
  if (remainingMs <= 0) throw new Unavailable("postgres", new Error("the transaction's time is up"));
  // pg reads `query_timeout` from the query itself, too; its types do not say so.
  const config: pg.QueryConfig & { query_timeout: number } = { text, values: [...values], query_timeout: remainingMs };
  return translated(() => client.query<R>(config));
}

async function commit(session: Session): Promise<void> {
  let result: pg.QueryResult;
  try {
    result = await session.query("COMMIT");
  } catch (error) {
    throw error instanceof Unavailable ? new OutcomeUnknown(error) : error;
  }
  // Postgres answers the COMMIT of an aborted transaction with success, and the word ROLLBACK.
  if (result.command !== "COMMIT") throw new Error(`the transaction ended in ${result.command}`);
}

async function rolledBack(session: Session): Promise<boolean> {
  return session.query("ROLLBACK").then(
    () => true,
    () => false,
  );
}

function isFromConnection(error: unknown): boolean {
  return error instanceof Unavailable || error instanceof OutcomeUnknown;
}

/** SQLSTATE classes and codes that say "not now" rather than "not this". */
const notNow = /^(08|53|57P|57014|25P0[34]|40001|40P01|55P03)/;

/** Errors without an SQLSTATE are the driver's own: no connection, a broken one, or a reply that never came. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof pg.DatabaseError && !notNow.test(error.code ?? "08")) throw error;
    throw new Unavailable("postgres", error);
  }
}
