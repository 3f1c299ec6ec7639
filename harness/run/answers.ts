import { type History, type LoadPhase, outcomeCode, phaseCode } from "../model/history.ts";

/** How many operations were due in these phases, and how many of them were ok. */
export function answersIn(history: History, phases: readonly LoadPhase[]): { total: number; ok: number } {
  const counted = phases.map(phaseCode);
  const okCode = outcomeCode("ok");
  let [total, ok] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (!counted.includes(history.phase[row]!)) continue;
    total += 1;
    if (history.outcome[row] === okCode) ok += 1;
  }
  return { total, ok };
}
