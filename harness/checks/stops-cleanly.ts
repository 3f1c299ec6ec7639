import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import { breakOf } from "../model/measure/breaks.ts";
import { longestLag } from "../model/measure/lateness.ts";
import { duration, plural, statedDuration } from "../model/quantities.ts";
import { operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, detailOf, type Finding } from "./finding.ts";
import { type Need, needs, operationsNamed, undecidable } from "./plan-problems.ts";
import { canHaveBeenGood, flags, isTimeout, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";
import { badEndOf, isDisturbed, type Stop, stopsOf, wasStopHeldUp } from "./stops.ts";

const stopOptions = z.strictObject({
  /**
   * Names of the operations that count. Default: all that are one request by HTTP. Of one that the workload's own client
   * does (`perform`), name it where a call is one request that is not tried again.
   */
  operations: operationNames().optional(),
});

/** Which operations count. */
export type StopOptions = z.input<typeof stopOptions>;

const [unknownCode, failedCode, rejectedCode, overflowCode] = [
  outcomeCode("unknown"),
  outcomeCode("failed"),
  outcomeCode("rejected"),
  outcomeCode("overflow"),
];
/**
 * What was sent so shortly before the signal, in ms, may have met a connection that its server was closing as idle; on a
 * busy machine, bytes are that long on their way through the proxy and the scheduler.
 */
const raceMs = 50;

/**
 * A process that is asked to end (`terminate`, `rollingRestart`: SIGTERM, then SIGKILL after a grace) ends cleanly:
 *
 * - It ends by itself within its grace: exit 0, or by the signal itself.
 * - Every request that had begun, because it was sent 50 ms or more before the signal, gets a whole answer. A refusal
 *   (503) is one: it is counted as refused, and not as lost. A broken connection and no answer at the deadline are losses.
 * - No answer is cut off in the middle, whenever its request was sent. An answer that ends with its connection, without a
 *   length, cannot be seen to be cut off.
 *
 * No loss is a request that was sent later, or less than 50 ms before, and got no byte of an answer: it was refused, or met a
 * connection in the moment in which its server closed it as idle. HTTP has no way to prevent that, and a client may
 * send it again (RFC 9112, 9.3.1 and 9.5). The time grows by the lag of a load generator that was late then.
 *
 * Of a job in hand it sees only the end of its worker. Whether the job was handed back at once or its lock ran out is in no
 * history and no final state: `noLostJobs` decides that it was done. Stops of processes that are no entry are judged by how
 * they end; where an entry was asked to end and no request was under way, nothing is decided. While another fault acts on the
 * instance, or on its clients' way to it, neither its end nor its requests are judged.
 */
export function stopsCleanly(given: StopOptions = {}): Check {
  const options = optionsOf("stopsCleanly", stopOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations } = options;
  const law =
    "A process that is asked to end (SIGTERM) ends by itself within its grace; what had begun is answered, and no answer is cut off.";
  const said = {
    name: "stopsCleanly",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "stops cleanly",
    law,
  } as const;
  const planned = { ...said, ...needs("stopsCleanly", operationsNamed(operations), someStop) };
  return checkOf(planned, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const stops = stopsOf(evidence);
    if (stops.length === 0) return undecided(expected, "no process that ran was asked to end");
    const ends = endsOf(evidence, stops);
    const requests = requestsAt(evidence, stops, operations);
    return findingOf(evidence, stops, ends, requests);
  });
}

const expected = "each ends by itself in time, nothing begun is lost, no answer cut off";

/** A `terminate` with a grace: only that asks. */
const someStop: Need = ({ schedule }, check) =>
  schedule.some(({ kind, parameters }) => kind === "terminate" && parameters["graceMs"] !== 0)
    ? []
    : undecidable(
        check,
        "judges processes that are asked to end, and no fault asks one",
        "Inject `terminate` with a grace, or a `rollingRestart`.",
      );

/** How the processes ended, in words. */
interface Ends {
  readonly bad: readonly string[];
  /** Bad, or without an event; the machine may be the reason. */
  readonly doubtful: readonly string[];
  readonly judged: number;
  /** The one that took longest of those that ended well. */
  readonly slowest: Stop | undefined;
}

