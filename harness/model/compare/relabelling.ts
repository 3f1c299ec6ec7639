import type { Random } from "../random.ts";
import { holm } from "./holm.ts";
import { studentsTail } from "./students-t.ts";

/** Up to so many ways of choosing which runs are the base, all of them are tried. */
const triedAtMost = 20_000;
/** Beyond, so many are drawn. */
export const draws = 9999;

/** One metric: a number for each run of each side, the same runs at the same places in every metric. */
export interface Sample {
  /** `null`: that run could not measure it. Each side has at least one number. */
  readonly base: readonly (number | null)[];
  readonly run: readonly (number | null)[];
  /** Whether more is worse, or less. */
  readonly worse: "more" | "less";
  /** Added to the standard error, in the metric's unit: a difference that does not matter. */
  readonly floor: number;
}

/** One-sided p-values of one metric, corrected for the number of metrics. */
export interface Directions {
  readonly worse: number;
  readonly better: number;
}

/** In how many ways the base's runs can be chosen from all runs of both sides: n over k. */
export function waysOf(base: number, run: number): number {
  let ways = 1;
  for (let step = 1; step <= Math.min(base, run); step += 1) ways = (ways * (base + run + 1 - step)) / step;
  return Math.round(ways);
}

/**
 * Tests all metrics of two sides at once; the unit is the run. Two tests must agree, and each p-value is the larger one:
 *
 * - Relabelling. Without a change it was chance which runs are the base, so the largest difference among all metrics is
 *   compared with the largest one under every other way to choose the base (Westfall and Young, "Resampling-based multiple
 *   testing", 1993: step-down maxT). It assumes that the runs are exchangeable, and nothing of their distribution, of what
 *   metrics have in common, or of what happens within a run. Its smallest p-value is 1 ÷ the number of ways.
 * - Student's t with Holm's correction. It assumes that the numbers of runs are normal. It is there because the first one
 *   comes out at its smallest p-value by chance just as often as it says, however little the metric moved.
 *
 * @param samples metrics of the same runs; none gives none
 * @param random draws ways where there are too many to try all
 */
export function relabelled(samples: readonly Sample[], random: Random): readonly Directions[] {
  const [first] = samples;
  if (first === undefined) return [];
  const columns = samples.map(columnOf);
  const observed = columns.map((column) => statisticOf(column, (place) => place < first.base.length));
  const exchange = exchanged(columns, observed, first, random);
  const students = studentised(observed);
  return samples.map((_, index) => ({
    worse: Math.max(exchange.worse[index]!, students.worse[index]!),
    better: Math.max(exchange.better[index]!, students.better[index]!),
  }));
}

interface Column {
  /** Of all runs, the base's first; negated where less is worse. */
  readonly values: readonly (number | null)[];
  readonly floor: number;
}

function columnOf({ base, run, worse, floor }: Sample): Column {
  const values = [...base, ...run];
  return { values: worse === "more" ? values : values.map((one) => (one === null ? null : -one)), floor };
}

interface Statistic {
  /** The difference of the means in standard errors, positive when the run is worse. */
  readonly t: number;
  readonly freedom: number;
}

/** Student's, with the floor added to the standard error: a tiny difference among equal numbers is not a large one. */
function statisticOf({ values, floor }: Column, isBase: (place: number) => boolean): Statistic {
  let [count, sum, otherCount, otherSum] = [0, 0, 0, 0];
  for (const [place, value] of values.entries()) {
    if (value === null) continue;
    if (isBase(place)) [count, sum] = [count + 1, sum + value];
    else [otherCount, otherSum] = [otherCount + 1, otherSum + value];
  }
  const freedom = count + otherCount - 2;
  if (count === 0 || otherCount === 0 || freedom < 1) return { t: 0, freedom: 1 };
  const [mean, otherMean] = [sum / count, otherSum / otherCount];
  let squares = 0;
  for (const [place, value] of values.entries()) {
    if (value !== null) squares += (value - (isBase(place) ? mean : otherMean)) ** 2;
  }
  const error = Math.sqrt((squares / freedom) * (1 / count + 1 / otherCount));
  const difference = otherMean - mean;
  return { t: difference === 0 ? 0 : difference / (error + floor), freedom };
}

type Both = Readonly<Record<keyof Directions, readonly number[]>>;

function studentised(observed: readonly Statistic[]): Both {
  return {
    worse: holm(observed.map(({ t, freedom }) => studentsTail(t, freedom))),
    better: holm(observed.map(({ t, freedom }) => studentsTail(-t, freedom))),
  };
}

function exchanged(columns: readonly Column[], observed: readonly Statistic[], first: Sample, random: Random): Both {
  const found = observed.map(({ t }) => t);
  const worse = new StepDown(found);
  const better = new StepDown(found.map((t) => -t));
  for (const isBase of relabellings(first.base.length, first.run.length, random)) {
    const t = columns.map((column) => statisticOf(column, (place) => isBase[place] === 1).t);
    worse.see(t);
    better.see(t.map((one) => -one));
  }
  return { worse: worse.pValues(), better: better.pValues() };
}

/** Counts how often the largest of the statistics that are still left is at least the observed one. */
class StepDown {
  readonly #observed: readonly number[];
  /** The largest first. */
  readonly #order: readonly number[];
  readonly #extreme: number[];
  #seen = 0;

  constructor(observed: readonly number[]) {
    this.#observed = observed;
    this.#order = observed.map((_, index) => index).sort((one, other) => observed[other]! - observed[one]!);
    this.#extreme = observed.map(() => 0);
  }

  see(statistics: readonly number[]): void {
    this.#seen += 1;
    let largest = Number.NEGATIVE_INFINITY;
    for (const index of this.#order.toReversed()) {
      largest = Math.max(largest, statistics[index]!);
      const observed = this.#observed[index]!;
      // The same runs in another order must not differ by a rounding error.
      if (largest >= observed - 1e-9 * Math.abs(observed)) this.#extreme[index]! += 1;
    }
  }

  pValues(): number[] {
    const found = this.#extreme.map(() => 1);
    let highest = 0;
    for (const index of this.#order) {
      highest = Math.max(highest, this.#extreme[index]! / this.#seen);
      found[index] = highest;
    }
    return found;
  }
}

/**
 * Ways to choose the base, the real one among them: all of them, or the real one and as many as are drawn (Phipson and
 * Smyth, "Permutation p-values should never be zero", 2010). The array is the same one each time.
 */
export function* relabellings(base: number, run: number, random: Random): Generator<Uint8Array> {
  const isBase = Uint8Array.from({ length: base + run }, (_, place) => (place < base ? 1 : 0));
  if (waysOf(base, run) <= triedAtMost) yield* everyChoice(isBase, 0, base);
  else {
    yield isBase;
    let counter = 0;
    for (let draw = 0; draw < draws; draw += 1) {
      for (let place = isBase.length - 1; place > 0; place -= 1) {
        const other = Math.floor(random.at(counter++) * (place + 1));
        [isBase[place], isBase[other]] = [isBase[other]!, isBase[place]!];
      }
      yield isBase;
    }
  }
}

/** Every way to set so many places from `from` on. */
function* everyChoice(isBase: Uint8Array, from: number, left: number): Generator<Uint8Array> {
  if (isBase.length - from === left) yield isBase.fill(1, from);
  else if (left === 0) yield isBase.fill(0, from);
  else {
    isBase[from] = 1;
    yield* everyChoice(isBase, from + 1, left - 1);
    isBase[from] = 0;
    yield* everyChoice(isBase, from + 1, left);
  }
}
