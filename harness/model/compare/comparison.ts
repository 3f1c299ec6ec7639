import type { Range } from "../measure/proportion.ts";
import { randomFrom } from "../random.ts";
import { type Verdict, verdicts } from "../verdict.ts";
import { hodgesLehmann } from "./hodges-lehmann.ts";
import { holm } from "./holm.ts";
import { median } from "./median.ts";
import { type Better, isNotable, type MetricName, metricNames, metrics, type Unit } from "./metrics.ts";
import { draws, pairedPermutation } from "./permutation.ts";
import { differencesOfPlans } from "./plan-differences.ts";
import type { Series, Side, SideCheck, SidePhase } from "./side.ts";

/** With fewer pairs no p-value could be under 5 %, whichever way they point: 2 ÷ 2^5 is more. */
const fewestPairs = 6;
const level = 0.05;

/** `too few`: pairs that a test could tell anything from, among so many tests. */
export type Change = "worse" | "better" | "unchanged" | "too few";

/** One metric of one kind of operation in one phase. Numbers in the metric's unit. */
export interface MetricRow {
  readonly operation: string | null;
  readonly phase: SidePhase;
  readonly metric: MetricName;
  readonly pairs: number;
  /** Of which the two sides differ at all. */
  readonly differing: number;
  /** The medians over the paired buckets; `null` without a pair. */
  readonly base: number | null;
  readonly run: number | null;
  /** How far apart the runs of each side are among themselves, of both sides together; `null` of one run a side. */
  readonly spread: number | null;
  /** Hodges–Lehmann, run − base, with its interval of 95 %. */
  readonly shift: number | null;
  readonly range: Range | null;
  readonly p: number | null;
  /** After Holm, over all metrics that can be told apart from chance at all. */
  readonly adjustedP: number | null;
  readonly change: Change;
}

/** The verdict on the run, or of one check. `null`: that side does not have it. */
export interface VerdictRow {
  /** `null`: the run as a whole. */
  readonly check: string | null;
  readonly base: Verdict | null;
  readonly run: Verdict | null;
  readonly change: Change;
  /** What the check counted, where that differs and it did not hold on both sides. */
  readonly counts: readonly { readonly name: string; readonly base: number | null; readonly run: number | null }[];
}

/** One number a run: told, and not tested. */
export interface FigureRow {
  readonly name: string;
  readonly unit: Unit;
  /** `null`: it did not happen. */
  readonly base: number | null;
  readonly run: number | null;
  readonly change: Change;
}

/** Two sides, side by side. */
export interface Comparison {
  readonly base: Side;
  readonly run: Side;
  /** Why the numbers may not mean what they seem to, one sentence each. */
  readonly warnings: readonly string[];
  readonly verdicts: readonly VerdictRow[];
  readonly metrics: readonly MetricRow[];
  readonly figures: readonly FigureRow[];
  /** A verdict went to a worse one, or a metric got significantly and notably worse. */
  readonly isWorse: boolean;
}

/**
 * Compares two sides. A pair is one bucket of time of each side, of the same kind of operation at the same place in the
 * same phase: the same plan brings the same operations at the same times to both. A metric is `worse` or `better` when
 * its p-value after Holm is at most 5 %, its shift is notable (`isNotable`), and with several runs a side also larger than
 * the runs of each side differ among themselves.
 *
 * What this assumes, beside what the test does: of one run a side, that it stands for all. Two runs of the same code on a
 * busy machine differ too, and by more than the buckets of each suggest; only several runs a side can tell that from a
 * change of the system. Buckets that follow one another are not quite independent.
 */
export function compare(base: Side, run: Side): Comparison {
  const verdictRows = verdictRowsOf(base, run);
  const metricRows = metricRowsOf(base, run);
  return {
    base,
    run,
    warnings: [
      ...differencesOfPlans(base, run),
      ...base.caveats.map((one) => `base: ${one}`),
      ...run.caveats.map((one) => `run: ${one}`),
      ...(metricRows.some(isToldLatency) ? [] : [noLatency]),
      ...(metricRows.some(isChanged) && Math.min(base.runs.length, run.runs.length) === 1 ? [oneRun] : []),
    ],
    verdicts: verdictRows,
    metrics: metricRows,
    figures: figureRowsOf(base, run),
    isWorse: [...verdictRows, ...metricRows].some(({ change }) => change === "worse"),
  };
}

const isChanged = ({ change }: MetricRow): boolean => change === "worse" || change === "better";
const isToldLatency = ({ metric, change }: MetricRow): boolean =>
  metrics[metric].unit === "latencyMs" && change !== "too few";
const noLatency = "Of latency nothing can be told: there are too few pairs of buckets.";
const oneRun =
  "One side is one run: what differs may be these runs, and not the system. Three runs a side tell better: --repeat 3.";

function metricRowsOf(base: Side, run: Side): readonly MetricRow[] {
  const measured = base.series.flatMap((of) => {
    const other = run.series.find((one) => one.operation === of.operation && one.phase === of.phase);
    // Several runs of which one alone can be believed are no more than one.
    const isAlone = (metric: MetricName): boolean =>
      (base.runs.length > 1 && of.spread[metric] === null) || (run.runs.length > 1 && other?.spread[metric] === null);
    return metricNames.map((metric) => measuredRow(of, isAlone(metric) ? undefined : other, metric));
  });
  const reach = reachOf(measured.map(({ differing }) => leastP(differing)));
  const tested = measured.filter(({ p, differing }) => p !== null && leastP(differing) <= reach);
  const adjusted = holm(tested.map(({ p }) => p ?? 1));
  return measured.map((row): MetricRow => {
    const adjustedP = adjusted[tested.indexOf(row)] ?? (row.p === null ? null : 1);
    const isTooFew = row.p === null || leastP(row.pairs) > reach;
    return { ...row, adjustedP, change: isTooFew ? "too few" : changeOfMetric(row, adjustedP ?? 1) };
  });
}

