import { randomFrom } from "../random.ts";
import { type Verdict, verdicts } from "../verdict.ts";
import { type Decidable, decidable, fewestRuns, level, runsBeside } from "./decidable.ts";
import { isNotable, type MetricName, metricNames, metrics, smallestNotable, type Unit } from "./metrics.ts";
import { type Directions, relabelled, type Sample } from "./relabelling.ts";
import { type ShiftRange, shiftRange } from "./shift-range.ts";
import { type Series, type Side, type SideCheck, type SidePhase, sidePhases } from "./side.ts";

/** `too few`: runs that a test could show anything from. */
export type Change = "worse" | "better" | "unchanged" | "too few";

/**
 * What a comparison comes to. `cannot tell` is no pass: there were too few runs, or too little of them could be
 * measured.
 */
export type Outcome = "worse" | "better" | "no change" | "cannot tell";

/** One metric of one kind of operation in one phase. Numbers in the metric's unit. */
export interface MetricRow {
  readonly operation: string | null;
  readonly phase: SidePhase;
  readonly metric: MetricName;
  /** How many runs of each side have a number. */
  readonly runs: { readonly base: number; readonly run: number };
  /** The mean of each side's runs; `null` when none has a number. */
  readonly base: number | null;
  readonly run: number | null;
  /** The difference of these two means, run − base, and its interval of 95 %, of this metric by itself. */
  readonly shift: number | null;
  readonly range: ShiftRange | null;
  /** Of the same difference, corrected for the number of metrics; `null` when there were too few runs. */
  readonly p: number | null;
  /** Whether the difference would matter, if it is one. */
  readonly isNotable: boolean;
  readonly change: Change;
}

/** The verdict on the run, or of one check. `null`: that side does not have it. */
export interface VerdictRow {
  /** `null`: the run as a whole. */
  readonly check: string | null;
  readonly base: Verdict | null;
  readonly run: Verdict | null;
  /** In how many runs of each side it came to what; `null` for the run as a whole. */
  readonly runs: { readonly base: SideCheck["counts"]; readonly run: SideCheck["counts"] } | null;
  /**
   * `worse`: a safety law that held in every run of the base was broken, which is certain of one run already. `differs`:
   * everything else, which may be chance.
   */
  readonly change: "worse" | "differs" | "unchanged";
  /** What the check counted, where that differs and it did not hold on both sides. */
  readonly counts: readonly { readonly name: string; readonly base: number | null; readonly run: number | null }[];
}

/** One number a run, as the median of each side's runs: shown, and not tested. */
export interface FigureRow {
  readonly name: string;
  readonly unit: Unit;
  /** `null`: it did not happen. */
  readonly base: number | null;
  readonly run: number | null;
  /** run − base; `null` when one of them did not happen. */
  readonly shift: number | null;
  /** Whether the difference would matter, if it is one. */
  readonly isNotable: boolean;
}

/** Two sides, side by side. */
export interface Comparison {
  readonly base: Side;
  readonly run: Side;
  readonly outcome: Outcome;
  /** Why it cannot be told whether metrics changed, one sentence each; empty when it can. */
  readonly untold: readonly string[];
  /** Commands that give as many runs as it takes; empty when there are enough. */
  readonly remedy: readonly string[];
  /** What the numbers of runs can show at all. */
  readonly decidable: Decidable;
  /** Why the numbers may not mean what they seem to, one sentence each. */
  readonly warnings: readonly string[];
  readonly verdicts: readonly VerdictRow[];
  readonly metrics: readonly MetricRow[];
  readonly figures: readonly FigureRow[];
  /** The outcome is `worse`. */
  readonly isWorse: boolean;
}

/**
 * Compares two sides that were asked the same (`differencesOfPlans`). The unit is the run: each run gives one number for
 * each metric, so that neither what its operations have in common nor how runs differ among themselves is taken for a
 * change. A metric is `worse` or `better` when its p-value is at most 5 % (`relabelled`, over all metrics together), its
 * interval leaves out 0, and the difference is notable (`isNotable`).
 *
 * What this assumes: that without a change the runs of both sides are exchangeable. Runs of another day, or beside other
 * work, are not.
 */
export function compare(base: Side, run: Side): Comparison {
  const can = decidable(base.runs.length, run.runs.length);
  const verdictRows = verdictRowsOf(base, run);
  const metricRows = metricRowsOf(base, run, can);
  const untold = untoldOf({ base, run, can, rows: metricRows });
  const changes = [...verdictRows, ...metricRows].map(({ change }) => change);
  const outcome = outcomeOf(changes, untold);
  return {
    base,
    run,
    outcome,
    untold,
    remedy: can === "nothing" ? remedyFor(base, run) : [],
    decidable: can,
    warnings: warningsOf(base, run),
    verdicts: verdictRows,
    metrics: metricRows,
    figures: figureRowsOf(base, run),
    isWorse: outcome === "worse",
  };
}

