import { setTimeout as sleep } from "node:timers/promises";
import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { grownSince, lastGauges } from "../model/measure/growth.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";
import { readGaugeValues } from "../schema/audit-answers.ts";

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
    const [ofEnvironment, ofScenario] = await Promise.all([system.gauges(), gaugesOf(audit, context)]);
    return { atMs: now(), type: "gauges", when, values: { ...ofEnvironment, ...ofScenario } };
  } catch (error) {
    return { atMs: now(), type: "note", text: `the gauges (${when}) could not be read: ${messageOf(error)}` };
  }
}

/** @throws BadAudit for anything but finite numbers by name */
async function gaugesOf(audit: Audit | undefined, context: AuditContext): Promise<Readonly<Record<string, number>>> {
  return audit?.gauges === undefined ? {} : readGaugeValues(await audit.gauges(context));
}

/** Pools of connections keep for some ten seconds what nobody needs. */
const shrinksWithinMs = 12_000;
const pollMs = 250;

/**
 * Reads again and again what has grown since the steady phase, until it has shrunk or had time enough to.
 * @param events of the run until now
 * @param read reads the gauges once
 */
export async function readUntilShrunk(
  events: readonly RunEvent[],
  read: () => Promise<RunEvent>,
  withinMs: number = shrinksWithinMs,
): Promise<RunEvent> {
  const steady = lastGauges(events, "steady");
  const deadline = performance.now() + withinMs;
  for (;;) {
    const event = await read();
    if (event.type !== "gauges" || steady === undefined) return event;
    if (grownSince(steady, event.values).length === 0 || performance.now() > deadline) return event;
    await sleep(pollMs);
  }
}
