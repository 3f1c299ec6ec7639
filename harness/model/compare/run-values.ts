import { outcomeCode, phaseCode } from "../history.ts";
import { Histogram } from "../measure/histogram.ts";
import type { StoredRun } from "../run.ts";
import { type MetricName, metricNames } from "./metrics.ts";
import { type Series, type SidePhase, sidePhases } from "./side.ts";

/** The fewest operations that were ok from which a run's percentile is taken; with fewer p99 would be the slowest two. */
const fewestOk = { p50Ms: 20, p99Ms: 200 } as const;
/** A phase that is shorter than this part of what was planned was cut off. */
const wholeFrom = 0.99;
const okCode = outcomeCode("ok");

/** Each metric of each run, of all operations together and of each kind, in each phase. */
export function seriesOfRuns(runs: readonly StoredRun[]): readonly Series[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { operations } = first.record.plan;
  const names = [...(operations.length === 1 ? [] : [null]), ...operations.map(({ name }) => name)];
  const all = runs.map(valuesOfRun);
  return names.flatMap((operation) =>
    sidePhases.map((phase) => {
      const own = all.map((values) => values(operation, phase));
      const entries = metricNames.map((metric) => [metric, own.map((one) => one[metric])] as const);
      const series = Object.fromEntries(entries) as unknown as Record<MetricName, readonly (number | null)[]>;
      return { operation, phase, due: own.map(({ due }) => due), ...series };
    }),
  );
}

/**
 * The phases that were another experiment than the plan's: without proof that each fault acted, with a proxy server that
 * Faultline had to replace, and after a fault that was not seen healed.
 */
export function spoiltPhases({ record, events }: StoredRun): ReadonlySet<SidePhase> {
  const receipts = events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
  const ofFault = record.plan.schedule.map(({ id, acts }) => {
    const own = receipts.filter(({ injection }) => injection === id);
    return {
      hasActed: own.length >= acts.length && own.every(({ provenMs }) => provenMs !== undefined),
      isHealed: own.every(({ healProvenMs }) => healProvenMs !== undefined),
    };
  });
  const isReplaced = events.some(({ type }) => type === "replaced");
  if (isReplaced || ofFault.some(({ hasActed }) => !hasActed)) return new Set(["faults", "recovery"]);
  return new Set(ofFault.some(({ isHealed }) => !isHealed) ? ["recovery"] : []);
}

type Values = Readonly<Record<MetricName, number | null>> & { readonly due: number };
const nothing: Values = { due: 0, p50Ms: null, p99Ms: null, notOkShare: null, okPerSecond: null };

interface Tally {
  due: number;
  ok: number;
  readonly latency: Histogram;
}
type Tallies = ReadonlyMap<SidePhase, ReadonlyMap<string | null, Tally>>;

/** The numbers of one run. A phase that was cut off, or was not what the plan says, has none. */
function valuesOfRun(run: StoredRun): (operation: string | null, phase: SidePhase) => Values {
  const tallies = talliesOf(run);
  const spoilt = spoiltPhases(run);
  return (operation, phase) => {
    const tally = tallies.get(phase)?.get(operation);
    const seconds = spoilt.has(phase) ? undefined : wholeSecondsOf(run, phase);
    if (tally === undefined || tally.due === 0 || seconds === undefined) return { ...nothing, due: tally?.due ?? 0 };
    const { due, ok } = tally;
    return {
      due,
      ...latenciesOf(run, phase, tally),
      notOkShare: digits(1 - ok / due),
      okPerSecond: digits(ok / seconds),
    };
  };
}

function talliesOf({ record, history }: StoredRun): Tallies {
  const { operations } = record.plan;
  const keys = [null, ...operations.map(({ name }) => name)];
  const byPhase = new Map(
    sidePhases.map((phase) => [
      phase,
      new Map(keys.map((key): [string | null, Tally] => [key, { due: 0, ok: 0, latency: new Histogram() }])),
    ]),
  );
  const phases = new Map(sidePhases.map((phase) => [phaseCode(phase), byPhase.get(phase)]));
  const late = latenessOf(record);
  for (let row = 0; row < (history?.count ?? 0); row += 1) {
    const own = phases.get(history!.phase[row]!);
    const intendedMs = history!.intendedMs[row]!;
    for (const key of own === undefined ? [] : [null, operations[history!.operation[row]!]?.name]) {
      const tally = key === undefined ? undefined : own?.get(key);
      if (tally === undefined) continue;
      tally.due += 1;
      if (history!.outcome[row] !== okCode) continue;
      tally.ok += 1;
      if (!late(intendedMs)) tally.latency.record(history!.endMs[row]! - intendedMs);
    }
  }
  return byPhase;
}

/** Whether the generator itself was late then: the latency of what was due is not of the system. */
function latenessOf({ generator }: StoredRun["record"]): (atMs: number) => boolean {
  const windows = generator?.tainted ?? [];
  return (atMs) => windows.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
}

/** Where the generator was late for half of a phase, what is left is not believed either. */
function latenciesOf({ record }: StoredRun, phase: SidePhase, { latency }: Tally): Pick<Values, "p50Ms" | "p99Ms"> {
  const { fromMs = 0, toMs = 0 } = record.phases[phase] ?? {};
  const lateMs = (record.generator?.tainted ?? []).reduce(
    (sum, one) => sum + Math.max(0, Math.min(one.toMs, toMs) - Math.max(one.fromMs, fromMs)),
    0,
  );
  if (lateMs * 2 > toMs - fromMs) return { p50Ms: null, p99Ms: null };
  const at = (q: number, fewest: number): number | null =>
    latency.count < fewest ? null : digits(latency.percentile(q));
  return { p50Ms: at(0.5, fewestOk.p50Ms), p99Ms: at(0.99, fewestOk.p99Ms) };
}

function wholeSecondsOf({ record }: StoredRun, phase: SidePhase): number | undefined {
  const [real, planned] = [record.phases[phase], record.plan.phases.find((one) => one.phase === phase)?.lengthMs];
  if (real === undefined || planned === undefined) return undefined;
  return real.toMs - real.fromMs < planned * wholeFrom ? undefined : planned / 1000;
}

/** Six digits are more than any of this is worth, and keep a baseline small. */
const digits = (value: number): number => Number(value.toPrecision(6));
