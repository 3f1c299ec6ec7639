import type { Evidence } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import { breakOf } from "../model/measure/breaks.ts";
import { longestLag } from "../model/measure/lateness.ts";
import { duration } from "../model/quantities.ts";
import { detailOf } from "./finding.ts";
import { canHaveBeenGood, flags, isTimeout, type Noted } from "./rows.ts";
import { isDisturbed, type Stop } from "./stops.ts";

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

/** What became of the requests around all stops. */
export interface Requests {
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

/** Judges the requests on the wire around the stops, by where each was in its life when its instance was asked to end. */
export function requestsAt(evidence: Evidence, stops: readonly Stop[], names: readonly string[] | undefined): Requests {
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
