import type { Evidence, WorkloadInfo } from "../check.ts";
import { type LoadPhase, outcomeCode, phaseCode } from "../history.ts";
import { burnOf } from "./error-budget.ts";

const okCode = outcomeCode("ok");

/** What became of one workload's operations in one phase. */
export interface Goodput {
  readonly intended: number;
  /** ok, and within the time that was promised; every ok one where nothing was. */
  readonly good: number;
  /** good ÷ the length of the phase. */
  readonly perSecond: number;
  /** (1 − good share) ÷ (1 − promised share); undefined without a promise, or an operation. */
  readonly burn: number | undefined;
}

/** Goodput = ok within its SLO, per second. @returns undefined when the run did not come to that phase */
export function goodputOf(evidence: Evidence, workload: WorkloadInfo, phase: LoadPhase): Goodput | undefined {
  const { history, operations, phases } = evidence;
  const interval = phases[phase];
  if (interval === undefined) return undefined;
  const isOwn = Uint8Array.from(operations, (operation) => (operation.workload === workload.name ? 1 : 0));
  const withinMs = workload.slo?.withinMs ?? Number.POSITIVE_INFINITY;
  const code = phaseCode(phase);
  let [intended, good] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (history.phase[row] !== code || isOwn[history.operation[row]!] !== 1) continue;
    intended += 1;
    if (history.outcome[row] === okCode && history.endMs[row]! - history.intendedMs[row]! <= withinMs) good += 1;
  }
  const { slo } = workload;
  return {
    intended,
    good,
    perSecond: good / ((interval.toMs - interval.fromMs) / 1000),
    burn: slo === undefined || intended === 0 ? undefined : burnOf(good / intended, slo.availability),
  };
}
