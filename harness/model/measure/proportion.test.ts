import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atLeast, atMost } from "./binomial.ts";
import { samplesFor, shareRange, shareVerdict } from "./proportion.ts";

/** P(X ≤ hits) as it is defined, in whole numbers: Σ C(total, k) · a^k · (b − a)^(total − k) of b^total, for a share a/b. */
function slowAtMost(hits: number, total: number, [part, whole]: readonly [number, number]): number {
  const [hit, miss] = [BigInt(part), BigInt(whole - part)];
  let [sum, choose] = [0n, 1n];
  for (let k = 0; k <= hits; k += 1) {
    sum += choose * hit ** BigInt(k) * miss ** BigInt(total - k);
    choose = (choose * BigInt(total - k)) / BigInt(k + 1);
  }
  return ratio(sum, BigInt(whole) ** BigInt(total));
}

/** Two whole numbers of any length, divided to seventeen digits. */
function ratio(part: bigint, whole: bigint): number {
  if (part === 0n) return 0;
  const digits = Math.max(0, whole.toString().length - part.toString().length + 18);
  return Number(`${(part * 10n ** BigInt(digits)) / whole}e-${digits}`);
}

const relative = (value: number, truth: number): number =>
  truth === 0 ? Math.abs(value) : Math.abs(value / truth - 1);

describe("binomial tails", () => {
  it("are what adding up gives, to ten digits, also far out", () => {
    const shares = [
      [1, 2],
      [9, 10],
      [99, 100],
      [1, 1000],
      [9999, 10_000],
    ] as const;
    for (const [part, whole] of shares) {
      for (const total of [1, 2, 15, 16, 17, 30, 222, 1000]) {
        for (const hits of new Set([0, 1, Math.floor(total / 3), Math.floor((total * part) / whole), total - 1])) {
          const truth = slowAtMost(hits, total, [part, whole]);
          const value = atMost(hits, total, part / whole);
          // Below the smallest number there is nothing to compare.
          if (truth > 1e-290)
            expect(relative(value, truth), `${hits} of ${total} at ${part}/${whole}`).toBeLessThan(1e-10);
          const above = 1 - truth;
          if (above > 1e-5) expect(relative(atLeast(hits + 1, total, part / whole), above)).toBeLessThan(1e-10);
        }
      }
    }
  });

  it("are the same from both sides", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e7 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (total, share, raw) => {
          const hits = raw % (total + 1);
          expect(atMost(hits, total, share) + atLeast(hits + 1, total, share)).toBeCloseTo(1, 9);
          expect(atLeast(hits, total, share)).toBeCloseTo(atMost(total - hits, total, 1 - share), 7);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are certain where nothing is left to chance", () => {
    expect([atMost(-1, 5, 0.5), atMost(5, 5, 0.5), atLeast(0, 5, 0.5), atLeast(6, 5, 0.5)]).toEqual([0, 1, 1, 0]);
    expect([atMost(4, 5, 1), atLeast(1, 5, 0), atMost(0, 5, 0), atLeast(5, 5, 1)]).toEqual([0, 0, 1, 1]);
  });
});

describe("what a share may really be", () => {
  it("is as in the literature", () => {
    // Newcombe (1998), method 5, exact to each side at 2.5 %: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const ranges = [
      [81, 263, 0.2527, 0.3676],
      [15, 148, 0.0578, 0.1617],
      [0, 20, 0, 0.1684],
      [1, 29, 0.0009, 0.1776],
    ] as const;
    for (const [hits, total, lower, upper] of ranges) {
      const range = shareRange(hits, total, { error: 0.025 });
      expect([range.lower, range.upper]).toEqual([expect.closeTo(lower, 4), expect.closeTo(upper, 4)]);
    }
    expect(shareRange(0, 0)).toEqual({ lower: 0, upper: 1 });
    expect(shareRange(10, 10)).toEqual({ lower: expect.closeTo(0.05 ** 0.1, 12), upper: 1 });
  });

  it("ends where so many hits are as unlikely as was asked", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(),
        fc.constantFrom(0.05, 0.025, 0.001),
        (total, raw, error) => {
          const hits = raw % (total + 1);
          const { lower, upper } = shareRange(hits, total, { error });
          expect(lower).toBeLessThanOrEqual(hits / total);
          expect(upper).toBeGreaterThanOrEqual(hits / total);
          if (hits > 0) expect(atLeast(hits, total, lower)).toBeCloseTo(error, 9);
          if (hits < total) expect(atMost(hits, total, upper)).toBeCloseTo(error, 9);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is wider the surer it must be, and says the same as the verdict", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(),
        fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
        (total, raw, least) => {
          const hits = raw % (total + 1);
          const [range, surer] = [shareRange(hits, total), shareRange(hits, total, { error: 0.01 })];
          expect(surer.lower).toBeLessThanOrEqual(range.lower);
          expect(surer.upper).toBeGreaterThanOrEqual(range.upper);
          const verdict = shareVerdict({ hits, total }, least);
          expect(verdict).toBe(range.upper < least ? "fail" : range.lower >= least ? "pass" : "inconclusive");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("can be proven by as many hits as the rule of three says", () => {
    for (const least of [0.9, 0.95, 0.99, 0.995, 0.999, 0.9999]) {
      const total = samplesFor(least);
      expect(shareVerdict({ hits: total, total }, least)).toBe("pass");
      expect(shareVerdict({ hits: Math.floor(total * 0.94), total: Math.floor(total * 0.94) }, least)).toBe(
        "inconclusive",
      );
    }
  });
});
