import { outcomeCode } from "../history.ts";
import type { Bucket } from "../measure/series.ts";

/** What a number counts; how large a change of it must be to matter depends on it. */
export const units = ["latencyMs", "timeMs", "share", "perSecond", "ratio"] as const;
export type Unit = (typeof units)[number];

/** The smallest change that is worth a word: this part of what it was, and so much at least, in the unit itself. */
const thresholds: Readonly<Record<Unit, { readonly part: number; readonly atLeast: number }>> = {
  latencyMs: { part: 0.1, atLeast: 1 },
  // Recoveries are seen in steps of 100 ms.
  timeMs: { part: 0.1, atLeast: 100 },
  share: { part: 0, atLeast: 0.005 },
  perSecond: { part: 0.1, atLeast: 0 },
  ratio: { part: 0.1, atLeast: 0.05 },
};

/** Whether a change from `from` by `shift` matters in practice, however sure it is. A change to or from never does. */
export function isNotable(unit: Unit, from: number, shift: number): boolean {
  const { part, atLeast } = thresholds[unit];
  // A threshold that is met exactly must not be missed by a rounding error.
  return shift !== 0 && Math.abs(shift) * (1 + 1e-9) >= Math.max(atLeast, part * Math.abs(from));
}

/** Which way is an improvement. */
export type Better = "lower" | "higher";

/** The metrics that are compared stretch by stretch. */
export const metricNames = ["p50Ms", "p99Ms", "notOkShare", "okPerSecond"] as const;
export type MetricName = (typeof metricNames)[number];

/** A metric of one bucket. */
interface Metric {
  readonly title: string;
  readonly unit: Unit;
  readonly better: Better;
  /** @returns undefined when the bucket has too few operations for it */
  readonly of: (bucket: Bucket) => number | undefined;
}

const okCode = outcomeCode("ok");
/** The fewest operations that were ok from which a bucket's percentile is taken. */
const fewestOk = 10;

const percentile =
  (q: number) =>
  ({ ok }: Bucket): number | undefined =>
    ok.count < fewestOk ? undefined : ok.percentile(q);

/**
 * Latencies are response times (end − intended) of the operations that were ok: what was not ok is told by its share. The
 * 99th percentile of a bucket with fewer than 100 operations is the slowest of them.
 */
export const metrics: Readonly<Record<MetricName, Metric>> = {
  p50Ms: { title: "p50", unit: "latencyMs", better: "lower", of: percentile(0.5) },
  p99Ms: { title: "p99", unit: "latencyMs", better: "lower", of: percentile(0.99) },
  notOkShare: {
    title: "share not ok",
    unit: "share",
    better: "lower",
    of: ({ counts, total }) => (total === 0 ? undefined : 1 - counts[okCode]! / total),
  },
  okPerSecond: {
    title: "ok per second",
    unit: "perSecond",
    better: "higher",
    of: ({ counts, total, fromMs, toMs }) => (total === 0 ? undefined : counts[okCode]! / ((toMs - fromMs) / 1000)),
  },
};
