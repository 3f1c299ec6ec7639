import type { PostgresControl } from "../model/capabilities.ts";
import { linksOf } from "../model/system.ts";
import { again } from "./again.ts";
import { ConnectionPeak } from "./connection-peak.ts";
import type { Statement } from "./statement-ages.ts";
import { StatementAges } from "./statement-ages.ts";
import type { WatchContext } from "./watches.ts";

/** Between two looks. Each is one statement on a connection that stays open, and takes about 1 ms, most of it in the server. */
const everyMs = 1000;

/**
 * Looks into each Postgres past the proxies: a statement whose caller has gone keeps its session and its locks, and no proxy
 * shows it. Where there is no superuser to ask as, as with a server that runs already, there is nothing to see.
 */
export class DatabaseWatch {
  readonly #context: WatchContext;
  readonly #over = new AbortController();
  readonly #servers: readonly { readonly peak: ConnectionPeak; readonly rounds: Promise<void> }[];

  constructor(context: WatchContext) {
    this.#context = context;
    const instances = new Set(linksOf(context.definition).map(({ to }) => to.instance));
    const controls = [...instances].flatMap((instance) => context.system.control("postgres", instance));
    this.#servers = controls.map((control) => {
      const peak = new ConnectionPeak({ on: control.name, seen: "server" }, context.now(), context.emit);
      return { peak, rounds: this.#lookOn(control, peak) };
    });
  }

  /** Nothing of it is under way any more when this resolves. Twice is harmless. */
  async end(): Promise<void> {
    const isFirst = !this.#over.signal.aborted;
    this.#over.abort();
    await Promise.all(this.#servers.map(({ rounds }) => rounds));
    if (!isFirst || this.#servers.length === 0) return;
    const atMs = this.#context.now();
    const watched = this.#servers.map(({ peak }) => peak.watched(atMs));
    this.#context.emit({ atMs, type: "connectionsWatched", watched });
  }

  async #lookOn(control: PostgresControl, peak: ConnectionPeak): Promise<void> {
    const { now, emit } = this.#context;
    const ages = new StatementAges(control.name, now(), emit);
    const question = sessionsOf(control.user);
    await again(everyMs, this.#over.signal, async () => {
      // One that is dead, or stands still, says nothing, and does nothing either.
      const [row] = await control.inspect(question).catch(() => []);
      const seen = row === undefined ? undefined : sessionsIn(row);
      if (seen === undefined) return;
      peak.look(now(), seen.sessions, seen.takes);
      ages.look(now(), seen.statements);
    });
    ages.end(now());
  }
}

/**
 * What the server has of sessions, Faultline's own left out; and the statements of the application that are at work for some
 * time, or whose transaction is open without any. A commit that waits for its standby does not count: no time-out ends it,
 * and it can't be taken back (PostgreSQL, `SyncRepWaitForLSN`). Nor does what waits for its caller to take the answer. What a
 * server takes is without the connections that are reserved for superusers.
 */
const sessionsOf = (user: string): string => `
  WITH client AS MATERIALIZED (
    SELECT pid, usename, state, wait_event_type, wait_event, state_change, query
      FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'faultline')
  SELECT
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true), '0')::int AS takes,
    (SELECT count(*)::int FROM client) AS sessions,
    (SELECT coalesce(json_agg(json_build_object(
        'id', pid || ' ' || extract(epoch FROM state_change), 'state', state, 'text', left(query, 400),
        'ageMs', round(extract(epoch FROM clock_timestamp() - state_change) * 1000),
        'waitsFor', wait_event_type || ' ' || wait_event)), '[]')
      FROM client
      WHERE usename = '${user.replaceAll("'", "''")}' AND state <> 'idle' AND wait_event IS DISTINCT FROM 'SyncRep'
        AND NOT (state = 'active' AND wait_event_type IS NOT DISTINCT FROM 'Client')
        AND clock_timestamp() - state_change > interval '200 ms') AS statements`;

function sessionsIn(row: Readonly<Record<string, unknown>>) {
  const { takes, sessions, statements } = row;
  if (typeof takes !== "number" || typeof sessions !== "number" || !Array.isArray(statements)) return undefined;
  return { takes, sessions, statements: statements as readonly Statement[] };
}
