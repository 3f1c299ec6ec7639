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

/** The smallest change from a value that matters in practice, in the unit itself. */
export function smallestNotable(unit: Unit, from: number): number {
  const { part, atLeast } = thresholds[unit];
  return Math.max(atLeast, part * Math.abs(from));
}

/** Whether a change from `from` by `shift` matters in practice, however sure it is. A change to or from never does. */
export function isNotable(unit: Unit, from: number, shift: number): boolean {
  // A threshold that is met exactly must not be missed by a rounding error.
  return shift !== 0 && Math.abs(shift) * (1 + 1e-9) >= smallestNotable(unit, from);
}

/** Which way is an improvement. */
export type Better = "lower" | "higher";

/** The metrics that are compared: one number for each run, phase and kind of operation. */
export const metricNames = ["p50Ms", "p99Ms", "notOkShare", "okPerSecond"] as const;
export type MetricName = (typeof metricNames)[number];

interface Metric {
  readonly title: string;
  readonly unit: Unit;
  readonly better: Better;
}

/** Latencies are response times (end − intended) of the operations that were ok; the share not ok covers the others. */
export const metrics: Readonly<Record<MetricName, Metric>> = {
  p50Ms: { title: "p50", unit: "latencyMs", better: "lower" },
  p99Ms: { title: "p99", unit: "latencyMs", better: "lower" },
  notOkShare: { title: "share not ok", unit: "share", better: "lower" },
  okPerSecond: { title: "ok per second", unit: "perSecond", better: "higher" },
};
