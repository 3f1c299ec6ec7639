import type { Evidence, OperationInfo } from "../check.ts";
import { outcomeCode } from "../history.ts";
import { Histogram } from "./histogram.ts";
import { isSteadyOf } from "./steady.ts";
import { percentileFloors } from "./summary.ts";

const okCode = outcomeCode("ok");

/** A steady latency that fewer answers than this bear witness to is chance. */
const fewestAnswers = 20;
/** An answer is in time up to this multiple of the steady latency, or up to so many ms more, whichever is longer. */
const multiple = 2;
const atLeastMoreMs = 20;

/**
 * Rows of operations that were due in the steady phase and had ended before the first injection: what was still under way
 * then may have met the fault.
 */
export function steadyRows(evidence: Evidence): readonly number[] {
  const isSteady = isSteadyOf(evidence);
  const rows: number[] = [];
  for (let row = 0; row < evidence.history.count; row += 1) if (isSteady(row)) rows.push(row);
  return rows;
}

/**
 * How long the answer to each operation may take, in ms from its due time, by the operation's index: the time that its
 * workload promises (`slo.within`). Where none is promised: max(2 × p, p + 20 ms) of the operation's own steady latency p.
 * That is its p99, with fewer than 1,000 answers its p95, with fewer than 200 its longest; with fewer than 20 that of its
 * workload, or else of all. `Infinity` where even these are too few.
 */
export function promisedMs(evidence: Evidence, steady: readonly number[] = steadyRows(evidence)): Float64Array {
  const { history, operations, workloads } = evidence;
  const byOperation = operations.map(() => new Histogram());
  for (const row of steady) {
    if (history.outcome[row] !== okCode) continue;
    byOperation[history.operation[row]!]?.record(history.endMs[row]! - history.intendedMs[row]!);
  }
  const together = (isMeant: (operation: OperationInfo) => boolean): Histogram => {
    const all = new Histogram();
    for (const [index, operation] of operations.entries()) if (isMeant(operation)) all.merge(byOperation[index]!);
    return all;
  };
  return Float64Array.from(operations, ({ workload }, index) => {
    const promised = workloads.find(({ name }) => name === workload)?.slo?.withinMs;
    if (promised !== undefined) return promised;
    const own = byOperation[index]!;
    if (own.count >= fewestAnswers) return inTimeUntil(own);
    const ofWorkload = together((one) => one.workload === workload);
    return inTimeUntil(ofWorkload.count >= fewestAnswers ? ofWorkload : together(() => true));
  });
}

function inTimeUntil(answers: Histogram): number {
  if (answers.count < fewestAnswers) return Number.POSITIVE_INFINITY;
  const { p95, p99 } = percentileFloors;
  const usualMs =
    answers.count >= p99 ? answers.percentile(0.99) : answers.count >= p95 ? answers.percentile(0.95) : answers.maxMs;
  return Math.max(multiple * usualMs, usualMs + atLeastMoreMs);
}
