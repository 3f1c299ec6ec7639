import type { Evidence } from "../check.ts";
import { outcomeCode, phaseCode } from "../history.ts";
import { injectedMs } from "./moments.ts";

const steadyCode = phaseCode("steady");
const okCode = outcomeCode("ok");

/**
 * The one definition of "steady": due in the steady phase, and ended before the first injection was requested. What
 * was under way when a fault began may be the fault's doing, so it is no control. An operation that was never answered
 * ends at its deadline.
 * @param untilMs an earlier end of the phase, as where the run was stopped in it
 * @returns whether the operation of a row of the history is steady
 */
export function isSteadyOf(evidence: Evidence, untilMs = Number.POSITIVE_INFINITY): (row: number) => boolean {
  const { history } = evidence;
  const endMs = Math.min(untilMs, injectedMs(evidence) ?? Number.POSITIVE_INFINITY);
  return (row) => history.phase[row] === steadyCode && history.endMs[row]! < endMs;
}

/** How many operations were steady, and how many of them were ok. */
export function steadyAnswers(evidence: Evidence, untilMs = Number.POSITIVE_INFINITY): Answers {
  return answersOf(evidence, isSteadyOf(evidence, untilMs));
}

/** A count of operations, and how many of them were ok. */
export interface Answers {
  readonly total: number;
  readonly ok: number;
}

/**
 * How many operations a fault may have touched, and how many of them were ok: those of the phases faults and recovery,
 * and those of the steady phase that were still under way when the first injection was requested.
 */
export function answersSinceFault(evidence: Evidence): Answers {
  const { history } = evidence;
  const [isSteady, warmUp] = [isSteadyOf(evidence), phaseCode("warmUp")];
  return answersOf(evidence, (row) => history.phase[row] !== warmUp && !isSteady(row));
}

function answersOf({ history }: Evidence, isMeant: (row: number) => boolean): Answers {
  let [total, ok] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (!isMeant(row)) continue;
    total += 1;
    if (history.outcome[row] === okCode) ok += 1;
  }
  return { total, ok };
}
