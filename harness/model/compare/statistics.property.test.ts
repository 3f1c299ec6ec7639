import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../random.ts";
import { hodgesLehmann } from "./hodges-lehmann.ts";
import { holm } from "./holm.ts";
import { median } from "./median.ts";
import { pairedPermutation, signedRanks } from "./permutation.ts";

const random = randomFrom("statistics");
const whole = fc.integer({ min: -50, max: 50 });
/** Sizes that differ, each with a sign: no ties and no zeros. */
const untied = (minLength: number, maxLength: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength, maxLength })
    .chain((sizes) =>
      fc
        .array(fc.boolean(), { minLength: sizes.length, maxLength: sizes.length })
        .map((signs) => sizes.map((size, index) => (signs[index] === true ? size : -size))),
    );
/** Every way to give these sizes signs. */
function allSigns(sizes: readonly number[]): number[][] {
  const [first, ...rest] = sizes;
  if (first === undefined) return [[]];
  return allSigns(rest).flatMap((others) => [
    [first, ...others],
    [-first, ...others],
  ]);
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("the paired permutation test", () => {
  test("is what brute force over all signs gives", () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 9 }), (differences) => {
        const ranks = signedRanks(differences);
        const sums = allSigns(ranks.map(Math.abs)).map((signed) => Math.abs(sum(signed)));
        const extreme = sums.filter((one) => one >= Math.abs(sum(ranks))).length;
        expect(pairedPermutation(differences, random)).toBeCloseTo(extreme / sums.length, 12);
      }),
      { numRuns: 60 },
    );
  });

  test("is uniform when there is no difference: p ≤ t has the chance t for every p that can be", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        const found = allSigns(sizes).map((signed) => pairedPermutation(signed, random));
        for (const level of new Set(found)) {
          expect(found.filter((p) => p <= level).length / found.length).toBeCloseTo(level, 12);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("drawn signs find what all signs tell: uniform under no difference, small and never 0 under a large one", () => {
    const pairs = 16;
    const normalLike = (run: number): number[] =>
      Array.from({ length: pairs }, (_, index) => random.stream(`null ${run}`).at(index) - 0.5);
    const found = Array.from({ length: 300 }, (_, run) => pairedPermutation(normalLike(run), random));
    for (const level of [0.05, 0.25, 0.5, 0.75]) {
      // Four standard deviations of a share among 300.
      const slack = 4 * Math.sqrt((level * (1 - level)) / 300);
      expect(Math.abs(found.filter((p) => p <= level).length / 300 - level)).toBeLessThan(slack);
    }
    const large = Array.from({ length: 40 }, (_, index) => 5 + index);
    expect(pairedPermutation(large, random)).toBe(1 / 10_001);
    // All of one sign but the smallest: exactly 4 of 2^13 ways are as extreme.
    const thirteen = [-1, ...Array.from({ length: 12 }, (_, index) => 2 + index)];
    expect(pairedPermutation(thirteen, random)).toBeLessThan(0.002);
  });

  test("one wild pair does not drown the others, and equal pairs tell nothing", () => {
    expect(pairedPermutation([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, -2000], random)).toBeLessThan(0.05);
    expect(pairedPermutation([0, 0, 0, 0, 0, 0, 0], random)).toBe(1);
    expect(signedRanks([0, -2, 2, 5])).toEqual([0, -2.5, 2.5, 4]);
  });
});

describe("the Hodges–Lehmann shift", () => {
  test("is the median of all means of two, by brute force", () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 20 }), (differences) => {
        const averages: number[] = [];
        for (let one = 0; one < differences.length; one += 1) {
          for (let other = one; other < differences.length; other += 1) {
            averages.push((differences[one]! + differences[other]!) / 2);
          }
        }
        averages.sort((a, b) => a - b);
        const middle = (averages.length - 1) / 2;
        const expected = (averages[Math.floor(middle)]! + averages[Math.ceil(middle)]!) / 2;
        expect(hodgesLehmann(differences).estimate).toBe(expected);
      }),
    );
  });

  test("has the interval of the tables: T of 0 at 6 pairs, 13 at 12, 52 at 20, 81 at 24", () => {
    // Wilcoxon's critical values, two-sided 5 %; differences 1…n make the averages easy to count.
    for (const [pairs, critical] of [
      [6, 0],
      [12, 13],
      [20, 52],
      [24, 81],
    ] as const) {
      const differences = Array.from({ length: pairs }, (_, index) => index + 1 + 0.001 * index ** 2);
      const averages = differences
        .flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2))
        .sort((a, b) => a - b);
      const { range } = hodgesLehmann(differences);
      expect(range).toEqual({ lower: averages[critical], upper: averages[averages.length - 1 - critical] });
    }
    expect(hodgesLehmann([1, 2, 3, 4, 5]).range).toBeUndefined();
  });

  test("its interval leaves out 0 exactly when the test finds p ≤ 5 %", () => {
    fc.assert(
      fc.property(untied(6, 11), (differences) => {
        const { range } = hodgesLehmann(differences);
        const excludes = range!.lower > 0 || range!.upper < 0;
        expect(excludes).toBe(pairedPermutation(differences, random) <= 0.05);
      }),
    );
  });

  test("moves with the differences, and covers a true shift at least so often as it says", () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 6, maxLength: 15 }), whole, (differences, by) => {
        const moved = hodgesLehmann(differences.map((one) => one + by));
        const { estimate, range } = hodgesLehmann(differences);
        expect(moved.estimate).toBeCloseTo(estimate + by, 9);
        expect(moved.range!.lower).toBeCloseTo(range!.lower + by, 9);
        expect(moved.range!.upper).toBeCloseTo(range!.upper + by, 9);
      }),
    );
    const runs = 400;
    const covered = Array.from({ length: runs }, (_, run) => {
      const drawn = Array.from({ length: 14 }, (_, index) => 7 + random.stream(`shift ${run}`).at(index) - 0.5);
      const { range } = hodgesLehmann(drawn);
      return range!.lower <= 7 && range!.upper >= 7;
    }).filter(Boolean).length;
    expect(covered / runs).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.95 * 0.05) / runs));
    expect(covered).toBeLessThan(runs);
  });
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
