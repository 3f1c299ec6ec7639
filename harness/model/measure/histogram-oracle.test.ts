import fc from "fast-check";
import { build } from "hdr-histogram-js";
import { expect, it } from "vitest";
import { Histogram } from "./histogram.ts";

// HdrHistogram itself, with three significant digits, in whole microseconds: it is an oracle to within one in a thousand.
const anyTimes = fc
  .tuple(
    fc.constantFrom(0.05, 1, 30, 5000),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 400 }),
  )
  .map(([scaleMs, units]) => units.map((unit) => Math.max(0.001, scaleMs * unit ** 3)));
const shares = [0, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

const ours = (times: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const ms of times) histogram.record(ms);
  return histogram;
};
function theirs(times: readonly number[]) {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const ms of times) histogram.recordValue(Math.max(1, Math.round(ms * 1000)));
  return histogram;
}

/** Both are within one in a thousand (and a microsecond) of the truth. */
function expectNear(ms: number, us: number, what: string): void {
  expect(Math.abs(ms * 1000 - us), `${what}: ${ms} ms against ${us} µs`).toBeLessThanOrEqual(us * 0.002 + 2);
}

it("agrees with HdrHistogram on every percentile", () => {
  fc.assert(
    fc.property(anyTimes, (times) => {
      const [one, other] = [ours(times), theirs(times)];
      expect(one.count).toBe(other.totalCount);
      for (const share of shares) {
        expectNear(one.percentile(share), other.getValueAtPercentile(share * 100), `p${share * 100}`);
      }
      expectNear(one.maxMs, other.maxValue, "max");
    }),
    { numRuns: 200 },
  );
});

it("agrees with it when two are merged", () => {
  fc.assert(
    fc.property(anyTimes, anyTimes, (left, right) => {
      const [one, other] = [ours(left), theirs(left)];
      one.merge(ours(right));
      other.add(theirs(right));
      for (const share of shares) {
        expectNear(one.percentile(share), other.getValueAtPercentile(share * 100), `p${share * 100}`);
      }
    }),
    { numRuns: 100 },
  );
});