function outcomeOf(changes: readonly (Change | VerdictRow["change"])[], untold: readonly string[]): Outcome {
  if (changes.includes("worse")) return "worse";
  if (untold.length > 0) return "cannot tell";
  return changes.includes("better") ? "better" : "no change";
}

function warningsOf(base: Side, run: Side): readonly string[] {
  const [before, after] = [base.faultline, run.faultline].map((versions) => versions.toSorted().join(", "));
  return [
    ...(before === after ? [] : [`The sides were run by different versions of Faultline: ${before} and ${after}.`]),
    ...base.caveats.map((one) => `base: ${one}`),
    ...run.caveats.map((one) => `run: ${one}`),
  ];
}

interface Measured {
  readonly base: Side;
  readonly run: Side;
  readonly can: Decidable;
  readonly rows: readonly MetricRow[];
}

function untoldOf({ base, run, can, rows }: Measured): readonly string[] {
  if (can === "nothing") {
    const { worse, better } = fewestRuns;
    return [
      `${counted(base.runs.length)} against ${run.runs.length} cannot tell a change from chance: ${worse} runs a side can show that something got worse, ${better} that something got better.`,
    ];
  }
  const unseen = sidePhases.filter((phase) => isUntold(rows, phase, "notOkShare"));
  if (unseen.length > 0) {
    return [`Nothing can be told of ${unseen.join(", ")}: too few runs measured it.`];
  }
  const silent = sidePhases.filter((phase) => isUntold(rows, phase, "p50Ms") && isLatencyMissing([base, run], phase));
  return silent.length === 0
    ? []
    : [
        `Nothing can be told of the latency in ${silent.join(", ")}: the load generator itself was late in too many runs.`,
      ];
}

/** Of all operations together, or of the only kind that there is. */
const isUntold = (rows: readonly MetricRow[], phase: SidePhase, metric: MetricName): boolean =>
  rows.find((row) => row.phase === phase && row.metric === metric)?.change === "too few";

/** So many operations that were ok have a median, unless the generator was late. */
const enoughForMedian = 20;

/** Where next to nothing was ok there is no latency to miss. */
function isLatencyMissing(sides: readonly Side[], phase: SidePhase): boolean {
  return sides.some(({ series }) => {
    const all = series.find((one) => one.phase === phase);
    return all?.due.some(
      (due, place) => all.p50Ms[place] === null && due * (1 - (all.notOkShare[place] ?? 1)) >= enoughForMedian,
    );
  });
}

function remedyFor(base: Side, run: Side): readonly string[] {
  const beside = runsBeside(base.runs.length);
  if (beside !== undefined && base.runs.length > 1) return [`${run.replay} --repeat ${beside}`];
  const commands = [base.replay, run.replay].map((replay) => `${replay} --repeat ${fewestRuns.worse}`);
  return [...new Set(commands)];
}

const counted = (runs: number): string => `${runs} ${runs === 1 ? "run" : "runs"}`;

function metricRowsOf(base: Side, run: Side, can: Decidable): readonly MetricRow[] {
  const measured = base.series.flatMap((of) => {
    const other = run.series.find((one) => one.operation === of.operation && one.phase === of.phase);
    return metricNames.map((metric) => new MeasuredMetric(of, other, metric, run.runs.length));
  });
  const tested = measured.filter(({ decidable: own, isConstant }) => own !== "nothing" && !isConstant);
  const random = randomFrom("compare");
  const pairs = relabelled(
    tested.map(({ sample }) => sample),
    random.stream("labels"),
  );
  const byMetric = new Map(tested.map((one, index) => [one, pairs[index]!]));
  return measured.map((one) => one.row(can, byMetric.get(one) ?? { worse: 1, better: 1 }));
}

/** One metric of both sides. */
class MeasuredMetric {
  readonly #of: Series;
  readonly #metric: MetricName;
  readonly #base: readonly number[];
  readonly #run: readonly number[];
  readonly sample: Sample;

