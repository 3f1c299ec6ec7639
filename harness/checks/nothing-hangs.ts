import { z } from "zod";
import type { Check, Evidence, Interval } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { count, plural, statedDuration, statedPercent } from "../model/quantities.ts";
import { number, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { needs, operationsNamed, someDue } from "./plan-problems.ts";
import { canHaveBeenGood, flags, isTimeout, undecided, unknownNames, witnesses } from "./rows.ts";

const hangOptions = z.strictObject({
  /** Names of the operations that count; all when absent. */
  operations: operationNames().optional(),
  /**
   * The largest share that may hang, from 0 (default) to less than 1. A count of what happened in this run and no estimate
   * of a rate: one more than it allows fails, one less passes. `availability` judges a rate.
   */
  atMost: number({ atLeast: 0, below: 1, unit: ", as 0.01" }).optional(),
});

/** Which operations, and how many of them may hang. */
export type HangOptions = z.input<typeof hangOptions>;

const unknownCode = outcomeCode("unknown");
const warmUp = phaseCode("warmUp");
/** Of the wait: who says it for less has claimed for longer that it can serve. */
const excusingShare = 0.5;

/**
 * Nothing hangs: what was sent has an answer, good or bad, before its deadline. A refusal in time is an answer; a broken
 * connection is one, too. What this finds is the component that is silent while its health says all is well.
 *
 * - What could not be sent because no connection was made before its deadline hangs as well: SYNs without an answer, a full
 *   backlog. What waited in the load generator's own queue for more than half of that time does not count.
 * - An operation is excused when its instance said for at least half of the wait that it was not ready. The wait is from the
 *   wire, or else from when it was given to a connection, to the deadline. A moment of "not ready" in a long wait excuses
 *   nothing: for the rest of it the instance claimed to serve. Silence of its health is no such word.
 * - What the machine's standing still, or a load generator that was late by a tenth of the deadline, can have kept from its
 *   answer cannot support a `fail`.
 */
export function nothingHangs(given: HangOptions = {}): Check {
  const options = optionsOf("nothingHangs", hangOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations, atMost = 0 } = options;
  const allowed = atMost === 0 ? "no operation" : `at most ${statedPercent(atMost)} of the operations`;
  const law = `Of what was sent to an instance that calls itself ready, ${allowed} is without an answer at its deadline.`;
  const expected = `${allowed} without an answer`;
  const said = {
    name: "nothingHangs",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "nothing hangs",
    law,
  } as const;
  const planned = { ...said, ...needs("nothingHangs", operationsNamed(operations), someDue(operations)) };
  return checkOf(planned, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const seen = hangs(evidence, operations);
    const { sent, excused, unconnected } = seen;
    const hung = seen.rows.length + excused;
    const numbers = { sent, hung, excused, ...(unconnected === 0 ? {} : { unconnected }) };
    if (sent === 0) return undecided(expected, "no such operation was sent", numbers);
    const actual = spoken(seen, hung);
    const judged = sent - excused;
    if (judged === 0) return undecided(expected, `${actual}, so nothing was sent to one that could answer`, numbers);
    const most = atMost * judged;
    if (seen.rows.length <= most) return { verdict: "pass", expected, actual, numbers };
    const doubtful = seen.rows.filter((row) => canHaveBeenGood(evidence, row)).length;
    if (seen.rows.length - doubtful <= most) {
      const why = `but ${count(doubtful)} of them while the machine stood still or the load generator was late itself`;
      return undecided(expected, `${actual}, ${why}`, numbers);
    }
    const noted = seen.rows.map((row) => ({ row, note: describe(evidence, row), violates: true }));
    return {
      verdict: "fail",
      expected,
      actual,
      ...commonPhase(evidence, seen.rows),
      witness: witnesses(evidence, noted),
      numbers,
    };
  });
}

/** What hung. */
interface Hangs {
  /** What was sent, or tried to connect for as long as it could. */
  readonly sent: number;
  /** Those without an excuse, in the order in which they were due. */
  readonly rows: readonly number[];
  readonly excused: number;
  /** How many of all that hung had no connection. */
  readonly unconnected: number;
}

