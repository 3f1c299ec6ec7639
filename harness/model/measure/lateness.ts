import type { Evidence, GeneratorReport, Interval, TaintedWindow } from "../check.ts";
import { outcomeCode } from "../history.ts";

const [okCode, failedCode, unknownCode, overflowCode] = [
  outcomeCode("ok"),
  outcomeCode("failed"),
  outcomeCode("unknown"),
  outcomeCode("overflow"),
];

/**
 * Whether the machine, and with it the system, stood still while an operation was under way. As long again after that it
 * is late with what has piled up (a "hiccup": G. Tene, "How NOT to Measure Latency", 2013). What was not ok then may be
 * the system's doing or not: a verdict stands only where it is the same either way.
 */
export function wasHeldUp({ history, generator }: Evidence, row: number): boolean {
  const [dueMs, endMs] = [history.intendedMs[row]!, history.endMs[row]!];
  return heldUp(generator).some(({ fromMs, toMs }) => fromMs < endMs && dueMs < toMs);
}

/** A shorter stop of its loop the load generator does not note. */
const leastNotedMs = 50;
/** The sweep of deadlines is this late at most, and an answer after its deadline counts for nothing. */
const sweepSlackMs = 1;
/**
 * A deadline that the generator can have shortened by less than a tenth has been given: an answer that would have come in
 * that last tenth, and never sooner, is not what a timeout stands for.
 */
const ownShareThatCounts = 0.1;

/**
 * The most of this operation's time (end − intended), in ms, that can have been the load generator's or the machine's own:
 * it may have been taken up late, and its answer read late, each by at most the longest lag of the windows in which that was;
 * a connection that was made for it may have been noticed late, too. While the machine stood still, and as long again, it is
 * all of that time. 0 where the generator was in time. `end − intended − ownTimeOf` is a lower bound of what the system took.
 */
export function ownTimeOf(evidence: Evidence, row: number): number {
  const { history, generator } = evidence;
  const [dueMs, wireMs, endMs] = [history.intendedMs[row]!, history.wireMs[row]!, history.endMs[row]!];
  const sentMs = Number.isNaN(wireMs) ? endMs : wireMs;
  const sendingMs = longestLag(generator, dueMs, sentMs);
  const connectingMs = Math.min(sendingMs, sentMs - history.dispatchedMs[row]! || 0);
  const lateMs = sendingMs + connectingMs + longestLag(generator, endMs, endMs);
  return Math.min(endMs - dueMs, Math.max(lateMs, heldUpMs(generator, dueMs, endMs)));
}

/**
 * The least time, in ms, that the system can have taken for this operation: `Infinity` where it was not ok and neither the
 * generator nor the machine can be the reason. For a `fail`; a `pass` rests on the time as it was measured.
 */
export function leastTimeOf(evidence: Evidence, row: number): number {
  const { history } = evidence;
  const outcome = history.outcome[row]!;
  if (outcome === overflowCode) return 0;
  const leastMs = history.endMs[row]! - history.intendedMs[row]! - ownTimeOf(evidence, row);
  if (outcome === okCode || wasHeldUp(evidence, row)) return leastMs;
  return isTimeout(evidence, row) && leastMs <= latestAnswerMs(evidence, row) ? leastMs : Number.POSITIVE_INFINITY;
}

/**
 * Whether this operation can have been ok within so many ms, had the generator been in time and the machine not stood
 * still. What is not so is the system's doing, however busy the machine was: an error in its answer and a connection that was
 * refused are no matter of lateness, and a timeout is one only where at least a tenth of the deadline may be lost to it.
 * @param withinMs the promise; default: in time for its deadline
 */
export function canHaveBeenGood(evidence: Evidence, row: number, withinMs: number = Number.POSITIVE_INFINITY): boolean {
  const leastMs = leastTimeOf(evidence, row);
  return leastMs <= withinMs && leastMs !== Number.POSITIVE_INFINITY;
}

/** Whether this operation was without an answer at its deadline, sent or not. */
export function isTimeout({ history, operations }: Evidence, row: number): boolean {
  const outcome = history.outcome[row]!;
  if (outcome !== unknownCode && outcome !== failedCode) return false;
  const deadlineMs = operations[history.operation[row]!]?.deadlineMs ?? Number.POSITIVE_INFINITY;
  return history.endMs[row]! - history.intendedMs[row]! >= deadlineMs - sweepSlackMs;
}

function latestAnswerMs({ history, operations }: Evidence, row: number): number {
  return (1 - ownShareThatCounts) * operations[history.operation[row]!]!.deadlineMs;
}

/** The longest lag of the load generator in the windows that this stretch touches, in ms; 0 where it was in time. */
export function longestLag(generator: GeneratorReport, fromMs: number, toMs: number): number {
  let longestMs = 0;
  for (const window of generator.tainted) {
    if (window.fromMs > toMs || window.toMs <= fromMs) continue;
    longestMs = Math.max(longestMs, window.lagMaxMs ?? lagBefore(window, generator));
  }
  return longestMs;
}

/** Of a run from before windows had a lag: the longest that the reason names, in whole ms; else the longest of the run. */
function lagBefore({ reason }: TaintedWindow, { lagMaxMs }: GeneratorReport): number {
  const named = Array.from(reason.matchAll(/(?:lag up to|did not run for) (\d+) ms/g), ([, ms]) => Number(ms) + 1);
  const isOnlyOften = reason.startsWith("lag p99") || reason.includes("found the generator full");
  return Math.max(leastNotedMs, ...(named.length > 0 || isOnlyOften ? named : [lagMaxMs]));
}

/** Whether the machine stood still in some moment of this stretch. */
export function stoodStill({ standstills = [] }: GeneratorReport, fromMs: number, toMs: number): boolean {
  return standstills.some((still) => still.fromMs < toMs && fromMs < still.toMs);
}

/** When the machine stood still, each time and as long again, in which what had piled up was worked off. */
export function heldUp({ standstills = [] }: GeneratorReport): readonly Interval[] {
  return standstills.map(({ fromMs, toMs }) => ({ fromMs, toMs: 2 * toMs - fromMs }));
}

/** How much of this stretch the machine stood still, or worked off what had piled up, in ms. */
export function heldUpMs(generator: GeneratorReport, fromMs: number, toMs: number): number {
  let sumMs = 0;
  for (const still of heldUp(generator)) {
    sumMs += Math.max(0, Math.min(toMs, still.toMs) - Math.max(fromMs, still.fromMs));
  }
  return sumMs;
}