  constructor(of: Series, other: Series | undefined, metric: MetricName, runs: number) {
    const [base, run] = [of[metric], other?.[metric] ?? Array.from({ length: runs }, () => null)];
    this.#of = of;
    this.#metric = metric;
    this.#base = base.filter((one) => one !== null);
    this.#run = run.filter((one) => one !== null);
    const { unit, better } = metrics[metric];
    const middle = meanOf([...this.#base, ...this.#run]) ?? 0;
    const floor = smallestNotable(unit, middle) * floorPart;
    this.sample = { base, run, worse: better === "lower" ? "more" : "less", floor };
  }

  get decidable(): Decidable {
    return decidable(this.#base.length, this.#run.length);
  }

  /** A number that no run differs in is no test: leaving it out costs the others nothing. */
  get isConstant(): boolean {
    return new Set([...this.#base, ...this.#run]).size < 2;
  }

  row(can: Decidable, directions: Directions): MetricRow {
    const { operation, phase } = this.#of;
    const { unit } = metrics[this.#metric];
    const [base, run] = [meanOf(this.#base), meanOf(this.#run)];
    const shift = base === null || run === null ? null : run - base;
    const own = can === "worse" && this.decidable !== "nothing" ? "worse" : this.decidable;
    const found = {
      operation,
      phase,
      metric: this.#metric,
      runs: { base: this.#base.length, run: this.#run.length },
      base,
      run,
      shift,
      range: own === "nothing" ? null : this.#range(own),
      p: own === "nothing" ? null : pOf(own, directions),
      isNotable: base !== null && shift !== null && isNotable(unit, base, shift),
    };
    return { ...found, change: own === "nothing" ? "too few" : this.#change(found) };
  }

  #range(can: Decidable): ShiftRange {
    const sides = can === "worse" ? this.#openRange : { lower: level / 2, upper: level / 2 };
    const random = randomFrom("compare").stream("range");
    return shiftRange(this.#base, this.#run, sides, random);
  }

  /** Where only worse can be shown, the interval has its end on that side, and none on the other. */
  get #openRange(): { readonly lower: number; readonly upper: number } {
    return metrics[this.#metric].better === "lower" ? { lower: level, upper: 0 } : { lower: 0, upper: level };
  }

  #change({ p, shift, range, isNotable: matters }: Omit<MetricRow, "change">): Change {
    if (p === null || shift === null || p > level || !matters || !leavesOutZero(range)) return "unchanged";
    return shift > 0 === (metrics[this.#metric].better === "higher") ? "better" : "worse";
  }
}

/** This part of a difference that would matter is added to each standard error. */
const floorPart = 0.05;

/** Where only worse can be shown, that is all that is asked; else both directions are, and share the level. */
const pOf = (can: Decidable, { worse, better }: Directions): number =>
  can === "worse" ? worse : Math.min(1, 2 * Math.min(worse, better));

const leavesOutZero = (range: ShiftRange | null): boolean =>
  (range?.lower ?? Number.NEGATIVE_INFINITY) > 0 || (range?.upper ?? Number.POSITIVE_INFINITY) < 0;

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function verdictRowsOf(base: Side, run: Side): readonly VerdictRow[] {
  const titles = [...new Set([...base.checks, ...run.checks].map(({ title }) => title))];
  const change = base.verdict === run.verdict ? "unchanged" : "differs";
  const whole = { check: null, base: base.verdict, run: run.verdict, runs: null, change, counts: [] } as const;
  return [
    whole,
    ...titles.map((title): VerdictRow => {
      const [before, after] = [base, run].map(({ checks }) => checks.find((one) => one.title === title));
      const holds = before?.verdict === "pass" && after?.verdict === "pass";
      return {
        check: title,
        base: before?.verdict ?? null,
        run: after?.verdict ?? null,
        runs: { base: before?.counts ?? noRuns, run: after?.counts ?? noRuns },
        change: changeOfCheck(before, after),
        counts: holds ? [] : differingCounts(before, after),
      };
    }),
  ];
}

const noRuns: SideCheck["counts"] = { pass: 0, inconclusive: 0, fail: 0 };

/** A counterexample of a safety law needs no statistics. Everything else may come out so the next time, or otherwise. */
function changeOfCheck(before: SideCheck | undefined, after: SideCheck | undefined): VerdictRow["change"] {
  if (before?.verdict === "pass" && after?.guards === "safety" && after.verdict === "fail") return "worse";
  const isSame = verdicts.every((one) => shareOf(before, one) === shareOf(after, one));
  return isSame ? "unchanged" : "differs";
}

function shareOf(check: SideCheck | undefined, verdict: Verdict): number {
  const all = verdicts.reduce((sum, one) => sum + (check?.counts[one] ?? 0), 0);
  return check === undefined ? -1 : check.counts[verdict] / all;
}

function differingCounts(before: SideCheck | undefined, after: SideCheck | undefined): VerdictRow["counts"] {
  const [base, run] = [new Map(Object.entries(before?.numbers ?? {})), new Map(Object.entries(after?.numbers ?? {}))];
  return [...new Set([...base.keys(), ...run.keys()])]
    .map((name) => ({ name, base: base.get(name) ?? null, run: run.get(name) ?? null }))
    .filter((count) => count.base !== count.run);
}

function figureRowsOf(base: Side, run: Side): readonly FigureRow[] {
  return base.figures.flatMap(({ name, unit, value }) => {
    const other = run.figures.find((one) => one.name === name);
    if (other === undefined) return [];
    const shift = value === null || other.value === null ? null : other.value - value;
    const matters = value === null || shift === null ? value !== other.value : isNotable(unit, value, shift);
    return [{ name, unit, base: value, run: other.value, shift, isNotable: matters }];
  });
}
