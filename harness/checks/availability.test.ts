import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { outcomes } from "../model/history.ts";
import { samplesFor, wilson } from "../model/measure/proportion.ts";
import { type AvailabilityOptions, availability } from "./availability.ts";
import { targetOf, verdictOf } from "./share-target.ts";
import { evidenceOf, order, refusalOf, type Step, scene, searches, standingStill } from "./testing/history.ts";

const { faults, recovery, steady } = scene;

/** So many operations in faults and recovery, of which so many were not ok. */
function loadOf(total: number, bad: number, outcome: (typeof outcomes)[number] = "failed"): Step[] {
  return searches(total, faults.fromMs, recovery.toMs).map((step, index) =>
    index < bad ? { ...step, outcome } : step,
  );
}

/** P(from ≤ X ≤ to) of a binomial X, one case after the other. */
function summed(total: number, share: number, from: number, to: number): number {
  let [sum, logChoose] = [0, 0];
  for (let hits = 0; hits <= to; hits += 1) {
    const [hit, miss] = [hits * Math.log(share), (total - hits) * Math.log(1 - share)];
    if (hits >= from) sum += Math.exp(logChoose + hit + miss);
    logChoose += Math.log(total - hits) - Math.log(hits + 1);
  }
  return sum;
}

/** How often this verdict comes out when the share is exactly so much of the steady phase's: a false one in either case. */
function rateOf(
  of: { readonly steadyTotal: number; readonly total: number; readonly ofSteady: number; readonly share: number },
  wanted: "pass" | "fail",
): number {
  let rate = 0;
  for (let before = 0; before <= of.steadyTotal; before += 1) {
    const weight = summed(of.steadyTotal, of.share, before, before);
    if (weight < 1e-9) continue;
    const target = targetOf(0.01, of.ofSteady, { ok: before, doubtful: 0, total: of.steadyTotal });
    for (let ok = 0; ok <= of.total; ok += 1) {
      const { total } = of;
      if (verdictOf({ ok, doubtful: 0, total }, target) !== wanted) continue;
      rate += weight * summed(total, of.ofSteady * of.share, ok, ok);
    }
  }
  return rate;
}

const judged = (options: AvailabilityOptions, steps: readonly Step[]) => availability(options).judge(evidenceOf(steps));

