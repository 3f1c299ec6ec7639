import type { Evidence } from "../model/check.ts";
import type { Receipt } from "../model/fault.ts";

/** When a fault acted on one link or instance, in ms on the run's clock. */
export interface FaultTime {
  readonly injection: string;
  readonly on: string;
  readonly fromMs: number;
  /** When its heal was asked for; `Infinity` when it never was. */
  readonly healAskedMs: number;
  /** When its heal was proven; `Infinity` when it never was. */
  readonly healedMs: number;
}

/**
 * The faults that acted, one for each link or instance: by their receipts, and where a run did not come to its end and a
 * receipt is missing, by the events. One that was never begun, as its milestone was not reached, is none of them.
 */
export function faultTimes(evidence: Evidence): readonly FaultTime[] {
  return [...evidence.receipts.flatMap(byReceipt), ...withoutReceipt(evidence)];
}

function byReceipt(receipt: Receipt): readonly FaultTime[] {
  const { injection, on, requestedMs, provenMs, error } = receipt;
  const [asked, healed] = [timeOf(receipt.healRequestedMs), timeOf(receipt.healProvenMs)];
  const wasBegun = asked !== undefined || healed !== undefined || timeOf(provenMs) !== undefined || error === undefined;
  if (!wasBegun || timeOf(requestedMs) === undefined) return [];
  const healedMs = healed ?? Number.POSITIVE_INFINITY;
  return [{ injection, on, fromMs: requestedMs, healAskedMs: asked ?? healedMs, healedMs }];
}

function withoutReceipt({ events, schedule, receipts }: Evidence): readonly FaultTime[] {
  return events.flatMap((event) => {
    if (event.type !== "inject") return [];
    const { injection, atMs: fromMs } = event;
    const acts = schedule.find(({ id }) => id === injection)?.acts ?? [];
    const missing = acts.filter((on) => !receipts.some((one) => one.injection === injection && one.on === on));
    const heal = events.find((other) => other.type === "heal" && other.injection === injection);
    const healAskedMs = timeOf(heal?.atMs) ?? Number.POSITIVE_INFINITY;
    return missing.map((on) => ({ injection, on, fromMs, healAskedMs, healedMs: Number.POSITIVE_INFINITY }));
  });
}

/** Whether it acted in some moment of this time. Without a proven heal it acts to the end. */
export const actsWithin = ({ fromMs, healedMs }: FaultTime, sinceMs: number, untilMs: number): boolean =>
  fromMs < untilMs && healedMs > sinceMs;

/** A time that is stored as null is none. */
export const timeOf = (ms: number | undefined): number | undefined => (Number.isFinite(ms) ? ms : undefined);