/** The smallest p-value that so many pairs can come to, when all of them point the same way. */
const leastP = (pairs: number): number => Math.max(2 ** (1 - pairs), 1 / (draws + 1));

/**
 * Tests of few pairs cannot come out significant among many others, whichever way their pairs point; leaving them out of
 * the correction costs the others nothing, since how few the pairs are says nothing of the way that they point (Tarone,
 * "A modified Bonferroni method for discrete data", 1990).
 * @param least the smallest p-value that each test can come to
 * @returns the bound on it: 5 % ÷ K with the smallest K that no more than K tests can reach
 */
function reachOf(least: readonly number[]): number {
  let size = 1;
  while (least.filter((p) => p <= level / size).length > size) size += 1;
  return level / size;
}

type Measured = Omit<MetricRow, "adjustedP" | "change">;

function measuredRow(of: Series, other: Series | undefined, metric: MetricName): Measured {
  const { operation, phase } = of;
  const pairs = pairsOf(of[metric], other?.[metric] ?? []);
  const differences = pairs.map(([before, after]) => after - before);
  const random = randomFrom("compare").stream(`${operation ?? ""}/${phase}/${metric}`);
  const { estimate, range } = pairs.length === 0 ? { estimate: null, range: undefined } : hodgesLehmann(differences);
  return {
    operation,
    phase,
    metric,
    pairs: pairs.length,
    differing: differences.filter((one) => one !== 0).length,
    base: medianOf(pairs.map(([before]) => before)),
    run: medianOf(pairs.map(([, after]) => after)),
    spread: spreadOf(of.spread[metric], other?.spread[metric] ?? null),
    shift: estimate,
    range: range ?? null,
    p: pairs.length < fewestPairs ? null : pairedPermutation(differences, random),
  };
}

const spreadOf = (base: number | null, run: number | null): number | null =>
  base === null && run === null ? null : (base ?? 0) + (run ?? 0);

/** Only buckets that say something on both sides; none when the two are cut differently. */
function pairsOf(base: Series[MetricName], run: Series[MetricName]): readonly (readonly [number, number])[] {
  if (base.length !== run.length) return [];
  return base.flatMap((before, index) => {
    const after = run[index] ?? null;
    return before === null || after === null ? [] : [[before, after] as const];
  });
}

const medianOf = (values: readonly number[]): number | null => (values.length === 0 ? null : median(values));

function changeOfMetric({ metric, base, shift, spread }: Measured, adjustedP: number): Change {
  if (base === null || shift === null) return "too few";
  const { unit, better } = metrics[metric];
  if (adjustedP > level || !isNotable(unit, base, shift) || Math.abs(shift) <= (spread ?? 0)) return "unchanged";
  return directionOf(better, shift);
}

const directionOf = (better: Better, shift: number): Change =>
  shift > 0 === (better === "higher") ? "better" : "worse";

function verdictRowsOf(base: Side, run: Side): readonly VerdictRow[] {
  const titles = [...new Set([...base.checks, ...run.checks].map(({ title }) => title))];
  const whole = {
    check: null,
    base: base.verdict,
    run: run.verdict,
    change: changeOf(base.verdict, run.verdict),
    counts: [],
  };
  return [
    whole,
    ...titles.map((title): VerdictRow => {
      const [before, after] = [base, run].map(({ checks }) => checks.find((one) => one.title === title));
      const change = before === undefined || after === undefined ? "too few" : changeOf(before.verdict, after.verdict);
      const counts = before?.verdict === "pass" && after?.verdict === "pass" ? [] : differingCounts(before, after);
      return { check: title, base: before?.verdict ?? null, run: after?.verdict ?? null, change, counts };
    }),
  ];
}

function changeOf(before: Verdict, after: Verdict): Change {
  if (before === after) return "unchanged";
  return verdicts.indexOf(after) > verdicts.indexOf(before) ? "worse" : "better";
}

function differingCounts(before: SideCheck | undefined, after: SideCheck | undefined): VerdictRow["counts"] {
  const [base, run] = [new Map(Object.entries(before?.numbers ?? {})), new Map(Object.entries(after?.numbers ?? {}))];
  return [...new Set([...base.keys(), ...run.keys()])]
    .map((name) => ({ name, base: base.get(name) ?? null, run: run.get(name) ?? null }))
    .filter((count) => count.base !== count.run);
}

function figureRowsOf(base: Side, run: Side): readonly FigureRow[] {
  return base.figures.flatMap(({ name, unit, better, value }) => {
    const other = run.figures.find((one) => one.name === name);
    if (other === undefined) return [];
    return [
      { name, unit, base: value, run: other.value, change: changeOfFigure({ unit, better }, value, other.value) },
    ];
  });
}

/** What did not happen is later than all that did. */
function changeOfFigure(
  { unit, better }: { readonly unit: Unit; readonly better: Better },
  base: number | null,
  run: number | null,
): Change {
  if (base === run) return "unchanged";
  if (base === null || run === null) return directionOf(better, run === null ? 1 : -1);
  return isNotable(unit, base, run - base) ? directionOf(better, run - base) : "unchanged";
}