function endsOf(evidence: Evidence, stops: readonly Stop[]): Ends {
  const judged = stops.filter((stop) => !isDisturbed(stop, stop.requestedMs, stop.exit?.atMs ?? stop.nextMs));
  const [bad, doubtful, good]: [string[], string[], Stop[]] = [[], [], []];
  for (const stop of judged) {
    const text = badEndOf(stop);
    if (stop.exit === undefined) doubtful.push(`how ${stop.instance} ended was not recorded`);
    else if (text === undefined) good.push(stop);
    else if (wasStopHeldUp(evidence, stop)) doubtful.push(`${text}, but the machine stood still or was late meanwhile`);
    else bad.push(text);
  }
  const [slowest] = good.toSorted((one, other) => tookMs(other) - tookMs(one));
  return { bad, doubtful, judged: judged.length, slowest };
}

const tookMs = ({ exit, requestedMs }: Stop): number => (exit?.atMs ?? Number.NaN) - requestedMs;

/** What became of the requests around all stops. */
interface Requests {
  underWay: number;
  /** Of those under way: got an honest refusal. */
  refused: number;
  readonly lost: Noted[];
  readonly cut: Noted[];
  /** Rows of those that are lost or cut off, perhaps for the machine's sake. */
  readonly doubtful: Set<number>;
  /** Sent at the time of the signal or later, and without a byte of an answer. */
  turnedAway: number;
  /** Broke after the signal, where the run does not say whether in the middle of an answer. */
  unclear: number;
}

function requestsAt(evidence: Evidence, stops: readonly Stop[], names: readonly string[] | undefined): Requests {
  const { history, entry } = evidence;
  const isMeant = flags(evidence, ({ name, isPerformed }) => names?.includes(name) ?? isPerformed !== true);
  const byTarget = entry.map((instance) => stops.filter((stop) => stop.instance === instance));
  const seen: Requests = {
    underWay: 0,
    refused: 0,
    lost: [],
    cut: [],
    doubtful: new Set(),
    turnedAway: 0,
    unclear: 0,
  };
  for (let row = 0; row < history.count; row += 1) {
    if (isMeant[history.operation[row]!] !== 1 || history.outcome[row] === overflowCode) continue;
    if (Number.isNaN(history.wireMs[row]!)) continue;
    for (const stop of byTarget[history.target[row]!] ?? []) judgeRequest(evidence, row, stop, seen);
  }
  return seen;
}

function judgeRequest(evidence: Evidence, row: number, stop: Stop, seen: Requests): void {
  const { history } = evidence;
  const [wireMs, endMs, outcome] = [history.wireMs[row]!, history.endMs[row]!, history.outcome[row]!];
  const { instance, requestedMs, nextMs } = stop;
  if (endMs < requestedMs || wireMs >= nextMs) return;
  if (isDisturbed(stop, wireMs, endMs)) return;
  const broke = breakOf(evidence, row);
  const isLost = outcome === unknownCode || outcome === failedCode;
  const note = (when: string): Noted => ({ row, note: `${when}: ${detailOf(evidence, row)}`, violates: true });
  const sinceMs = requestedMs - wireMs;
  if (wireMs <= begunByMs(evidence, stop)) {
    seen.underWay += 1;
    if (outcome === rejectedCode) seen.refused += 1;
    if (isLost) seen.lost.push(note(`sent to ${instance} ${duration(sinceMs)} before its SIGTERM`));
  } else if (broke === "cut" && endMs < nextMs) {
    const when = sinceMs < 0 ? `${duration(-sinceMs)} after` : `${duration(sinceMs)} before`;
    seen.cut.push(note(`sent to ${instance} ${when} its SIGTERM`));
  } else {
    if (broke === "unanswered") seen.turnedAway += 1;
    else if (isLost && isUnclear(evidence, row)) seen.unclear += 1;
    return;
  }
  if (isLost && canHaveBeenGood(evidence, row)) seen.doubtful.add(row);
}

