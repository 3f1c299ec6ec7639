import type { Evidence } from "../check.ts";
import { outcomeCode, phaseCode } from "../history.ts";

const steadyCode = phaseCode("steady");
const okCode = outcomeCode("ok");

/**
 * When the first injection was requested, in ms on the run's clock, by the events and by the receipts: a torn file may
 * have lost one of them. `Infinity` when nothing was injected.
 */
export function firstRequestMs({ events, receipts }: Pick<Evidence, "events" | "receipts">): number {
  const injected = events.flatMap((event) => (event.type === "inject" ? [event.atMs] : []));
  return Math.min(...injected, ...receipts.map(({ requestedMs }) => requestedMs));
}

/**
 * The one definition of "steady": due in the steady phase, and ended before the first injection was requested. What
 * was under way when a fault began may be the fault's doing, so it is no control. An operation that was never answered
 * ends at its deadline.
 * @param untilMs an earlier end of the phase, as where the run was stopped in it
 * @returns whether the operation of a row of the history is steady
 */
export function steadyRows(
  evidence: Pick<Evidence, "history" | "events" | "receipts">,
  untilMs = firstRequestMs(evidence),
): (row: number) => boolean {
  const { history } = evidence;
  return (row) => history.phase[row] === steadyCode && history.endMs[row]! < untilMs;
}

/** How many operations were steady, and how many of them were ok. */
export function steadyAnswers(evidence: Evidence, untilMs = Number.POSITIVE_INFINITY): Answers {
  return answersOf(evidence, steadyRows(evidence, Math.min(untilMs, firstRequestMs(evidence))));
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
  const [isSteady, warmUp] = [steadyRows(evidence), phaseCode("warmUp")];
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
