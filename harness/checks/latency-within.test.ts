import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import { milliseconds } from "../model/units.ts";
import { type LatencyOptions, latencyWithin } from "./latency-within.ts";
import { quantileRange } from "./quantile.ts";
import { evidenceOf, refusalOf, type Step, searches } from "./testing/history.ts";

const tainted = (fromMs: number, toMs: number): Partial<Evidence> => {
  const { generator } = evidenceOf([]);
  return { generator: { ...generator, tainted: [{ fromMs, toMs, reason: "lag up to 200 ms" }] } };
};
const judged = (options: LatencyOptions, steps: readonly Step[], changes: Partial<Evidence> = {}) =>
  latencyWithin(options).judge(evidenceOf(steps, changes));
const p99 = { p99: milliseconds(100) };
const p50 = { p50: milliseconds(100) };
const quick = (count: number): readonly Step[] => searches(count, 12_000, 18_000);
const slow = (count: number, rest: Partial<Step> = {}): readonly Step[] =>
  searches(count, 12_000, 18_000, { tookMs: 300 }).map((step) => ({ ...step, ...rest }));

describe("latency within a budget", () => {
  it("passes what surely keeps it, fails what surely does not, and shows the first that were too slow", () => {
    expect(judged(p99, quick(2000))).toMatchObject({
      verdict: "pass",
      measure: { value: 5, limit: 100, better: "lower", unit: "ms" },
    });
    const failed = judged(p99, [...quick(1900), ...slow(100)]);
    expect(failed).toMatchObject({ verdict: "fail", numbers: { samples: 2000 } });
    expect(failed.witness[0]).toMatchObject({ violates: true, note: "took 300 ms" });
    expect(judged(p99, [...quick(1985), ...slow(15)]).verdict).toBe("inconclusive");
  });

  it("counts what was not ok as if it took for ever", () => {
    const fast = slow(100, { outcome: "failed", tookMs: 1 });
    const failed = judged(p99, [...quick(1900), ...fast]);
    expect(failed).toMatchObject({ verdict: "fail", measure: { value: null } });
    expect(failed.actual).toBe("p99 unbounded (100 of 2,000 operations were not ok)");
  });

  it("gives no number for a p99 of fewer than 1,000 samples", () => {
    const few = judged(p99, [...quick(80), ...slow(20)]);
    expect(few).toMatchObject({ verdict: "inconclusive", numbers: { p99Ms: null, samples: 100 } });
    expect(few.actual).toContain("it takes 1000");
    expect(few.measure).toBeUndefined();
    expect(judged({ p50: milliseconds(100) }, quick(80)).verdict).toBe("pass");
  });

  it("does not blame the system for what its own generator was late with", () => {
    const burst = searches(100, 15_000, 15_900, { tookMs: 300 });
    expect(judged(p99, [...quick(1900), ...burst]).verdict).toBe("fail");
    const late = judged(p99, [...quick(1900), ...burst], tainted(15_000, 16_000));
    expect(late.verdict).toBe("inconclusive");
    expect(late.actual).toContain("lag");
    // Outside of the tainted window it is the system's own.
    expect(judged(p99, [...quick(1900), ...slow(100)], tainted(15_000, 16_000)).verdict).toBe("fail");
  });

  it("bounds its claim by how late the generator was, and does not give up", () => {
    const lateBy = (lagMaxMs: number): Partial<Evidence> => {
      const { generator } = evidenceOf([]);
      return { generator: { ...generator, tainted: [{ fromMs: 11_000, toMs: 20_000, reason: "lag", lagMaxMs }] } };
    };
    // 30 ms late all the time makes no 300 ms of 90: it failed, and says how much was the system's.
    const failed = judged(p99, [...quick(1900), ...slow(100)], lateBy(30));
    expect(failed).toMatchObject({ verdict: "fail", numbers: { ofTaintedWindows: 2000 } });
    expect(failed.witness[0]?.note).toBe("took 300 ms, at least 240 ms of it the system's");
    expect(judged(p99, [...quick(1900), ...slow(100)], lateBy(99)).verdict).toBe("fail");
    expect(judged(p99, [...quick(1900), ...slow(100)], lateBy(100)).verdict).toBe("inconclusive");
    // All of it failed, and no lateness makes an error of an answer.
    expect(judged(p99, slow(1000, { outcome: "rejected", tookMs: 5 }), lateBy(400)).verdict).toBe("fail");
    // What was measured is the most that it can have taken.
    expect(judged(p99, quick(2000), lateBy(400)).verdict).toBe("pass");
    expect(judged(p99, slow(1000, { outcome: "overflow", tookMs: 0 }), lateBy(30)).verdict).toBe("inconclusive");
  });

  it("judges no quantile under its floor, in either phase", () => {
    const [before, after] = [(count: number) => searches(count, 2000, 9000), quick];
    const floors = [
      ["p50", 20],
      ["p95", 200],
      ["p99", 1000],
    ] as const;
    for (const [name, floor] of floors) {
      const options = { [name]: milliseconds(100), ofSteady: 3 };
      const verdictOf = (steady: number, faults: number) => judged(options, [...before(steady), ...after(faults)]);
      expect(verdictOf(floor, floor).verdict).toBe("pass");
      expect(verdictOf(floor, floor - 1)).toMatchObject({
        verdict: "inconclusive",
        actual: expect.stringContaining(`it takes ${floor}`),
      });
      expect(verdictOf(floor - 1, floor)).toMatchObject({
        verdict: "inconclusive",
        actual: expect.stringContaining(`the steady phase has only ${floor - 1} samples, it takes ${floor}`),
      });
    }
    // Of several, each asks for its own; and what breaks its own limit needs no steady phase to fail.
    const both = { p50: milliseconds(100), p99: milliseconds(100), ofSteady: 3 };
    expect(judged(both, [...before(500), ...after(2000)]).verdict).toBe("inconclusive");
    expect(judged(both, [...before(500), ...slow(2000)]).verdict).toBe("fail");
  });

  it("takes the steady phase's quantile for the estimate that it is", () => {
    // 15 of 1,500 took 60 ms: the p99 is 20 ms or 60.
    const steady = [...searches(1485, 2000, 9000, { tookMs: 20 }), ...searches(15, 2000, 9000, { tookMs: 60 })];
    const after = searches(1500, 12_000, 18_000, { tookMs: 50 });
    expect(judged({ ...p99, ofSteady: 2 }, [...steady, ...after])).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("the limit 40 ms to 100 ms"),
    });
    expect(judged({ ...p99, ofSteady: 3 }, [...steady, ...after]).verdict).toBe("pass");
    expect(judged({ ...p99, ofSteady: 2 }, [...steady, ...slow(1500)]).verdict).toBe("fail");
  });

  it("claims nothing for the lateness of a generator that it would not claim without it", () => {
    const anyTime = fc.record({
      trueMs: fc.integer({ min: 1, max: 250 }),
      sentLate: fc.double({ min: 0, max: 1, noNaN: true }),
      readLate: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(anyTime, { minLength: 40, maxLength: 80 }),
        fc.integer({ min: 1, max: 120 }),
        fc.constantFrom("ok", "rejected", "failed"),
        (times, lagMaxMs, third) => {
          const stepsOf = (isLate: boolean): readonly Step[] =>
            times.map(({ trueMs, sentLate, readLate }, index) => ({
              operation: "search",
              atMs: 12_000 + index * 20,
              tookMs: trueMs + (isLate ? (sentLate + readLate) * lagMaxMs : 0),
              outcome: index % 3 === 0 ? (third as "ok" | "rejected" | "failed") : "ok",
            }));
          const { generator } = evidenceOf([]);
          const tainted = [{ fromMs: 11_000, toMs: 20_000, reason: "lag", lagMaxMs }];
          const changes = { generator: { ...generator, tainted } };
          const [inTime, late] = [judged(p50, stepsOf(false)).verdict, judged(p50, stepsOf(true), changes).verdict];
          if (late !== "inconclusive") expect(late).toBe(inTime);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("judges by the exact binomial: as adding up all cases does, and all quantiles together", () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 700 }), fc.nat(), fc.boolean(), (total, raw, isOneOfTwo) => {
        const slowOnes = raw % Math.ceil(total * 0.12);
        const options = isOneOfTwo ? { p50: milliseconds(1000), p95: milliseconds(100) } : { p95: milliseconds(100) };
        const error = isOneOfTwo ? 0.025 : 0.05;
        const tails = [summed(total, slowOnes, total), summed(total, 0, slowOnes)] as const;
        const expected = tails[0] <= error ? "fail" : tails[1] <= 0.05 ? "pass" : "inconclusive";
        expect(judged(options, [...quick(total - slowOnes), ...slow(slowOnes)]).verdict).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("compares with the run's own steady phase", () => {
    const steady = searches(1500, 2000, 9000, { tookMs: 20 });
    const faults = searches(1500, 12_000, 18_000, { tookMs: 50 });
    expect(judged({ ...p99, ofSteady: 2 }, [...steady, ...faults])).toMatchObject({
      verdict: "fail",
      measure: { limit: expect.closeTo(40, 0) },
    });
    expect(judged({ ...p99, ofSteady: 3 }, [...steady, ...faults]).verdict).toBe("pass");
    expect(judged({ ...p99, ofSteady: 3 }, faults).verdict).toBe("inconclusive");
  });

  it("refuses what is no budget", () => {
    expect(refusalOf(latencyWithin({}))).toMatch(/quantile/);
    expect(refusalOf(latencyWithin({ p99: milliseconds(0) }))).toMatch(/above 0/);
    expect(refusalOf(latencyWithin({ ...p99, ofSteady: 0.5 }))).toMatch(/from 1 to/);
    expect(judged({ ...p99, operations: ["serach"] }, quick(2000)).verdict).toBe("inconclusive");
  });
});

/** P(from ≤ X ≤ to) of how many exceed the true p95, one case after the other. */
function summed(total: number, from: number, to: number): number {
  let [sum, logChoose] = [0, 0];
  for (let hits = 0; hits <= to; hits += 1) {
    if (hits >= from) sum += Math.exp(logChoose + hits * Math.log(0.05) + (total - hits) * Math.log(0.95));
    logChoose += Math.log(total - hits) - Math.log(hits + 1);
  }
  return sum;
}

it("the bounds of a quantile are order statistics: the outermost that are wrong in 5 of 100, by trying each", () => {
  for (const q of [0.5, 0.95, 0.99]) {
    for (const total of [20, 58, 59, 200, 222, 1000]) {
      const { lower, upper } = quantileRange(q, total, (share) => Math.ceil(share * total));
      // P(X < rank) and P(X ≥ rank), where X samples lie below the true quantile.
      const below = (rank: number): number => {
        let [sum, logChoose] = [0, 0];
        for (let hits = 0; hits < rank; hits += 1) {
          sum += Math.exp(logChoose + hits * Math.log(q) + (total - hits) * Math.log(1 - q));
          logChoose += Math.log(total - hits) - Math.log(hits + 1);
        }
        return sum;
      };
      const ranks = Array.from({ length: total }, (_, index) => index + 1);
      expect(lower).toBe(ranks.findLast((rank) => below(rank) <= 0.05) ?? 0);
      expect(upper).toBe(ranks.find((rank) => 1 - below(rank) <= 0.05) ?? Number.POSITIVE_INFINITY);
    }
  }
});

it("the range of a quantile holds the true one about as often as it says, on both sides", () => {
  // Uniform samples, the same ones each time: the true 0.9 quantile is 0.9.
  const rounds = 1000;
  let [below, above] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    let state = Math.imul(round + 1, 2_654_435_761) >>> 0;
    const samples = Array.from({ length: 400 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    }).sort((one, other) => one - other);
    const { lower, upper } = quantileRange(0.9, 400, (q) => samples[Math.min(399, Math.ceil(q * 400) - 1)]!);
    if (lower > 0.9) below += 1;
    if (upper < 0.9) above += 1;
  }
  expect(below / rounds).toBeLessThan(0.09);
  expect(above / rounds).toBeLessThan(0.09);
  expect((below + above) / rounds).toBeGreaterThan(0.02);
});
