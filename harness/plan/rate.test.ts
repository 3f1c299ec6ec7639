import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { milliseconds } from "../model/units.ts";
import type { Rate } from "../model/workload.ts";
import { accumulated } from "./rate.ts";

// One operation in ten thousand years is none: below that, numbers lose their digits.
const perSecond = fc.double({ min: 0, max: 5000, noNaN: true }).map((rate) => (rate < 1e-12 ? 0 : rate));
const anyCurve: fc.Arbitrary<Rate> = fc
  .array(fc.record({ gap: fc.nat(3000), perSecond }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((corners) => {
    let at = 0;
    return corners.map(({ gap, perSecond }) => {
      at += gap;
      return { at: milliseconds(at), perSecond };
    });
  });

/** The rate at a moment, read off the corners. */
function rateAt(rate: Rate, ms: number): number {
  if (typeof rate === "number") return rate;
  const after = rate.findIndex(({ at }) => at > ms);
  if (after === 0) return rate[0]!.perSecond;
  if (after < 0) return rate.at(-1)!.perSecond;
  const [from, to] = [rate[after - 1]!, rate[after]!];
  return from.perSecond + ((to.perSecond - from.perSecond) * (ms - from.at)) / (to.at - from.at);
}

/** The integral by the midpoint rule, a millisecond at a time: exact but for the steps. */
function counted(rate: Rate, toMs: number): number {
  let count = 0;
  for (let ms = 0; ms < toMs; ms += 1) count += (rateAt(rate, ms + 0.5) / 1000) * Math.min(1, toMs - ms);
  return count;
}

describe("a rate", () => {
  it("comes to as many arrivals as its curve has area", () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 1, max: 8000 }), (rate, totalMs) => {
        const { count } = accumulated(rate, totalMs);
        expect(Math.abs(count - counted(rate, totalMs))).toBeLessThan(1e-3 * count + 30);
      }),
      { numRuns: 200 },
    );
  });

  it("has its n-th arrival where the area has grown to n, in order and inside the load", () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 1, max: 8000 }), (rate, totalMs) => {
        const { count, timeOf } = accumulated(rate, totalMs);
        const times = [0, 0.1, 0.35, 0.5, 0.8, 0.999].map((share) => [share * count, timeOf(share * count)] as const);
        for (const [arrivals, ms] of times) {
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(totalMs);
          expect(Math.abs(accumulated(rate, ms || 1e-9).count - arrivals)).toBeLessThan(1e-6 * count + 1e-6);
        }
        expect(times.map(([, ms]) => ms)).toEqual(times.map(([, ms]) => ms).toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  it("is evenly spread when it is a number, doubles at a step, and grows along a ramp", () => {
    const flat = accumulated(100, 1000);
    expect([flat.count, flat.timeOf(50)]).toEqual([100, 500]);
    const step = accumulated(
      [
        { at: milliseconds(500), perSecond: 100 },
        { at: milliseconds(500), perSecond: 200 },
      ],
      1000,
    );
    expect([step.count, step.timeOf(50), step.timeOf(100)]).toEqual([150, 500, 750]);
    const ramp = accumulated(
      [
        { at: milliseconds(0), perSecond: 0 },
        { at: milliseconds(1000), perSecond: 200 },
      ],
      1000,
    );
    expect([ramp.count, ramp.timeOf(25)]).toEqual([100, 500]);
  });
});
