import type { FinalState } from "../model/check.ts";
import { type Audit, type AuditContext, type Scenario, workloadsOf } from "../model/scenario.ts";
import { keyspacesOf } from "../model/workload.ts";
import { readState } from "../schema/final-state.ts";
import { BadAudit, isThenable } from "../schema/final-state-problems.ts";

/**
 * Reads the final state and holds it to its schema and to the plan, so that no check has to doubt it.
 * @param operations how many the plan has
 * @throws BadAudit with every field that does not fit; whatever `read` throws itself
 */
export async function readFinalState(audit: Audit, context: AuditContext, operations: number): Promise<FinalState> {
  const given: unknown = await audit.read(context);
  silencePromises(given);
  const read = readState(given, { keyspaces: context.keyspaces, operations });
  if ("problems" in read) throw new BadAudit(read.problems);
  return read.state;
}

/** A promise that was not awaited is reported as such: what it rejects with later must not end the process. */
function silencePromises(given: unknown): void {
  if (typeof given !== "object" || given === null) return;
  for (const value of [given, ...Object.values(given)].flat())
    if (isThenable(value)) Promise.resolve(value).catch(() => undefined);
}

/** What an audit may use, besides what the run knows at that time. */
export function auditContextOf(
  scenario: Scenario,
  now: Pick<AuditContext, "addresses" | "runToken" | "signal">,
): AuditContext {
  const components = Object.entries(scenario.system.components);
  const kinds = Object.fromEntries(components.map(([name, { kind }]) => [name, kind]));
  return { ...now, kinds, keyspaces: keyspacesOf(workloadsOf(scenario)) };
}
