import type { Evidence, FinalState } from "../model/check.ts";
import { type ReadState, readStoredState } from "../schema/final-state.ts";
import { saidOf } from "../schema/final-state-problems.ts";

/** Read once for all checks of a run. */
const known = new WeakMap<FinalState, ReadState>();

/**
 * The final state with all rows of one item or job added up, or in a text why there is nothing to judge: it was not read, or
 * is not what its type says.
 * @param part that must be there
 */
export function soundState(evidence: Evidence, part?: "cache" | "index" | "jobs"): FinalState | string {
  const { finalState } = evidence;
  if (finalState === undefined) return whyMissing(evidence);
  const read = known.get(finalState) ?? readStoredState(finalState);
  known.set(finalState, read);
  if ("problems" in read) return `the final state cannot be judged: ${saidOf(read.problems)}`;
  if (part !== undefined && read.state[part] === undefined) return `the audit did not read \`${part}\``;
  return read.state;
}

function whyMissing({ finalStateProblem, events }: Evidence): string {
  if (finalStateProblem !== undefined) return `the stored final state cannot be judged: ${finalStateProblem}`;
  const failed = events.findLast((event) => event.type === "error" && event.text.startsWith("the audit failed"));
  if (failed?.type === "error") return `the final state was not read: ${failed.text}`;
  return "the final state was not read: the scenario needs an `audit`";
}