/** What was on the wire by then had certainly begun. */
function begunByMs({ generator }: Evidence, { requestedMs }: Stop): number {
  return requestedMs - raceMs - longestLag(generator, requestedMs - raceMs, requestedMs);
}

/** A break of which a run of an earlier version does not say where; the workload's own client never does. */
function isUnclear(evidence: Evidence, row: number): boolean {
  const { history, operations } = evidence;
  if (breakOf(evidence, row) !== undefined || isTimeout(evidence, row)) return false;
  return operations[history.operation[row]!]?.isPerformed !== true;
}

function findingOf(evidence: Evidence, stops: readonly Stop[], ends: Ends, requests: Requests): Finding {
  const { lost, cut, doubtful, underWay, refused, turnedAway } = requests;
  const numbers = {
    stops: stops.length,
    judged: ends.judged,
    badEnds: ends.bad.length,
    underWay,
    lost: lost.length,
    refused,
    cutOff: cut.length,
    turnedAway,
    ...(ends.slowest === undefined ? {} : { slowestMs: Math.round(tookMs(ends.slowest)) }),
  };
  const violations = [...lost, ...cut].filter(({ row }) => !doubtful.has(row));
  const actual = spoken(ends, requests);
  if (ends.bad.length + violations.length > 0) {
    const rows = violations.map(({ row }) => row);
    return {
      verdict: "fail",
      expected,
      actual,
      ...commonPhase(evidence, rows),
      witness: witnesses(evidence, violations),
      numbers,
    };
  }
  const open = undecidedBy(evidence, stops, ends, requests);
  return open === undefined ? { verdict: "pass", expected, actual, numbers } : { ...open, numbers };
}

/** `4 processes ended by themselves, the slowest (api-1) after 310 ms of 2 s; 12 requests under way, none lost`. */
function spoken(ends: Ends, { underWay, refused, lost, cut }: Requests): string {
  const under = plural(underWay, "request");
  const refusals = refused === 0 ? "" : `, ${refused} refused`;
  return [
    ...(ends.bad.length > 0 ? ends.bad : goodEnds(ends)),
    ...(lost.length > 0 ? [`${lost.length} of ${under} under way lost`] : []),
    ...(lost.length === 0 && underWay > 0 ? [`${under} under way, none lost${refusals}`] : []),
    ...(cut.length > 0 ? [`${plural(cut.length, "answer")} cut off`] : []),
  ].join("; ");
}

function goodEnds({ slowest, judged }: Ends): readonly string[] {
  if (slowest === undefined) return [];
  const whole = judged === 1 ? "1 process ended by itself" : `${judged} processes ended by themselves`;
  const grace = slowest.graceMs === undefined ? "" : ` of ${statedDuration(slowest.graceMs)}`;
  return [`${whole}, the slowest (${slowest.instance}) after ${duration(tookMs(slowest))}${grace}`];
}

/** Why it cannot be decided that all was well; undefined when it can. */
function undecidedBy(
  { entry }: Evidence,
  stops: readonly Stop[],
  ends: Ends,
  { underWay, doubtful, unclear, lost, cut }: Requests,
): Finding | undefined {
  const [firstDoubt] = ends.doubtful;
  if (firstDoubt !== undefined) return undecided(expected, firstDoubt);
  if (doubtful.size > 0) {
    const what = `${plural(lost.length, "request")} under way lost, ${plural(cut.length, "answer")} cut off`;
    return undecided(expected, `${what}, but the machine stood still or the load generator was late then`);
  }
  if (unclear > 0) {
    const broke = plural(unclear, "connection");
    return undecided(
      expected,
      `${broke} broke after a SIGTERM, and this run does not say whether in the middle of an answer`,
    );
  }
  if (ends.judged === 0) return undecided(expected, "another fault acted on every process that was asked to end");
  const entries = stops.filter(({ instance }) => entry.includes(instance)).map(({ instance }) => instance);
  if (entries.length === 0 || underWay > 0) return undefined;
  return {
    ...undecided(expected, `no request was under way when ${entries.join(", ")} had to end`),
    remedy: "Raise the rate, or let requests take longer, as by `latency` on a link.",
  };
}
