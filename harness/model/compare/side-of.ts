import { storedEvidence } from "../evidence.ts";
import { timingOf } from "../fault.ts";
import { figuresOf } from "../measure/figures.ts";
import type { StoredRun } from "../run.ts";
import { worst } from "../verdict.ts";
import { seriesOfRuns } from "./buckets.ts";
import { median } from "./median.ts";
import type { Better, Unit } from "./metrics.ts";
import { baselineKind, baselineSchemaVersion, type Figure, type Side, type SideCheck, sidePhases } from "./side.ts";

/**
 * One side of a comparison from its runs, which are of one scenario and have a history each.
 * @param runs at least one
 * @param like the other side: the buckets are cut as they are there
 */
export function sideOf(runs: readonly StoredRun[], like?: Side): Side {
  const records = runs.map(({ record }) => record);
  const [first] = records;
  if (first === undefined) throw new RangeError("a side of a comparison needs a run");
  const { scenario, system } = first;
  return {
    kind: baselineKind,
    schemaVersion: baselineSchemaVersion,
    scenario: scenario.id,
    runs: records.map(({ id }) => id),
    system: system.variant === undefined ? system.name : `${system.name} (${system.variant})`,
    plan: {
      seeds: distinct(records.map(({ seed }) => seed)),
      arrivals: distinct(records.map(({ plan }) => plan.arrivals.sha256)),
      faults: distinct(
        records.map(({ plan }) => plan.schedule.map((one) => `${one.title} ${timingOf(one)}`).join("; ")),
      ),
      host: distinct(records.map(({ host }) => `${host.platform}, ${host.cores} cores`)).join("; "),
    },
    caveats: caveatsOf(runs),
    verdict: worst(records.map(({ verdict }) => verdict)),
    checks: checksOf(runs),
    figures: medianFigures(runs.map(figuresOfRun)),
    series: seriesOfRuns(runs, like),
  };
}

function caveatsOf(runs: readonly StoredRun[]): readonly string[] {
  const partial = runs.filter(({ record }) => record.status !== "complete").map(({ record }) => record.id);
  const lateMs = runs
    .flatMap(({ record: { generator, phases } }) =>
      (generator?.tainted ?? []).filter(({ toMs }) => toMs > (phases.steady?.fromMs ?? 0)),
    )
    .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return [
    ...(partial.length === 0 ? [] : [`not complete: ${partial.join(", ")}`]),
    ...(lateMs === 0
      ? []
      : [
          `the load generator itself was late for ${Math.round(lateMs / 1000)} s, and the latency of these is left out`,
        ]),
  ];
}

function checksOf(runs: readonly StoredRun[]): readonly SideCheck[] {
  const all = runs.flatMap(({ record }) => record.checks);
  return distinct(all.map(({ title }) => title)).map((title) => {
    const results = all.filter((one) => one.title === title);
    const names = distinct(results.flatMap(({ numbers }) => Object.keys(numbers)));
    const numbers = names.flatMap((name) => {
      const values = results.flatMap(({ numbers: { [name]: value } }) => (typeof value === "number" ? [value] : []));
      return values.length === 0 ? [] : [[name, shortened(median(values))] as const];
    });
    return { title, verdict: worst(results.map(({ verdict }) => verdict)), numbers: Object.fromEntries(numbers) };
  });
}

/** What did not happen counts as later than all that did. */
function medianFigures(all: readonly (readonly Figure[])[]): readonly Figure[] {
  const [first = []] = all;
  return first.map((figure) => {
    const values = all.flatMap((figures) => figures.find(({ name }) => name === figure.name) ?? []);
    const middle = median(values.map(({ value }) => value ?? Number.POSITIVE_INFINITY));
    return { ...figure, value: Number.isFinite(middle) ? shortened(middle) : null };
  });
}

/** The numbers of the fault, by what they are called in a report. */
function figuresOfRun(run: StoredRun): readonly Figure[] {
  const { timeToImpactMs, timeToDetectMs, recovery, amplification, absorption, workloads } = figuresOf(
    storedEvidence(run),
  );
  const figure = (name: string, unit: Unit, better: Better, value: number | null | undefined): readonly Figure[] =>
    value === undefined ? [] : [{ name, unit, better, value }];
  return [
    ...figure("time to impact", "timeMs", "higher", timeToImpactMs),
    // What nobody noticed need not be detected.
    ...figure("time to detect", "timeMs", "lower", timeToImpactMs === null ? undefined : timeToDetectMs),
    ...figure("time to recover", "timeMs", "lower", recovery?.fromHealMs),
    ...figure("amplification", "ratio", "lower", amplification),
    ...figure("absorption", "share", "higher", absorption?.share),
    ...workloads.flatMap(({ name, phases }) =>
      sidePhases.flatMap((phase) => [
        ...figure(`goodput of ${name}, ${phase}`, "perSecond", "higher", phases[phase]?.perSecond),
        ...figure(`burn of ${name}, ${phase}`, "ratio", "lower", phases[phase]?.burn),
      ]),
    ),
  ];
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
const shortened = (value: number): number => Number(value.toPrecision(4));
