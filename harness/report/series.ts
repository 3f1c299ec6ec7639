import type { Interval } from "../model/check.ts";
import { type History, outcomes } from "../model/history.ts";
import { type Bucket, bucketsOf, widened } from "../model/measure/series.ts";

/**
 * The fewest ok operations from which a point of a line is drawn. Lower than for a table, as a point claims less than
 * a number does; below 100 the p99 would be nothing but the maximum.
 */
export const pointFloors = { p50: 20, p95: 40, p99: 100, max: 1 } as const;
export type LineName = keyof typeof pointFloors;
/**
 * Buckets of a line are joined until they hold so many operations: half as many again as the floor, so that a few
 * that are not ok leave no gap. The maximum shares the buckets of the p99, so that it is never drawn below it.
 */
const joinedAtLeast: Readonly<Record<LineName, number>> = { p50: 30, p95: 60, p99: 150, max: 150 };
export const lineNames = ["p50", "p95", "p99", "max"] as const;

const finestMs = 100;
/** Long runs have wider buckets: a line of more points is noise, and takes memory. */
const bucketsAtMost = 300;
const barsAtMost = 130;
const rowsAtMost = 40;

/** A stretch of a line; null where too few operations were ok: a gap. */
export interface LinePoint extends Interval {
  readonly ms: number | null;
}

/** Operations that were due in one stretch, by outcome code, and the response times of those that were ok. */
export interface OutcomeBucket extends Interval {
  readonly counts: readonly number[];
  readonly total: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** All that the charts draw. Times in ms on the run's clock. */
export interface ChartSeries extends Interval {
  readonly lines: Readonly<Record<LineName, readonly LinePoint[]>>;
  readonly bars: readonly OutcomeBucket[];
  readonly barMs: number;
  /** The same as a table, in buckets wide enough for it to be read. */
  readonly rows: readonly OutcomeBucket[];
  readonly rowMs: number;
}

/**
 * @param span what the time axis shows
 * @param edges where a fault began or ended: no point of a line mixes what lies before with what lies after
 */
export function seriesOf(history: History, span: Interval, edges: readonly number[]): ChartSeries {
  const fineMs = roundWidth((span.toMs - span.fromMs) / bucketsAtMost);
  const fine = segmentsOf(span, edges, fineMs).map((segment) => bucketsOf(history, { ...segment, widthMs: fineMs }));
  const silentMs = silenceOf(history);
  const stretches = fine.flatMap((buckets) => stretchesOf(buckets, silentMs));
  const line = (name: LineName): readonly LinePoint[] =>
    stretches.flatMap((buckets) =>
      widened(buckets, joinedAtLeast[name]).map((bucket) => ({
        fromMs: bucket.fromMs,
        toMs: bucket.toMs,
        ms: pointOf(bucket, name),
      })),
    );
  const perMs = history.count / Math.max(1, span.toMs - span.fromMs);
  const barMs = roundWidth(Math.max(finestMs, (span.toMs - span.fromMs) / barsAtMost, 30 / Math.max(perMs, 0.03)));
  const rowMs = roundWidth(Math.max(barMs, (span.toMs - span.fromMs) / rowsAtMost));
  return {
    fromMs: span.fromMs,
    toMs: span.toMs,
    lines: { p50: line("p50"), p95: line("p95"), p99: line("p99"), max: line("max") },
    bars: bucketsOf(history, { ...span, widthMs: barMs }).map(outcomeBucket),
    barMs,
    rows: bucketsOf(history, { ...span, widthMs: rowMs }).map(outcomeBucket),
    rowMs,
  };
}

/** A series without any operation, so that faults and phases still have their axis. */
export function emptySeries(span: Interval): ChartSeries {
  return {
    ...span,
    lines: { p50: [], p95: [], p99: [], max: [] },
    bars: [],
    barMs: finestMs,
    rows: [],
    rowMs: finestMs,
  };
}

function pointOf({ ok }: Bucket, name: LineName): number | null {
  if (ok.count < pointFloors[name]) return null;
  if (name === "max") return ok.maxMs;
  return ok.percentile({ p50: 0.5, p95: 0.95, p99: 0.99 }[name]);
}

function outcomeBucket(bucket: Bucket): OutcomeBucket {
  return {
    fromMs: bucket.fromMs,
    toMs: bucket.toMs,
    counts: outcomes.map((_, code) => bucket.counts[code] ?? 0),
    total: bucket.total,
    p50: pointOf(bucket, "p50"),
    p95: pointOf(bucket, "p95"),
    p99: pointOf(bucket, "p99"),
    max: pointOf(bucket, "max"),
  };
}

/** The span, cut at the edges; edges closer than a bucket to the one before are one. */
function segmentsOf(span: Interval, edges: readonly number[], bucketMs: number): Interval[] {
  const cuts = [span.fromMs];
  for (const edge of edges.toSorted((a, b) => a - b)) {
    if (edge > cuts.at(-1)! + bucketMs && edge < span.toMs - bucketMs) cuts.push(edge);
  }
  return cuts.map((fromMs, index) => ({ fromMs, toMs: cuts[index + 1] ?? span.toMs }));
}

/** So long without any operation is no chance: 20 times what lies between two on average, and at least a second. */
function silenceOf({ count, intendedMs }: History): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < count; row += 1) {
    first = Math.min(first, intendedMs[row]!);
    last = Math.max(last, intendedMs[row]!);
  }
  return count < 2 ? 1000 : Math.max(1000, (20 * (last - first)) / count);
}

/** Buckets cut where silence begins and ends: of that time nothing is known, and a line across it would be made up. */
function stretchesOf(buckets: readonly Bucket[], silentMs: number): readonly (readonly Bucket[])[] {
  const stretches: Bucket[][] = [];
  let isSilent = false;
  for (const [index, bucket] of buckets.entries()) {
    const wasSilent: boolean = isSilent;
    if (bucket.total > 0) isSilent = false;
    else if (!isSilent) isSilent = quietFor(buckets, index) >= silentMs;
    const open = stretches.at(-1);
    if (open === undefined || isSilent !== wasSilent) stretches.push([bucket]);
    else open.push(bucket);
  }
  return stretches;
}

/** How long there is no operation from this bucket on. */
function quietFor(buckets: readonly Bucket[], from: number): number {
  let to = from;
  while (buckets[to]?.total === 0) to += 1;
  return (buckets[to - 1]?.toMs ?? 0) - (buckets[from]?.fromMs ?? 0);
}

/** The next of 100, 200, 500, 1000, … ms that is not less. */
function roundWidth(ms: number): number {
  for (let decade = finestMs; ; decade *= 10) {
    for (const step of [1, 2, 5]) if (step * decade >= ms) return step * decade;
  }
}
