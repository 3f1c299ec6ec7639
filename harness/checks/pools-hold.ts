import { z } from "zod";
import type { Check, Evidence, Interval } from "../model/check.ts";
import type { ConnectionsWatched, RunEvent } from "../model/events.ts";
import { duration, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import { duration as durationField } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { undecided } from "./rows.ts";

const poolOptions = z.strictObject({
  /**
   * For how long a statement of the application may be at work in a database, or its transaction open without any. Not
   * judged when absent. Give more than the application's own `statement_timeout`, as `seconds(2)`: it is looked at once a
   * second.
   */
  statementsWithin: durationField({ atLeast: 1000 }).optional(),
});

/** For how long a statement may be at work. */
export type PoolOptions = z.input<typeof poolOptions>;

type Connections = RunEvent & { readonly type: "connections" };
type Statement = RunEvent & { readonly type: "statement" };

/** After its heal a server may still start, or its clients come back. */
const comesBackMs = 5000;
const neverWatched = "connections were not watched: the run is of an earlier version, or ended before its watch did";
const runAgain = "Run it again with this version, to its end.";

/**
 * Connections stay within what was stated, also in a rush. Three things are judged; each needs its evidence, or the check
 * decides nothing:
 *
 * - No instance has more connections open over a link than the system's definition states of it: `links: { DB: { to: "db",
 *   as: "{url}", connections: 12 } }`. They are counted every 1.5 s at the link's proxy, from the kernel. What counts was
 *   open in two looks in a row, and a connection that either end has closed is not: one that takes another's place may be
 *   seen beside it. So a pool that is too large for less than three seconds may be missed.
 * - The connections to a server stay within what it takes: `max_connections` without what is reserved in Postgres, `maxclients`
 *   in Redis. Postgres counts its own sessions, also those whose client has gone. A server that is full is a failure, unless
 *   what the links to it state adds up to no more than it takes.
 * - With `statementsWithin`: no statement outlives its caller in a Postgres that Faultline starts. One that runs already is asked
 *   only where a fault of Postgres logs in to it as `admin` anyway. A client that gives up does not end its statement: without a
 *   `statement_timeout` the server works on, or waits for a lock, with a session that the client's pool no longer counts. A
 *   commit that waits for a standby does not count, nor does a server that stands still. A fault excuses nothing: the time-out
 *   ends what a fault holds up, too.
 */
export function poolsHold(given: PoolOptions = {}): Check {
  const options = optionsOf("poolsHold", poolOptions, given);
  if (options instanceof Misstated) return options.check;
  const { statementsWithin } = options;
  const withinMs = statementsWithin === undefined ? undefined : Number(statementsWithin);
  const statements =
    withinMs === undefined ? "" : `, and no statement is at work for longer than ${statedDuration(withinMs)}`;
  const said = {
    name: "poolsHold",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "pools hold",
    law: `The connections of each instance stay within what it states, and their sum within what the server takes${statements}.`,
  } as const;
  const expected = `no more connections than stated, or than a server takes${statements}`;
  return checkOf(said, (evidence): Finding => {
    const seen = seenIn(evidence);
    const violations = [...overdrawn(seen), ...(withinMs === undefined ? [] : overdue(seen, withinMs))];
    const numbers = numbersOf(seen);
    const [first, ...others] = violations;
    if (first !== undefined) {
      const more = others.length === 0 ? "" : `; and ${plural(others.length, "more", "more")}`;
      return { verdict: "fail", expected, actual: `${first}${more}`, numbers };
    }
    const lack = lackOf(evidence, seen, withinMs);
    if (lack !== undefined) return { ...undecided(expected, lack.why, numbers), remedy: lack.remedy };
    return { verdict: "pass", expected, actual: summary(seen, withinMs), numbers };
  });
}

/** What the events say. */
interface Seen {
  readonly connections: readonly Connections[];
  readonly statements: readonly Statement[];
  readonly watched: readonly ConnectionsWatched[];
  readonly isWatched: boolean;
  /** Whether there is an event that cannot be read. */
  readonly isGarbled: boolean;
}

function seenIn({ events }: Evidence): Seen {
  const connections = events.filter((event): event is Connections => event.type === "connections");
  const statements = events.filter((event): event is Statement => event.type === "statement");
  const watches = events.filter((event) => event.type === "connectionsWatched");
  const watched = watches.flatMap((event) => (Array.isArray(event.watched) ? event.watched : []));
  const seen = {
    connections: connections.filter((one) => isNamed(one) && isNumber(one.open)),
    statements: statements.filter(({ forMs }) => isNumber(forMs)),
    watched: watched.filter((one) => isNamed(one) && isNumber(one.looks) && Array.isArray(one.gaps)),
  };
  const isGarbled =
    seen.connections.length < connections.length ||
    seen.statements.length < statements.length ||
    seen.watched.length < watched.length ||
    watches.some((event) => !Array.isArray(event.watched));
  return { ...seen, isWatched: watches.length > 0, isGarbled };
}

const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isNamed = ({ on, atMost }: { readonly on: unknown; readonly atMost?: unknown }): boolean =>
  typeof on === "string" && (atMost === undefined || isNumber(atMost));

const isLink = (on: string): boolean => on.includes("->");

/** Of each link and server the most that was open, where that is too many. */
function overdrawn(seen: Seen): readonly string[] {
  const most = new Map<string, Connections>();
  for (const one of seen.connections) {
    const name = `${one.on} ${one.seen}`;
    if (one.open > (most.get(name)?.open ?? -1)) most.set(name, one);
  }
  return [...most.values()].flatMap(({ on, seen: by, open, atMost }) => {
    if (atMost === undefined) return [];
    if (isLink(on)) return open > atMost ? [`${on} had ${plural(open, "connection")} open, and states ${atMost}`] : [];
    // A server never has more than it takes: who comes when it is full is turned away.
    const isFull = by === "server" && open === atMost && statedTo(seen, on) > atMost;
    if (open <= atMost && !isFull) return [];
    return [`${on} had ${plural(open, "connection")} open, and takes ${atMost}: others are turned away`];
  });
}

/** What all links to a server state together; more than any number where one of them states nothing. */
function statedTo({ watched }: Seen, server: string): number {
  const links = watched.filter(({ on }) => on.endsWith(`->${server}`));
  if (links.length === 0) return Number.POSITIVE_INFINITY;
  return links.reduce((sum, { atMost }) => sum + (atMost ?? Number.POSITIVE_INFINITY), 0);
}

/** Of each server the statement that took longest, where that is too long. */
function overdue({ statements }: Seen, withinMs: number): readonly string[] {
  const longest = new Map<string, Statement>();
  for (const one of statements) {
    if (one.forMs > (longest.get(one.instance)?.forMs ?? withinMs)) longest.set(one.instance, one);
  }
  return [...longest.values()].map(({ instance, forMs, state, text, waitsFor }) => {
    const waits = waitsFor === undefined ? "" : `, waiting for ${waitsFor}`;
    return `a statement was ${state} in ${instance} for ${durationBeside(forMs, withinMs)}${waits} (allowed: ${statedDuration(withinMs)}): ${text}`;
  });
}

interface Missing {
  readonly why: string;
  readonly remedy: string;
}

/** What keeps the check from calling it good. */
function lackOf(evidence: Evidence, seen: Seen, withinMs: number | undefined): Missing | undefined {
  if (!seen.isWatched) return { why: neverWatched, remedy: runAgain };
  if (seen.isGarbled) return { why: "an event about connections or statements cannot be read", remedy: runAgain };
  const stated = seen.watched.filter(({ on, atMost }) => isLink(on) && atMost !== undefined);
  if (stated.length === 0 && withinMs === undefined) {
    const remedy = 'State how many connections a link keeps, as { to: "db", as: "{url}", connections: 12 }.';
    return { why: "no link states how many connections it keeps, so there is nothing to judge by", remedy };
  }
  const servers = seen.watched.filter((one) => one.seen === "server");
  if (withinMs !== undefined && servers.length === 0) {
    const remedy =
      "Leave `statementsWithin` out, or let Faultline start the database: one that runs already is asked only where a fault of Postgres needs `admin`.";
    return { why: "no database could be asked for its statements", remedy };
  }
  const blind = [...stated, ...(withinMs === undefined ? [] : servers)].find((one) => isBlind(evidence, one));
  if (blind === undefined) return undefined;
  const what = isLink(blind.on) ? "the connections of" : "the statements in";
  const remedy = "Run it on Linux with `ss` (iproute2), on a host that has a processor to spare for looking.";
  return { why: `${what} ${blind.on} were ${whyBlind(evidence, blind)}`, remedy };
}

const isBlind = (evidence: Evidence, one: ConnectionsWatched): boolean =>
  one.looks < 2 || gapsOf(evidence, one).length > 0;

function whyBlind(evidence: Evidence, one: ConnectionsWatched): string {
  const [gap] = gapsOf(evidence, one);
  if (one.looks < 2 || gap === undefined) return "never seen twice in a row";
  return `not seen for ${duration(gap.toMs - gap.fromMs)}`;
}

/** A server that a fault keeps from answering has nothing to say; its links are seen all the same. */
function gapsOf({ receipts }: Evidence, { on, gaps }: ConnectionsWatched): readonly Interval[] {
  return gaps.filter(
    ({ fromMs, toMs }) =>
      !receipts.some(
        (receipt) =>
          receipt.on === on &&
          fromMs >= receipt.requestedMs - comesBackMs &&
          toMs <= (receipt.healProvenMs ?? Number.POSITIVE_INFINITY) + comesBackMs,
      ),
  );
}

/** The fullest pool of all, as a share of what it states; of several, a large one. */
function fullest({ connections }: Seen): Connections | undefined {
  const share = ({ open, atMost = Number.POSITIVE_INFINITY }: Connections): number => open / atMost + open * 1e-9;
  const ofLinks = connections.filter(({ on, atMost }) => isLink(on) && atMost !== undefined);
  return ofLinks.toSorted((one, other) => share(other) - share(one))[0];
}

const longestMs = ({ statements }: Seen): number => Math.max(0, ...statements.map(({ forMs }) => forMs));

function numbersOf(seen: Seen): Readonly<Record<string, number>> {
  const links = seen.watched.filter(({ on, atMost }) => isLink(on) && atMost !== undefined).length;
  const { open, atMost } = fullest(seen) ?? {};
  return {
    links,
    ...(open === undefined || atMost === undefined ? {} : { open, atMost }),
    longestStatementMs: longestMs(seen),
  };
}

function summary(seen: Seen, withinMs: number | undefined): string {
  const { links = 0 } = numbersOf(seen);
  const most = fullest(seen);
  const pools = most === undefined ? "" : `, the fullest ${most.on} with ${most.open} of ${most.atMost}`;
  const longest =
    longestMs(seen) === 0 ? "none seen for a second" : `the longest ${durationBeside(longestMs(seen), withinMs)}`;
  return `${plural(links, "pool")}${pools}${withinMs === undefined ? "" : `; statements: ${longest}`}`;
}
