import type { Evidence } from "../../model/check.ts";
import type { RunEvent } from "../../model/events.ts";
import type { Receipt, ScheduledInjection } from "../../model/fault.ts";
import { evidenceOf, type Step, scene } from "./history.ts";

/** When an instance is asked to end, and when its next process has started. In ms on the clock of the scene. */
export const askedMs = 12_000;
export const backMs = 15_000;

/** How a process ends. */
interface Ending {
  readonly how?: string;
  readonly tookMs?: number;
}

/** One stop of an instance at 12 s, with a grace of 2 s; it is back at 15 s. */
export function stopOf(on: string, { how = "exit 0", tookMs = 400 }: Ending = {}, id = "i1") {
  const injection: ScheduledInjection = {
    id,
    kind: "terminate",
    target: on,
    parameters: { graceMs: 2000 },
    atMs: askedMs - scene.faults.fromMs,
    lastingMs: 2000,
    acts: [on],
    title: `terminate ${on}`,
  };
  const requested = { injection: id, on, requestedMs: askedMs };
  const receipt: Receipt = { ...requested, provenMs: askedMs + tookMs, healProvenMs: backMs, before: {} };
  const events: readonly RunEvent[] = [
    { atMs: 100, type: "started", instance: on, pid: 1, tookMs: 5 },
    { atMs: askedMs + 0.1, type: "inject", injection: id, title: injection.title },
    { atMs: askedMs + tookMs, type: "exited", instance: on, pid: 1, how, expected: true },
    { atMs: backMs, type: "started", instance: on, pid: 2, tookMs: 5 },
  ];
  return { injection, receipt, events };
}

export type StopOf = ReturnType<typeof stopOf>;

/** The evidence of a run with these operations and stops. */
export function evidenceAt(
  steps: readonly Step[],
  stops: readonly StopOf[],
  changes: Partial<Evidence> = {},
): Evidence {
  return evidenceOf(steps, {
    schedule: stops.map(({ injection }) => injection),
    receipts: stops.map(({ receipt }) => receipt),
    events: stops.flatMap(({ events }) => events).sort((one, other) => one.atMs - other.atMs),
    ...changes,
  });
}
