import { randomFrom } from "../random.ts";
import { type Decidable, decidable, level } from "./decidable.ts";
import { isNotable, type MetricName, metricNames, metrics, smallestNotable } from "./metrics.ts";
import { type Directions, relabelled, type Sample } from "./relabelling.ts";
import { type ShiftRange, shiftRange } from "./shift-range.ts";
import type { Series, Side, SidePhase } from "./side.ts";

/** `too few`: runs that a test could show anything from. */
export type Change = "worse" | "better" | "unchanged" | "too few";

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

/**
 * Each metric of both sides, tested together.
 * @param can what the numbers of runs can show
 */
export function metricRowsOf(base: Side, run: Side, can: Decidable): readonly MetricRow[] {
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