/** `12 of 300 operations had no answer at their deadline (2 of them no connection), 10 of them while …`. */
function spoken({ sent, excused, unconnected }: Hangs, hung: number): string {
  if (hung === 0) return `all of ${plural(sent, "operation")} answered`;
  const connection = unconnected === 0 ? "" : ` (${count(unconnected)} of them no connection)`;
  const excuse = excused === 0 ? "" : `, ${count(excused)} of them while their instance called itself not ready`;
  return `${count(hung)} of ${plural(sent, "operation")} had no answer at their deadline${connection}${excuse}`;
}

function hangs(evidence: Evidence, names: readonly string[] | undefined): Hangs {
  const { history } = evidence;
  const isMeant = flags(evidence, ({ name }) => names?.includes(name) ?? true);
  const unready = evidence.entry.map((instance) => unreadyOf(evidence, instance));
  const rows: number[] = [];
  let [sent, excused, unconnected] = [0, 0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (isMeant[history.operation[row]!] !== 1 || history.phase[row] === warmUp) continue;
    const isUnconnected = Number.isNaN(history.wireMs[row]!);
    if (isUnconnected && !waitedForConnection(evidence, row)) continue;
    sent += 1;
    if (!isUnconnected && (history.outcome[row] !== unknownCode || !isTimeout(evidence, row))) continue;
    if (isUnconnected) unconnected += 1;
    const wait = waitOf(evidence, row);
    if (overlap(unready[history.target[row]!] ?? [], wait) >= excusingShare * (wait.toMs - wait.fromMs)) excused += 1;
    else rows.push(row);
  }
  rows.sort((one, other) => history.intendedMs[one]! - history.intendedMs[other]!);
  return { sent, rows, excused, unconnected };
}

/** Whether it reached its deadline without a connection, and not for waiting in the generator's own queue. */
function waitedForConnection(evidence: Evidence, row: number): boolean {
  const { intendedMs, dispatchedMs, endMs } = evidence.history;
  // In the queue to its end: never dispatched.
  const connectingMs = endMs[row]! - dispatchedMs[row]!;
  return isTimeout(evidence, row) && connectingMs >= excusingShare * (endMs[row]! - intendedMs[row]!);
}

/** When it was the system's turn: from the wire, or from the attempt to connect. */
function waitOf({ history }: Evidence, row: number): Interval {
  const wireMs = history.wireMs[row]!;
  return { fromMs: Number.isNaN(wireMs) ? history.dispatchedMs[row]! : wireMs, toMs: history.endMs[row]! };
}

/** When an instance said that it can't serve. Silence is no such word. */
function unreadyOf({ events }: Evidence, instance: string): readonly Interval[] {
  const intervals: Interval[] = [];
  let fromMs: number | undefined;
  for (const event of events) {
    if (event.type !== "health" || event.instance !== instance) continue;
    if (event.health === "unready") fromMs ??= event.atMs;
    else if (fromMs !== undefined) {
      intervals.push({ fromMs, toMs: event.atMs });
      fromMs = undefined;
    }
  }
  return fromMs === undefined ? intervals : [...intervals, { fromMs, toMs: Number.POSITIVE_INFINITY }];
}

function overlap(intervals: readonly Interval[], { fromMs, toMs }: Interval): number {
  return intervals.reduce(
    (sumMs, one) => sumMs + Math.max(0, Math.min(toMs, one.toMs) - Math.max(fromMs, one.fromMs)),
    0,
  );
}

function describe({ history, operations, entry }: Evidence, row: number): string {
  const { deadlineMs } = operations[history.operation[row]!]!;
  const instance = entry[history.target[row]!] ?? "its instance";
  const what = Number.isNaN(history.wireMs[row]!) ? "no connection to" : "no answer from";
  return `${what} ${instance} within ${statedDuration(deadlineMs)}`;
}
