import type { Evidence } from "../check.ts";
import { phaseCode } from "../history.ts";
import { healedMs, injectedMs } from "./moments.ts";
import { type Bucket, bucketsOf, okRatioOf, widened } from "./series.ts";
import { summarise } from "./summary.ts";

const bucketMs = 100;
const inARow = 10;
const okAtLeast = 0.99;

/** When users were served again as before. In ms; `null` when that did not come as long as the run watched. */
export interface Recovery {
  readonly fromInjectMs: number | null;
  readonly fromHealMs: number | null;
  /** How long after the heal the run watched. */
  readonly watchedMs: number;
}

/**
 * How it went on after the last heal: no operation had failed, and the answers were as fast as before at once; it came
 * back; it did not as long as the run watched; the run cannot tell.
 */
export const recoveryWords = ["not needed", "back", "not back", "not known"] as const;
export type RecoveryWord = (typeof recoveryWords)[number];

/** @param timeToImpactMs as in the figures of the same run */
export function recoveryWordOf(
  timeToImpactMs: number | null | undefined,
  recovery: Recovery | undefined,
): RecoveryWord {
  if (recovery === undefined) return "not known";
  if (recovery.fromHealMs === null) return "not back";
  return timeToImpactMs === null && recovery.fromHealMs === 0 ? "not needed" : "back";
}

/**
 * Time to recover: after the heal, the first bucket that opens ten in a row with ok ≥ 99 % and p99 ≤ max(2 × steady,
 * steady + 20 ms). Buckets of 100 ms by due time, joined until each has 30 operations. At the end of the run fewer than
 * ten must do, so long as a second of them is there.
 * @returns undefined without a proven heal, or a steady phase to compare with
 */
export function recoveryOf(evidence: Evidence): Recovery | undefined {
  const [fromMs, healMs, endMs] = [injectedMs(evidence), healedMs(evidence), evidence.phases.recovery?.toMs];
  const steady = summarise(evidence.history, { phase: phaseCode("steady") });
  const steadyP99Ms = steady.ok.p99Ms ?? steady.ok.p95Ms;
  if (fromMs === undefined || healMs === undefined || endMs === undefined || steadyP99Ms === undefined)
    return undefined;
  const limitMs = Math.max(2 * steadyP99Ms, steadyP99Ms + 20);
  const buckets = widened(bucketsOf(evidence.history, { fromMs: healMs, toMs: endMs, widthMs: bucketMs }));
  const isGood = (bucket: Bucket): boolean =>
    (okRatioOf(bucket) ?? 0) >= okAtLeast && bucket.ok.percentile(0.99) <= limitMs;
  const first = buckets.findIndex((bucket, index) => {
    const run = buckets.slice(index, index + inARow);
    return endMs - bucket.fromMs >= Math.min(1000, endMs - healMs) && run.every(isGood);
  });
  const atMs = buckets[first]?.fromMs;
  return {
    fromInjectMs: atMs === undefined ? null : atMs - fromMs,
    fromHealMs: atMs === undefined ? null : atMs - healMs,
    watchedMs: endMs - healMs,
  };
}
