import fc from "fast-check";
import { expect, test } from "vitest";
import { growthPerMinute } from "./trend.ts";

const line = (perSecond: number, start: number, noise: readonly number[] = []) =>
  Array.from({ length: 12 }, (_, index) => ({
    atSeconds: 30 + index * 5,
    value: start + perSecond * (30 + index * 5) + (noise[index] ?? 0),
  }));

test("a line grows as fast as it is steep, wherever it starts", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 200, noNaN: true }),
      (steep, at) => {
        expect(growthPerMinute(line(steep, at))).toBeCloseTo(steep * 60, 6);
      },
    ),
  );
});

test("a peak in the middle is no growth, and one at the end is", () => {
  const peak = (at: number) => Array.from({ length: 12 }, (_, index) => (index === at || index === at - 1 ? 20 : 0));
  expect(growthPerMinute(line(0, 100, peak(6)))).toBeCloseTo(0, 6);
  expect(growthPerMinute(line(0, 100, peak(11)))).toBeGreaterThan(10);
});

test("nothing can be told from one sample", () => {
  expect(growthPerMinute([{ atSeconds: 1, value: 1 }])).toBeNaN();
  expect(growthPerMinute([])).toBeNaN();
});
