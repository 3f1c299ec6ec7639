import { storedEvidence } from "../evidence.ts";
import { figuresOf } from "../measure/figures.ts";
import { duration } from "../quantities.ts";
import type { StoredRun } from "../run.ts";
import { type Verdict, verdicts, worst } from "../verdict.ts";
import { median } from "./median.ts";
import type { Better, Unit } from "./metrics.ts";
import { type Draw, planIdentity } from "./plan-identity.ts";
import { seriesOfRuns, spoiltPhases } from "./run-values.ts";
import { baselineKind, baselineSchemaVersion, type Figure, type Side, type SideCheck, sidePhases } from "./side.ts";

/**
 * One side of a comparison from its runs, which are of one plan and have a history each.
 * @param runs at least one
 */
export function sideOf(runs: readonly StoredRun[]): Side {
  const records = runs.map(({ record }) => record);
  const [first] = records;
  if (first === undefined) throw new RangeError("a side of a comparison needs a run");
  const plans = runs.map((run) =>
    planIdentity(run.record.plan, run.record.environment, run.record.host, highestKeysOf(run)),
  );
  return {
    kind: baselineKind,
    schemaVersion: baselineSchemaVersion,
    scenario: first.scenario.id,
    runs: records.map(({ id }) => id),
    system: systemText(first),
    faultline: distinct(records.map(({ faultline }) => faultline)),
    replay: first.replay,
    plan: { ...plans[0]!, draws: plans.flatMap(({ draws }) => draws) },
    caveats: caveatsOf(runs),
    verdict: worst(records.map(({ verdict }) => verdict)),
    checks: checksOf(runs),
    figures: medianFigures(runs.map(figuresOfRun)),
    series: seriesOfRuns(runs),
  };
}

/** Its name, and its variant where it has one. */
export const systemText = ({ system }: StoredRun["record"]): string =>
  system.variant === undefined ? system.name : `${system.name} (${system.variant})`;

/** Of each keyspace: how many keys there are is not in a plan. */
function highestKeysOf({ record, history }: StoredRun): Draw["highestKeys"] {
  const highest = new Map<string, number>();
  for (let row = 0; row < (history?.count ?? 0); row += 1) {
    const keyspace = record.plan.operations[history!.operation[row]!]?.keyspace;
    if (keyspace !== undefined) highest.set(keyspace, Math.max(highest.get(keyspace) ?? 0, history!.key[row]!));
  }
  return Object.fromEntries(highest);
}

function caveatsOf(runs: readonly StoredRun[]): readonly string[] {
  const idsOf = (of: (run: StoredRun) => boolean): readonly string[] => runs.filter(of).map(({ record }) => record.id);
  const partial = idsOf(({ record }) => record.status !== "complete");
  const spoilt = idsOf((run) => spoiltPhases(run).size > 0);
  const lateMs = runs
    .flatMap(({ record: { generator, phases } }) =>
      (generator?.tainted ?? []).filter(({ toMs }) => toMs > (phases.steady?.fromMs ?? 0)),
    )
    .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return [
    ...(partial.length === 0 ? [] : [`not complete, and left out from where it was cut off: ${partial.join(", ")}`]),
    ...(spoilt.length === 0 ? [] : [`${notTheFault}: ${spoilt.join(", ")}`]),
    ...(lateMs === 0
      ? []
      : [`the load generator itself was late for ${duration(lateMs)}, and the latency of these is left out`]),
  ];
}

const notTheFault =
  "a fault was not seen acting or healed, or its proxy server was replaced, and the phases from then on are left out";

function checksOf(runs: readonly StoredRun[]): readonly SideCheck[] {
  const all = runs.flatMap(({ record }) => record.checks);
  return distinct(all.map(({ title }) => title)).map((title) => {
    const results = all.filter((one) => one.title === title);
    const names = distinct(results.flatMap(({ numbers }) => Object.keys(numbers)));
    const numbers = names.flatMap((name) => {
      const values = results.flatMap(({ numbers: { [name]: value } }) => (typeof value === "number" ? [value] : []));
      return values.length === 0 ? [] : [[name, shortened(median(values))] as const];
    });
    const counts = Object.fromEntries(
      verdicts.map((one) => [one, results.filter(({ verdict }) => verdict === one).length]),
    ) as Record<Verdict, number>;
    return {
      title,
      guards: results[0]!.guards,
      verdict: worst(results.map(({ verdict }) => verdict)),
      counts,
      numbers: Object.fromEntries(numbers),
    };
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
/** Four digits, and all of a count: 12,345 lost writes are no 12,350. */
function shortened(value: number): number {
  return Math.abs(value) < 1000 && !Number.isInteger(value) ? Number(value.toPrecision(4)) : Number(value.toFixed(1));
}
