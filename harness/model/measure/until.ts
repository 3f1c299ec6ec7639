import type { Evidence } from "../check.ts";
import { historyOf, outcomeCode, rowAt, setRow } from "../history.ts";

/**
 * What was known of a run at a moment, in ms on its clock: operations that were on the wire, those under way without an outcome,
 * and events. There was no final state yet.
 * @param isEndedOnly leaves out what was under way: for shares, in which an operation without an outcome counts as not ok
 */
export function evidenceUntil(evidence: Evidence, ms: number, isEndedOnly = false): Evidence {
  const { finalState: _, ...withoutState } = evidence;
  const { history, events } = evidence;
  const kept: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (history.endMs[row]! < ms || (!isEndedOnly && history.wireMs[row]! < ms)) kept.push(row);
  }
  const known = historyOf(kept.length);
  for (const [index, row] of kept.entries()) {
    const record = rowAt(history, row);
    const open = { outcome: outcomeCode("unknown"), version: Number.NaN, granted: 0, error: 0, flags: 0, endMs: ms };
    setRow(known, index, record.endMs < ms ? record : { ...record, ...open });
  }
  return { ...withoutState, history: known, events: events.filter(({ atMs }) => atMs < ms) };
}
