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
    expect(judged(p99, [...quick(1900), ...fast])).toMatchObject({ verdict: "fail", measure: { value: null } });
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
