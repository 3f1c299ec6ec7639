import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../random.ts";
import { decidable, fewestRuns, runsBeside } from "./decidable.ts";
import { holm } from "./holm.ts";
import { median } from "./median.ts";
import { relabelled, type Sample, waysOf } from "./relabelling.ts";
import { shiftRange } from "./shift-range.ts";
import { studentsTail } from "./students-t.ts";

const random = randomFrom("statistics");
const finite = fc.double({ min: -50, max: 50, noNaN: true });
const side = (minLength: number, maxLength: number) => fc.array(finite, { minLength, maxLength });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Every way to choose so many of some values: the chosen, and the rest. */
function splits(values: readonly number[], size: number): [number[], number[]][] {
  if (size === 0) return [[[], [...values]]];
  const [first, ...rest] = values;
  if (first === undefined) return [];
  return [
    ...splits(rest, size - 1).map(([chosen, other]): [number[], number[]] => [[first, ...chosen], other]),
    ...splits(rest, size).map(([chosen, other]): [number[], number[]] => [chosen, [first, ...other]]),
  ];
}

describe("Student's t", () => {
  test("is what the tables say", () => {
    for (const [freedom, t, tail] of [
      [1, 6.313_752, 0.05],
      [2, 4.302_653, 0.025],
      [3, 5.840_909, 0.005],
      [4, 8.610_302, 0.0005],
      [6, 5.958_816, 0.0005],
      [8, 2.306_004, 0.025],
      [30, 1.697_261, 0.05],
    ] as const) {
      expect(studentsTail(t, freedom)).toBeCloseTo(tail, 7);
      expect(studentsTail(-t, freedom)).toBeCloseTo(1 - tail, 7);
    }
    expect([studentsTail(0, 4), studentsTail(Number.POSITIVE_INFINITY, 4)]).toEqual([0.5, 0]);
  });

  test("is what its density integrates to", () => {
    for (const freedom of [1, 2, 5, 9]) {
      const density = (t: number): number => (1 + (t * t) / freedom) ** (-(freedom + 1) / 2);
      const area = (from: number, to: number): number => {
        const steps = 200_000;
        let sum = 0;
        for (let step = 0; step < steps; step += 1) sum += density(from + ((step + 0.5) * (to - from)) / steps);
        return (sum * (to - from)) / steps;
      };
      // Beyond 2000 the tail of one degree of freedom still has 2e-4 of all.
      const whole = area(-2000, 2000);
      expect(studentsTail(2.5, freedom)).toBeCloseTo(area(2.5, 2000) / whole, 3);
    }
  });
});

