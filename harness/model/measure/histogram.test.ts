import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "./histogram.ts";

/** From a microsecond to an hour, as dense in each octave as in any other. */
const times = fc.array(
  fc.double({ min: -3, max: 6.5, noNaN: true }).map((exponent) => 10 ** exponent),
  { minLength: 1, maxLength: 300 },
);

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The exact answer by nearest rank. */
function exactPercentile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil(q * sorted.length))) - 1] ?? Number.NaN;
}

/** 0.1 % or the resolution of 1 µs, whichever is wider. */
const tolerance = (ms: number): number => Math.max(ms * 0.001, 0.001);

/** The same, and operations that never succeeded. */
const timesAndNever = times.chain((some) =>
  fc.nat(3).map((never) => [...some, ...Array.from({ length: never }, () => Number.POSITIVE_INFINITY)]),
);

describe("a histogram", () => {
  it("agrees with exact percentiles within 0.1 % or 1 µs", () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = exactPercentile(values, q);
        expect(Math.abs(histogramOf(values).percentile(q) - exact)).toBeLessThanOrEqual(tolerance(exact));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the shortest and the longest time exactly", () => {
    fc.assert(
      fc.property(times, (values) => {
        const histogram = histogramOf(values);
        expect(histogram.minMs).toBe(Math.min(...values));
        expect(histogram.maxMs).toBe(Math.max(...values));
        expect(histogram.percentile(1)).toBeLessThanOrEqual(histogram.maxMs);
        expect(histogram.percentile(0)).toBeGreaterThanOrEqual(histogram.minMs);
      }),
    );
  });

  it("merged with another is the histogram of both", () => {
    fc.assert(
      fc.property(timesAndNever, timesAndNever, fc.double({ min: 0, max: 1, noNaN: true }), (left, right, q) => {
        const merged = histogramOf(left);
        merged.merge(histogramOf(right));
        const both = histogramOf([...left, ...right]);
        expect(merged.count).toBe(both.count);
        expect(merged.minMs).toBe(both.minMs);
        expect(merged.maxMs).toBe(both.maxMs);
        expect(merged.percentile(q)).toBe(both.percentile(q));
      }),
    );
  });

  it("counts what never succeeded as longer than everything", () => {
    const histogram = histogramOf([1, 2, 3, Number.POSITIVE_INFINITY]);
    expect(histogram.percentile(0.75)).toBeCloseTo(3, 2);
    expect(histogram.percentile(0.76)).toBe(Number.POSITIVE_INFINITY);
    expect(histogram.maxMs).toBe(Number.POSITIVE_INFINITY);
    expect(histogram.count).toBe(4);
  });

  it("has no percentile when it is empty, and refuses what is no time", () => {
    const histogram = new Histogram();
    expect(histogram.percentile(0.5)).toBeNaN();
    expect(histogram.maxMs).toBeNaN();
    expect(() => histogram.record(Number.NaN)).toThrow(RangeError);
    histogram.merge(new Histogram());
    expect(histogram.count).toBe(0);
  });

  it("counts a time beyond an hour with the longest that it can tell, and a negative one as none", () => {
    expect(histogramOf([1e9]).percentile(0.5)).toBeGreaterThan(3_600_000);
    expect(histogramOf([-1, -1, 5]).percentile(0.5)).toBe(0);
  });
});
