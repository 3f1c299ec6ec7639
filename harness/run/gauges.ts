import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";

/**
 * What there is now of processes, connections, and whatever the scenario counts besides. Never rejects: what can't be
 * read is told as a note, and the check that compares gauges then has nothing to compare.
 */
export async function readGauges(
  when: "steady" | "rest",
  {
    system,
    audit,
    context,
    now,
  }: { system: RunningSystem; audit: Audit | undefined; context: AuditContext; now: () => number },
): Promise<RunEvent> {
  try {
    const [ofEnvironment, ofScenario] = await Promise.all([system.gauges(), audit?.gauges?.(context) ?? {}]);
    return { atMs: now(), type: "gauges", when, values: { ...ofEnvironment, ...ofScenario } };
  } catch (error) {
    return { atMs: now(), type: "note", text: `the gauges (${when}) could not be read: ${messageOf(error)}` };
  }
}
