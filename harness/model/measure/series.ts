import { type History, outcomeCode, outcomes } from "../history.ts";
import { Histogram } from "./histogram.ts";

const okCode = outcomeCode("ok");

/** The fewest operations from which a ratio is taken. */
export const ratioFloor = 30;

/** All operations that were due in one stretch of time. */
export interface Bucket {
  /** On the run's clock; from inclusive, to exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How many ended with each outcome, by outcome code. */
  readonly counts: readonly number[];
  readonly total: number;
  /** Response time (end − intended) of the operations that were ok. */
  readonly ok: Histogram;
  /** Response time of all: an operation that was not ok took for ever, so that a fast error improves nothing. */
  readonly all: Histogram;
}

/** Which operations, and how finely. Times on the run's clock, by the time that they were due. */
export interface BucketOptions {
  readonly fromMs: number;
  readonly toMs: number;
  /** More than 0. The last bucket ends at `toMs` and may be shorter. */
  readonly widthMs: number;
  /** Only operations of this kind, by index; all when absent. */
  readonly operation?: number;
}

/** The operations of a history, sorted into buckets of equal width by the time that they were due. */
export function bucketsOf(history: History, options: BucketOptions): Bucket[] {
  const { fromMs, toMs, widthMs } = options;
  if (!(widthMs > 0)) throw new RangeError(`a bucket must be wider than 0 ms, not ${widthMs}`);
  const buckets = Array.from({ length: Math.max(0, Math.ceil((toMs - fromMs) / widthMs)) }, (_, index) =>
    emptyBucket(fromMs + index * widthMs, Math.min(toMs, fromMs + (index + 1) * widthMs)),
  );
  for (let row = 0; row < history.count; row += 1) {
    const intendedMs = history.intendedMs[row]!;
    if (intendedMs < fromMs || intendedMs >= toMs) continue;
    if (options.operation !== undefined && history.operation[row] !== options.operation) continue;
    const bucket = buckets[Math.min(buckets.length - 1, Math.floor((intendedMs - fromMs) / widthMs))];
    if (bucket === undefined) continue;
    const outcome = history.outcome[row]!;
    const tookMs = history.endMs[row]! - intendedMs;
    bucket.counts[outcome]! += 1;
    bucket.total += 1;
    if (outcome === okCode) bucket.ok.record(tookMs);
    bucket.all.record(outcome === okCode ? tookMs : Number.POSITIVE_INFINITY);
  }
  return buckets;
}

/**
 * Joins neighbours until each bucket has at least so many operations, so that its ratios mean something. What is left
 * over at the end joins the last one; fewer operations than that in all give one bucket, and none give none.
 */
export function widened(buckets: readonly Bucket[], atLeast: number = ratioFloor): Bucket[] {
  const wide: Bucket[] = [];
  let open: Bucket | undefined;
  for (const bucket of buckets) {
    open = open === undefined ? bucket : joined(open, bucket);
    if (open.total < atLeast) continue;
    wide.push(open);
    open = undefined;
  }
  if (open === undefined) return wide;
  const last = wide.pop();
  return [...wide, last === undefined ? open : joined(last, open)];
}

/** The share of a bucket's operations that were ok; `undefined` under the floor of 30. */
export function okRatioOf(bucket: Bucket): number | undefined {
  return bucket.total < ratioFloor ? undefined : bucket.counts[okCode]! / bucket.total;
}

type OpenBucket = { -readonly [Name in keyof Bucket]: Bucket[Name] } & { readonly counts: number[] };

function emptyBucket(fromMs: number, toMs: number): OpenBucket {
  return { fromMs, toMs, counts: outcomes.map(() => 0), total: 0, ok: new Histogram(), all: new Histogram() };
}

function joined(left: Bucket, right: Bucket): Bucket {
  const both = emptyBucket(left.fromMs, right.toMs);
  for (const bucket of [left, right]) {
    for (const [code, count] of bucket.counts.entries()) both.counts[code]! += count;
    both.total += bucket.total;
    both.ok.merge(bucket.ok);
    both.all.merge(bucket.all);
  }
  return both;
}
