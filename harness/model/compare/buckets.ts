import { phaseCode } from "../history.ts";
import { type Bucket, bucketsOf } from "../measure/series.ts";
import type { StoredRun } from "../run.ts";
import { median } from "./median.ts";
import { type MetricName, metricNames, metrics } from "./metrics.ts";
import { type Series, type Side, type SidePhase, sidePhases } from "./side.ts";

/** Into how many buckets a phase may be cut, the finest first. With fewer than 12 pairs hardly any test could find anything. */
const cuts = [48, 24, 12] as const;
/** Operations due in a bucket, on average, so that its percentiles mean something. */
const dueAtLeast = 15;
/** Neighbours that are closer tell the same, and would be counted as if they told something new. */
const shortestMs = 250;

/**
 * What runs of one scenario did, bucket by bucket: each number is the median over those runs that have it. Of a kind of
 * operation with too few for 12 buckets there is none.
 * @param like cuts as this side did where it knows the operation, so that the two can be paired
 */
export function seriesOfRuns(runs: readonly StoredRun[], like?: Side): readonly Series[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { operations } = first.record.plan;
  const names = [...(operations.length === 1 ? [] : [null]), ...operations.map(({ name }) => name)];
  return names.flatMap((operation) =>
    sidePhases.map((phase) => {
      const same = like?.series.find((one) => one.operation === operation && one.phase === phase);
      const count = same?.p50Ms.length ?? bucketCount(first, operation, phase);
      return medianSeries({ operation, phase }, runs, count);
    }),
  );
}

function medianSeries(of: Pick<Series, "operation" | "phase">, runs: readonly StoredRun[], count: number): Series {
  const perRun = runs.map((run) => ({ run, buckets: bucketsOfPhase(run, of.operation, of.phase, count) }));
  const byMetric = <T>(value: (all: readonly Values[]) => T): Readonly<Record<MetricName, T>> => {
    const entries = metricNames.map(
      (metric) => [metric, value(perRun.map(({ run, buckets }) => valuesOf(run, buckets, metric)))] as const,
    );
    return Object.fromEntries(entries) as Record<MetricName, T>;
  };
  return { ...of, ...byMetric((all) => mediansOf(all, count)), spread: byMetric(spreadOf) };
}

/** One metric of one run, bucket by bucket. */
type Values = readonly (number | undefined)[];
const known = (values: Values): readonly number[] => values.filter((value) => value !== undefined);

function mediansOf(all: readonly Values[], count: number): (number | null)[] {
  return Array.from({ length: count }, (_, index) => {
    const found = known(all.map((values) => values[index]));
    return found.length === 0 ? null : shortened(median(found));
  });
}

function spreadOf(all: readonly Values[]): number | null {
  const medians = all.map(known).flatMap((values) => (values.length === 0 ? [] : [median(values)]));
  return medians.length < 2 ? null : shortened(Math.max(...medians) - Math.min(...medians));
}

/**
 * A latency is of nobody's but the system where the generator itself was not late; where it was late for half of a phase,
 * what is between is no better. Of the other metrics nothing is left out: a system so slow that the generator is full
 * must not hide behind that.
 */
function valuesOf({ record }: StoredRun, buckets: readonly Bucket[], metric: MetricName): Values {
  const { unit, of } = metrics[metric];
  if (unit !== "latencyMs") return buckets.map(of);
  const isLate = (bucket: Bucket): boolean =>
    record.generator?.tainted.some(({ fromMs, toMs }) => fromMs < bucket.toMs && bucket.fromMs < toMs) === true;
  const isMostlyLate = buckets.filter(isLate).length * 2 > buckets.length;
  return buckets.map((bucket) => (isMostlyLate || isLate(bucket) ? undefined : of(bucket)));
}

function bucketsOfPhase({ record, history }: StoredRun, operation: string | null, phase: SidePhase, count: number) {
  const fromMs = record.phases[phase]?.fromMs;
  const lengthMs = lengthOf(record, phase);
  if (history === undefined || fromMs === undefined || lengthMs === undefined || count === 0) return [];
  const index = record.plan.operations.findIndex(({ name }) => name === operation);
  if (operation !== null && index === -1) return [];
  // As long as planned: a run that was cut short has empty buckets at its end, and no shorter ones.
  const span = { fromMs, toMs: fromMs + lengthMs, widthMs: lengthMs / count };
  return bucketsOf(history, operation === null ? span : { ...span, operation: index });
}

function bucketCount(run: StoredRun, operation: string | null, phase: SidePhase): number {
  const lengthMs = lengthOf(run.record, phase) ?? 0;
  const due = dueIn(run, operation, phase);
  return cuts.find((cut) => lengthMs / cut >= shortestMs && due / cut >= dueAtLeast) ?? 0;
}

const lengthOf = ({ plan }: StoredRun["record"], phase: SidePhase): number | undefined =>
  plan.phases.find((one) => one.phase === phase)?.lengthMs;

function dueIn({ record, history }: StoredRun, operation: string | null, phase: SidePhase): number {
  const [code, index] = [phaseCode(phase), record.plan.operations.findIndex(({ name }) => name === operation)];
  let due = 0;
  for (let row = 0; row < (history?.count ?? 0); row += 1) {
    if (history!.phase[row] === code && (operation === null || history!.operation[row] === index)) due += 1;
  }
  return due;
}

/** Four digits are more than any of this is worth, and keep a baseline small. */
const shortened = (value: number): number => Number(value.toPrecision(4));
