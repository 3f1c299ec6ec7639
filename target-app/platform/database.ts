import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { mutated } from "../mutants.ts";
import { remainingMs } from "./deadline.ts";
import { OutcomeUnknown, Unavailable } from "./errors.ts";
import { watchLoans } from "./loans.ts";
import type { Log } from "./log.ts";

type Row = pg.QueryResultRow;

/** What can run a statement: the pool, or one transaction. */
export interface Session {
  query<R extends Row>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<R>>;
}

export interface Database extends Session {
  /** Commits what the body did, or rolls all of it back. */
  transaction<T>(body: (session: Session) => Promise<T>): Promise<T>;
  /** Connections at this moment, and callers that wait for one. */
  usage(): DatabaseUsage;
  close(): Promise<void>;
}

export interface DatabaseUsage {
  readonly open: number;
  readonly idle: number;
  readonly lent: number;
  /** Lent for longer than a transaction may take. */
  readonly overdue: number;
  readonly waiting: number;
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
  const pool = openPool(url, limits, log);
  // Twice the longest: a busy process gives back a little late.
  const loans = watchLoans(pool, 2 * Math.max(limits.queryMs, limits.transactionMs));

  async function query<R extends Row>(text: string, values: readonly unknown[] = []) {
    return translated(() => pool.query<R>(bounded(text, values, limits.queryMs)));
  }

  async function transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    const client = await translated(() => pool.connect());
    const endsAt = performance.now() + limits.transactionMs;
    const session = sessionOn(client, endsAt);
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
      if (mutated("dirty-release"))
        client.release(); // instead of:
      // A late reply on a connection that went back to the pool would answer the next borrower's question.
      else client.release(isPoisoned);
    }
  }

  const usage = () => ({
    open: pool.totalCount,
    idle: pool.idleCount,
    lent: loans.lent(),
    overdue: loans.overdue(),
    waiting: pool.waitingCount,
  });
  const database = { query, transaction, usage, close: () => pool.end() };
  return mutated("nested-infinite-retry") ? insistent(database) : database;
}

/** So long a connection that is not in use stays open. */
const idleMs = 5000;
/**
 * One that is still open at the server after this is one that its client closed without the server hearing of it: behind
 * a partition, say. It would keep its place for as long as the server runs.
 */
const forgottenAfterMs = 7000;

function openPool(url: string, { poolSize, connectMs, queryMs }: DatabaseLimits, log: Log): pg.Pool {
  const deadlines = {
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    // The server gives up just before the client does: its error leaves the connection usable, the client's does not.
    ...(mutated("no-statement-timeout") ? {} : { statement_timeout: queryMs - 50 }),
    // A client that vanished in the middle of a transaction must not keep its row locks.
    idle_in_transaction_session_timeout: 1500,
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: mutated("unbounded-pool") ? 1000 : poolSize,
    ...(mutated("no-query-timeout") ? {} : deadlines),
    options: `-c idle_session_timeout=${forgottenAfterMs}${mutated("async-commit") ? " -c synchronous_commit=off" : ""}`,
    idleTimeoutMillis: idleMs,
    keepAlive: true,
  });
  // Each dropped connection is an event on the pool while it is idle and on the client while it is lent out;
  // without a listener on both, it would end the process.
  const note = (error: Error) => log.debug({ err: error }, "a connection to Postgres was lost");
  if (!mutated("no-pool-error")) pool.on("error", note);
  pool.on("connect", (client) => void client.on("error", note));
  return pool;
}

/** The time for one statement is what is left of the request's and, in a transaction, of the transaction's. */
function bounded(text: string, values: readonly unknown[], mostMs: number): pg.QueryConfig {
  const leftMs = Math.floor(remainingMs(mostMs));
  if (leftMs <= 0) throw new Error("there is no time left for it");
  // pg reads `query_timeout` from the query itself, too; its types do not say so.
  const config: pg.QueryConfig & { query_timeout?: number } = { text, values: [...values], query_timeout: leftMs };
  if (values.length > 0) config.name = nameOf(text);
  if (mutated("no-query-timeout")) delete config.query_timeout;
  return config;
}

const names = new Map<string, string>();

/** A statement with a name is parsed once for each connection: a third less work for Postgres. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `statement-${names.size + 1}`;
  names.set(text, name);
  return name;
}

function sessionOn(client: pg.PoolClient, endsAt: number): Session {
  const query = <R extends Row>(text: string, values: readonly unknown[] = []) =>
    translated(() => client.query<R>(bounded(text, values, endsAt - performance.now())));
  return mutated("commit-unchecked") ? careless({ query }) : { query };
}

async function commit(session: Session): Promise<void> {
  let result: pg.QueryResult;
  try {
    result = await session.query("COMMIT");
  } catch (error) {
    if (mutated("commit-definite")) throw error; // instead of:
    throw error instanceof Unavailable ? new OutcomeUnknown(error) : error;
  }
  if (mutated("commit-unchecked")) return; // instead of:
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

/** What "commit-unchecked" does to a statement that the server refuses: it goes on as if nothing had come back. */
function careless(session: Session): Session {
  const nothing = { command: "", rowCount: 1, oid: 0, fields: [], rows: [] };
  return {
    query: <R extends Row>(text: string, values?: readonly unknown[]) =>
      session.query<R>(text, values).catch(() => nothing),
  };
}

/** What "nested-infinite-retry" does: inside a transaction, too, and whatever state its connection is in. */
function insistent(database: Database): Database {
  const insist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isFromConnection(error)) throw error;
        await sleep(1); // Or nothing else in the process would run.
      }
    }
  };
  const inside = (session: Session): Session => ({
    query: (text, values) => insist(() => session.query(text, values)),
  });
  return {
    ...database,
    query: (text, values) => insist(() => database.query(text, values)),
    transaction: (body) => insist(() => database.transaction((session) => body(inside(session)))),
  };
}