describe("availability", { timeout: 60_000 }, () => {
  it("of 99.5 % over 2,400 operations: proven by 6 failures, refuted by 19, and not decided in between", () => {
    const verdictAt = (bad: number) => judged({ atLeast: 0.995 }, loadOf(2400, bad)).verdict;
    expect([0, 6].map(verdictAt)).toEqual(["pass", "pass"]);
    expect([7, 12, 18].map(verdictAt)).toEqual(["inconclusive", "inconclusive", "inconclusive"]);
    expect([19, 2400].map(verdictAt)).toEqual(["fail", "fail"]);
  });

  it("of 99.9 % cannot be shown by fewer than 3,000 operations, however many were ok", () => {
    const few = judged({ atLeast: 0.999 }, loadOf(2999, 0));
    expect(few.verdict).toBe("inconclusive");
    expect(few.actual).toContain("it takes 3000 operations to tell");
    expect(judged({ atLeast: 0.999 }, loadOf(3000, 0)).verdict).toBe("pass");
  });

  it("can be refuted by a few operations", () => {
    expect(judged({ atLeast: 0.999 }, loadOf(20, 5)).verdict).toBe("fail");
  });

  it("counts every outcome but ok against it, and a refusal only unless told otherwise", () => {
    for (const outcome of ["wrong", "rejected", "failed", "unknown"] as const) {
      expect(judged({ atLeast: 0.9 }, loadOf(200, 100, outcome)).verdict).toBe("fail");
    }
    expect(judged({ atLeast: 0.9, rejectedIsOk: true }, loadOf(200, 100, "rejected")).verdict).toBe("pass");
    expect(judged({ atLeast: 0.9, rejectedIsOk: true }, loadOf(200, 100, "failed")).verdict).toBe("fail");
  });

  it("looks at the phases faults and recovery only, unless told otherwise", () => {
    const bad = searches(500, steady.fromMs, steady.toMs, { outcome: "failed" });
    expect(judged({ atLeast: 0.99 }, [...bad, ...loadOf(1000, 0)]).verdict).toBe("pass");
    expect(judged({ atLeast: 0.99, phases: ["steady"] }, [...bad, ...loadOf(1000, 0)]).verdict).toBe("fail");
  });

  it("looks at the named operations only", () => {
    const orders = Array.from({ length: 100 }, (_, index) => order(faults.fromMs + index, { outcome: "unknown" }));
    const steps = [...loadOf(1000, 0), ...orders];
    expect(judged({ atLeast: 0.99, operations: ["search"] }, steps).verdict).toBe("pass");
    expect(judged({ atLeast: 0.99, operations: ["order"] }, steps).verdict).toBe("fail");
    const misspelt = judged({ atLeast: 0.99, operations: ["serach"] }, steps);
    expect(misspelt).toMatchObject({ verdict: "inconclusive", actual: 'the workload has no operation "serach"' });
  });

  it("is not decided by the generator's own fault", () => {
    const overflow = judged({ atLeast: 0.99 }, loadOf(1000, 100, "overflow"));
    expect(overflow.verdict).toBe("inconclusive");
    expect(overflow.actual).toContain("100 operations found the load generator full");
    expect(judged({ atLeast: 0.99 }, loadOf(10_000, 10, "overflow")).verdict).toBe("pass");
    const both = [...loadOf(1000, 10, "overflow"), ...loadOf(1000, 500)];
    expect(judged({ atLeast: 0.99 }, both).verdict).toBe("fail");
  });

  it("lets what was not ok while the machine stood still decide nothing", () => {
    const heldUp = (fromMs: number, atLeast: number) => {
      const refused = searches(100, 15_000, 15_999).map((step) => ({ ...step, outcome: "failed" as const }));
      const evidence = evidenceOf([...searches(900, 11_000, 19_000), ...refused], standingStill(fromMs, fromMs + 600));
      return availability({ atLeast }).judge(evidence);
    };
    expect(heldUp(15_000, 0.95)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("100 operations were not ok while the machine stood still"),
      numbers: { ok: 900, total: 1000 },
    });
    expect(heldUp(13_000, 0.95).verdict).toBe("fail");
    expect(heldUp(15_000, 0.8).verdict).toBe("pass");
  });

  it("is inconclusive when nothing was due", () => {
    const vacuous = judged({ atLeast: 0.5 }, searches(100, steady.fromMs, steady.toMs));
    expect(vacuous).toMatchObject({ verdict: "inconclusive", actual: "no such operation was due" });
  });

  it("of 1 has no budget: one failure fails", () => {
    expect(judged({ atLeast: 1 }, loadOf(100_000, 1)).verdict).toBe("fail");
    expect(judged({ atLeast: 1 }, loadOf(30, 0)).verdict).toBe("pass");
    expect(judged({ atLeast: 1 }, loadOf(29, 0)).verdict).toBe("inconclusive");
  });

  it("shows at most ten of the operations that were not ok, with the reason, relative to the fault", () => {
    const steps = loadOf(1000, 50).map((step, index) => (index < 50 ? { ...step, detail: `reason ${index}` } : step));
    const { witness, phase, numbers } = judged({ atLeast: 0.99 }, steps);
    expect(witness).toHaveLength(10);
    expect(witness[0]).toMatchObject({
      id: 0,
      operation: "search",
      outcome: "failed",
      note: "reason 0",
      fromFaultMs: -1000,
    });
    expect(witness[0]?.toFaultMs).toBe(-995);
    expect(phase).toBe("faults");
    expect(numbers).toMatchObject({ total: 1000, ok: 950, failed: 50, ratio: 0.95 });
  });

  it("refuses a share that is none", () => {
    for (const atLeast of [0, -1, 1.1, Number.NaN, 99.9]) {
      expect(refusalOf(availability({ atLeast }))).toMatch(/BAD_CHECK/);
    }
  });

  it("states the faults and the recovery apart, beside the total that is judged", () => {
    const steps = [
      ...searches(1000, faults.fromMs, faults.toMs).map((step, index) =>
        index < 100 ? { ...step, outcome: "rejected" as const } : step,
      ),
      ...searches(500, recovery.fromMs, recovery.toMs),
    ];
    const { actual, numbers, measure } = judged({ atLeast: 0.9 }, steps);
    expect(actual).toContain("93.3 % (1,400 of 1,500; between");
    expect(actual).toContain("; faults 90 % (900 of 1,000), recovery 100 % (500 of 500)");
    expect(numbers).toMatchObject({ faultsTotal: 1000, faultsOk: 900, faultsRatio: 0.9, recoveryTotal: 500 });
    expect(measure?.value).toBeCloseTo(1400 / 1500, 9);
    expect(judged({ atLeast: 0.9 }, steps.slice(0, 1000)).actual).toContain("recovery none");
    expect(judged({ atLeast: 0.9, phases: ["faults"] }, steps).actual).not.toContain("recovery");
  });

  it("judges by the exact binomial: as adding up all cases does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.995),
        fc.nat(),
        (total, atLeast, raw) => {
          const bad = raw % (Math.ceil(3 * total * (1 - atLeast)) + 2);
          if (bad > total) return;
          // So many failures or more, and so many or fewer, if the system were exactly on its budget.
          const [atLeastSoMany, atMostSoMany] = [
            summed(total, 1 - atLeast, bad, total),
            summed(total, 1 - atLeast, 0, bad),
          ];
          const isEnough = total >= samplesFor(atLeast);
          const expected = atLeastSoMany <= 0.05 ? "fail" : atMostSoMany <= 0.05 && isEnough ? "pass" : "inconclusive";
          expect(judged({ atLeast }, loadOf(total, bad)).verdict).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("does not fail a system on its budget of 99.9 % in one of five runs of 222", () => {
    const verdictAt = (bad: number) => judged({ atLeast: 0.999 }, loadOf(222, bad)).verdict;
    // One failure happens to 20 of 100 such runs, two to 2 of 100. Wilson's interval failed all of them.
    expect([1, 2].map((bad) => summed(222, 0.001, bad, 222))).toEqual([
      expect.closeTo(0.199, 3),
      expect.closeTo(0.021, 3),
    ]);
    expect([0, 1, 2].map(verdictAt)).toEqual(["inconclusive", "inconclusive", "fail"]);
  });

  it("compares with the steady phase's share as the estimate that it is", () => {
    const steadily = (total: number, bad: number): Step[] =>
      searches(total, steady.fromMs, steady.toMs).map((step, index) =>
        index < bad ? { ...step, outcome: "failed" } : step,
      );
    const at = (before: readonly Step[], after: readonly Step[], ofSteady = 0.98) =>
      judged({ atLeast: 0.5, ofSteady }, [...before, ...after]);
    expect(at(steadily(2000, 0), loadOf(2000, 20)).verdict).toBe("pass");
    expect(at(steadily(2000, 0), loadOf(2000, 80)).verdict).toBe("fail");
    // The same share of a steady phase of a few operations proves nothing.
    expect(at(steadily(40, 0), loadOf(2000, 80)).verdict).toBe("inconclusive");
    // 40 % of the steady phase failed too: that is what it is compared with.
    expect(at(steadily(2000, 800), loadOf(2000, 820)).verdict).toBe("inconclusive");
    expect(at(steadily(2000, 800), loadOf(2000, 700)).verdict).toBe("pass");
    expect(at(steadily(2000, 800), loadOf(2000, 1100))).toMatchObject({
      verdict: "fail",
      numbers: { steadyShare: 0.6 },
    });
    expect(at(steadily(29, 0), loadOf(2000, 0)).actual).toContain("no steady phase");
    expect(at(steadily(2000, 0), loadOf(2000, 0), 1)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("ask for 99 % of it"),
    });
  });

  it("is sure of a comparison with the steady phase in 95 of 100, whatever the shares are", () => {
    for (const [steadyTotal, total] of [
      [100, 222],
      [300, 300],
      [60, 1000],
    ] as const) {
      for (const [ofSteady, share] of [
        [0.98, 0.99],
        [0.9, 0.95],
        [0.95, 0.5],
        [1, 0.97],
      ] as const) {
        const of = { steadyTotal, total, ofSteady, share };
        expect(rateOf(of, "fail"), JSON.stringify(of)).toBeLessThanOrEqual(0.05);
        expect(rateOf(of, "pass"), JSON.stringify(of)).toBeLessThanOrEqual(0.05);
      }
    }
  });

  it("does not fail for deadlines that a late generator missed, and only for those", () => {
    const timeouts = searches(100, 15_000, 15_999).map((step) => ({
      ...step,
      outcome: "unknown" as const,
      tookMs: 1000,
    }));
    const lateBy = (lagMaxMs: number) => {
      const { generator } = evidenceOf([]);
      const tainted = [{ fromMs: 15_000, toMs: 17_000, reason: "lag", lagMaxMs }];
      const evidence = evidenceOf([...searches(900, 11_000, 19_000), ...timeouts], {
        generator: { ...generator, tainted },
      });
      return availability({ atLeast: 0.95 }).judge(evidence);
    };
    expect(lateBy(30).verdict).toBe("fail");
    expect(lateBy(60)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("100 operations missed the deadline while the load generator was late itself"),
    });
  });

  it("claims nothing that was not seen, and judges worse when more fails", () => {
    const rank = { pass: 0, inconclusive: 1, fail: 2 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
        fc.nat(),
        (total, atLeast, raw) => {
          const bad = raw % (total + 1);
          const { verdict } = judged({ atLeast }, loadOf(total, bad));
          const seen = (total - bad) / total;
          if (verdict === "pass") expect(seen).toBeGreaterThanOrEqual(atLeast);
          if (verdict === "fail") expect(seen).toBeLessThan(atLeast);
          const worse = judged({ atLeast }, loadOf(total, Math.min(total, bad + 1))).verdict;
          expect(rank[worse]).toBeGreaterThanOrEqual(rank[verdict]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("Wilson's interval", () => {
  it("is as in the literature", () => {
    // Newcombe (1998), with his z of 1.96 replaced by ours: 81 of 263 lies in 0.2634 … 0.3566.
    const { lower, upper } = wilson(81, 263);
    expect(lower).toBeCloseTo(0.2634, 3);
    expect(upper).toBeCloseTo(0.3566, 3);
    expect(wilson(0, 0)).toEqual({ lower: 0, upper: 1 });
    expect(wilson(10, 10).upper).toBe(1);
    expect(wilson(0, 10).lower).toBe(0);
  });

  it("needs three operations for each that may fail", () => {
    expect([0.9, 0.995, 0.999].map(samplesFor)).toEqual([30, 600, 3000]);
  });
});
