import type { Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import type { Receipt } from "../model/fault.ts";
import { longestLag, stoodStill } from "../model/measure/lateness.ts";
import { duration, statedDuration } from "../model/quantities.ts";
import { actsWithin, type FaultTime, faultTimes } from "./fault-times.ts";

type Exit = RunEvent & { readonly type: "exited" };

/** An instance that was asked to end, with SIGTERM and time to do so. All times in ms on the run's clock. */
export interface Stop {
  readonly instance: string;
  /** At or a moment before the signal. */
  readonly requestedMs: number;
  /** From then on until it is killed; undefined where the plan does not say. */
  readonly graceMs: number | undefined;
  /** When the next process of the instance had started; `Infinity` when none did. */
  readonly nextMs: number;
  /** How the process ended; undefined where no event says so. */
  readonly exit: Exit | undefined;
  /** Other faults on the instance itself, or on its clients' way to it, at whatever time. */
  readonly others: readonly FaultTime[];
}

/**
 * All instances that were asked to end by a fault of the kind `terminate`, and ran when they were. Without a grace it is a
 * kill, and nothing was asked.
 */
export function stopsOf(evidence: Evidence): readonly Stop[] {
  const { schedule, receipts, events } = evidence;
  const asking = new Map(schedule.filter(({ kind }) => kind === "terminate").map((one) => [one.id, one]));
  const wasRequested = (id: string): boolean =>
    events.some((event) => event.type === "inject" && event.injection === id);
  return receipts.flatMap((receipt) => {
    const injection = asking.get(receipt.injection);
    if (injection === undefined || !wasRequested(injection.id) || !ranAt(evidence, receipt)) return [];
    const graceMs = injection.parameters["graceMs"];
    if (graceMs === 0) return [];
    return [stopOf(evidence, receipt, typeof graceMs === "number" ? graceMs : undefined)];
  });
}

function stopOf(evidence: Evidence, receipt: Receipt, graceMs: number | undefined): Stop {
  const { on: instance, requestedMs } = receipt;
  const later = evidence.events.filter((event) => event.atMs >= requestedMs);
  const nextMs =
    later.find((event) => event.type === "started" && event.instance === instance)?.atMs ?? Number.POSITIVE_INFINITY;
  const exit = later.find(
    (event): event is Exit => event.type === "exited" && event.instance === instance && event.atMs < nextMs,
  );
  const others = faultTimes(evidence).filter(
    ({ injection, on }) => on.endsWith(`->${instance}`) || (on === instance && injection !== receipt.injection),
  );
  return { instance, requestedMs, graceMs, nextMs, exit, others };
}

/** Whether another fault than the stop was in the way in some moment of this time. */
export function isDisturbed({ others }: Stop, fromMs: number, toMs: number): boolean {
  return others.some((fault) => actsWithin(fault, fromMs, toMs));
}

/** What its last event before that time says; without one it runs, as what is not started by the run does. */
function ranAt({ events }: Evidence, { on, requestedMs }: Receipt): boolean {
  const last = events.findLast(
    (event) =>
      (event.type === "started" || event.type === "exited") && event.instance === on && event.atMs < requestedMs,
  );
  return last?.type !== "exited";
}

/** What is wrong with how a process ended that was asked to, in words; undefined when it ended by itself and well. */
export function badEndOf({ instance, requestedMs, graceMs, exit }: Stop): string | undefined {
  // A process without a handler ends by the signal: a shell reports 143 for that.
  if (exit === undefined || ["exit 0", "SIGTERM", "exit 143"].includes(exit.how)) return undefined;
  const tookMs = exit.atMs - requestedMs;
  if (exit.how === "SIGKILL" && graceMs !== undefined && tookMs >= graceMs) {
    return `${instance} still ran at the end of its grace of ${statedDuration(graceMs)}, and was killed`;
  }
  return `${instance} ended with ${exit.how} ${duration(tookMs)} after its SIGTERM`;
}

/** Of the grace: a machine that took so much of it may be the reason for a bad end. */
const shareThatCounts = 0.1;

/** Whether the machine stood still, or was late by a tenth of the grace, while the process was to end. */
export function wasStopHeldUp({ generator }: Evidence, { requestedMs, graceMs = 0, exit, nextMs }: Stop): boolean {
  const endMs = exit?.atMs ?? nextMs;
  const lagMs = longestLag(generator, requestedMs, endMs);
  return stoodStill(generator, requestedMs, endMs) || (lagMs > 0 && lagMs >= shareThatCounts * graceMs);
}
