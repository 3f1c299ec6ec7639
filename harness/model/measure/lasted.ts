import type { Receipt, ScheduledInjection } from "../fault.ts";
import { duration, statedDuration } from "../quantities.ts";

/** A fault lasted as long as planned when it did to within the larger of both. */
const tolerance = { ms: 250, share: 0.1 };

/**
 * How long an injection really lasted: from its request to the proof that its effect had ended, on whichever of its places
 * that was longest.
 * @returns in ms; undefined where one of its places has no such proof
 */
export function lastedMs(
  { id, acts }: Pick<ScheduledInjection, "id" | "acts">,
  receipts: readonly Receipt[],
): number | undefined {
  const own = receipts.filter(({ injection, healProvenMs }) => injection === id && healProvenMs !== undefined);
  if (own.length === 0 || acts.some((on) => !own.some((receipt) => receipt.on === on))) return undefined;
  return Math.max(...own.map(({ requestedMs, healProvenMs = Number.NaN }) => healProvenMs - requestedMs));
}

/** For how long, in words: `for 3 s`, or where that is not what was planned, `for 6.06 s (planned: 3 s)`. */
export function lastingOf(
  injection: Pick<ScheduledInjection, "id" | "acts" | "lastingMs">,
  receipts: readonly Receipt[],
): string {
  const planned = statedDuration(injection.lastingMs);
  const lasted = lastedMs(injection, receipts);
  const most = Math.max(tolerance.ms, tolerance.share * injection.lastingMs);
  if (lasted === undefined || Math.abs(lasted - injection.lastingMs) <= most) return `for ${planned}`;
  return `for ${duration(lasted)} (planned: ${planned})`;
}