describe("relabelling", () => {
  const sampleOf = (base: readonly number[], run: readonly number[]): Sample => ({
    base,
    run,
    worse: "more",
    floor: 0.01,
  });

  /** The same for one metric, from all splits written out, with the t of a textbook. */
  function bruteForce(base: readonly number[], run: readonly number[]): number {
    const statistic = (one: readonly number[], other: readonly number[]): number => {
      const squares = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
      const variance = (squares(one) + squares(other)) / (one.length + other.length - 2);
      const by = mean(other) - mean(one);
      return by === 0 ? 0 : by / (Math.sqrt(variance * (1 / one.length + 1 / other.length)) + 0.01);
    };
    const observed = statistic(base, run);
    const all = splits([...base, ...run], base.length).map(([one, other]) => statistic(one, other));
    const exchanged = all.filter((one) => one >= observed - 1e-9 * Math.abs(observed)).length / all.length;
    return Math.max(exchanged, studentsTail(observed, base.length + run.length - 2));
  }

  test("of one metric is what brute force over all choices gives", () => {
    fc.assert(
      fc.property(side(2, 4), side(2, 4), (base, run) => {
        const [found] = relabelled([sampleOf(base, run)], random);
        expect(found!.worse).toBeCloseTo(bruteForce(base, run), 9);
      }),
      { numRuns: 100 },
    );
  });

  test("never comes below 1 ÷ the number of choices, however large the difference", () => {
    for (const [base, run] of [
      [3, 3],
      [4, 4],
      [3, 5],
    ] as const) {
      const far = [base, run].map((size, place) => Array.from({ length: size }, (_, index) => place * 1e6 + index));
      const [found] = relabelled([sampleOf(far[0]!, far[1]!)], random);
      expect(found!.worse).toBeCloseTo(1 / waysOf(base, run), 9);
      expect(found!.better).toBe(1);
    }
  });

  test("turns round with the sides, and with the metric's better end", () => {
    fc.assert(
      fc.property(side(3, 3), side(3, 3), (base, run) => {
        const [one] = relabelled([sampleOf(base, run)], random);
        const [back] = relabelled([sampleOf(run, base)], random);
        const [less] = relabelled([{ ...sampleOf(base, run), worse: "less" }], random);
        for (const other of [back!, less!]) {
          expect(other.worse).toBeCloseTo(one!.better, 9);
          expect(other.better).toBeCloseTo(one!.worse, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("more metrics never make one of them surer, and a twin of a metric costs relabelling nothing", () => {
    fc.assert(
      fc.property(side(8, 8), side(8, 8), (one, other) => {
        const samples = [one, other].map((all) => sampleOf(all.slice(0, 4), all.slice(4)));
        const [alone] = relabelled([samples[0]!], random);
        const [beside] = relabelled(samples, random);
        expect(beside!.worse).toBeGreaterThanOrEqual(alone!.worse - 1e-12);
      }),
      { numRuns: 60 },
    );
    const far = sampleOf([1, 2, 3, 4], [101, 102, 103, 104]);
    const twins = relabelled(
      Array.from({ length: 40 }, () => far),
      random,
    );
    for (const { worse } of twins) expect(worse).toBeCloseTo(1 / 70, 9);
  });

  test("drawn choices find what all choices would: uniform without a difference", () => {
    // 10 of 20 are more ways than are tried.
    expect(waysOf(10, 10)).toBe(184_756);
    const found = Array.from({ length: 60 }, (_, pair) => {
      const own = random.stream(`pair ${pair}`);
      const all = Array.from({ length: 20 }, (__, index) => own.at(index));
      return relabelled([sampleOf(all.slice(0, 10), all.slice(10))], own)[0]!.worse;
    });
    // Four standard deviations of a share among 60.
    for (const level of [0.25, 0.5, 0.75]) {
      const share = found.filter((p) => p <= level).length / found.length;
      expect(Math.abs(share - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / 60));
    }
    expect(Math.min(...found)).toBeGreaterThan(0);
  });

  test("numbers that a run could not measure go with the run", () => {
    const [found] = relabelled([{ ...sampleOf([1, 2, 3], [50, 51, 52]), base: [1, null, 3] }], random);
    expect(found!.worse).toBeGreaterThanOrEqual(1 / 20);
    expect(found!.worse).toBeLessThan(0.2);
  });
});

describe("the interval of a difference of means", () => {
  test("is what the test does not refuse, tried shift by shift", () => {
    fc.assert(
      fc.property(side(4, 4), side(4, 4), finite, (base, run, tried) => {
        const { lower, upper } = shiftRange(base, run, { lower: 0.025, upper: 0.025 }, random);
        const moved = run.map((value) => value - tried);
        const observed = mean(moved) - mean(base);
        const all = splits([...base, ...moved], 4).map(([one, other]) => mean(other) - mean(one));
        const above = all.filter((one) => one >= observed - 1e-9).length / all.length;
        const below = all.filter((one) => one <= observed + 1e-9).length / all.length;
        const isRefused = above <= 0.025 || below <= 0.025;
        // At an end itself rounding decides.
        if (Math.min(Math.abs(tried - lower!), Math.abs(tried - upper!)) < 1e-6) return;
        expect(tried < lower! || tried > upper!).toBe(isRefused);
      }),
      { numRuns: 200 },
    );
  });

  test("holds the difference of the means, and is open where so few runs leave it open", () => {
    fc.assert(
      fc.property(side(3, 6), side(3, 6), (base, run) => {
        const { lower, upper } = shiftRange(base, run, { lower: 0.05, upper: 0.05 }, random);
        const by = mean(run) - mean(base);
        expect(lower!).toBeLessThanOrEqual(by + 1e-9);
        expect(upper!).toBeGreaterThanOrEqual(by - 1e-9);
      }),
    );
    expect(shiftRange([1, 2], [3, 4], { lower: 0.05, upper: 0.05 }, random)).toEqual({ lower: null, upper: null });
    expect(shiftRange([1, 2, 3], [7, 8, 9], { lower: 0.05, upper: 0 }, random)).toEqual({ lower: 4, upper: null });
  });
});

test("how many runs can show what: three a side worse, four a side both; a base of five needs two", () => {
  expect([1, 2, 3, 4, 5].map((runs) => decidable(runs, runs))).toEqual([
    "nothing",
    "nothing",
    "worse",
    "worse and better",
    "worse and better",
  ]);
  expect(decidable(3, 4)).toBe("worse");
  expect(decidable(3, 5)).toBe("worse and better");
  expect([decidable(1, 18), decidable(1, 19)]).toEqual(["nothing", "worse"]);
  expect([0, 1, 2, 3, 4, 5].map(runsBeside)).toEqual([undefined, undefined, 5, 3, 3, 2]);
  expect(fewestRuns).toEqual({ worse: 3, better: 4 });
});

describe("Holm's correction", () => {
  test("is the worked example by hand", () => {
    // Sorted .005 .01 .03 .04, times 4 3 2 1, each at least what came before.
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
  });

  test("refuses what the step-down procedure refuses, and never less than Bonferroni", () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(probability, { maxLength: 30 }), probability, (pValues, level) => {
        const adjusted = holm(pValues);
        const sorted = pValues.toSorted((a, b) => a - b);
        const stop = sorted.findIndex((p, step) => (sorted.length - step) * p > level);
        const refused = stop === -1 ? sorted : sorted.slice(0, stop);
        expect(adjusted.filter((p) => p <= level).length).toBe(level === 1 ? sorted.length : refused.length);
        for (const [index, p] of adjusted.entries()) {
          expect(p).toBeGreaterThanOrEqual(pValues[index]!);
          expect(p).toBeLessThanOrEqual(Math.min(1, pValues.length * pValues[index]!));
        }
      }),
    );
  });
});

test("the median: of none, one, an even number, and of what never happened", () => {
  expect([median([]), median([4]), median([9, 1, 4, 2])]).toEqual([Number.NaN, 4, 3]);
  expect(median([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  expect(median([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
});
