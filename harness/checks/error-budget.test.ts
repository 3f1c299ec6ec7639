import { describe, expect, it } from "vitest";
import type { WorkloadInfo } from "../model/check.ts";
import { errorBudget } from "./error-budget.ts";
import { evidenceOf, refusalOf, type Step, searches, standingStill } from "./testing/history.ts";

const shoppers: WorkloadInfo = { name: "shoppers", perSecond: 100, slo: { availability: 0.99, withinMs: 300 } };
const judged = (burnAtMost: number, steps: readonly Step[], workloads: readonly WorkloadInfo[] = [shoppers]) =>
  errorBudget({ burnAtMost }).judge(evidenceOf(steps, { workloads }));
const good = (count: number): readonly Step[] => searches(count, 12_000, 18_000);
const bad = (count: number, rest: Partial<Step> = {}): readonly Step[] =>
  searches(count, 12_000, 18_000).map((step) => ({ ...step, outcome: "rejected", ...rest }));

describe("error budget", () => {
  it("burns as fast as operations are not good: not ok, or later than promised", () => {
    expect(judged(1, [...good(4950), ...bad(50)])).toMatchObject({
      measure: { value: expect.closeTo(1, 6), limit: 1 },
    });
    expect(judged(1, [...good(4900), ...bad(100)]).verdict).toBe("fail");
    expect(judged(1, [...good(4900), ...bad(100, { outcome: "ok", tookMs: 301 })]).verdict).toBe("fail");
    expect(judged(1, [...good(4900), ...bad(100, { outcome: "ok", tookMs: 300 })]).verdict).toBe("pass");
    expect(judged(5, [...good(4900), ...bad(100)]).verdict).toBe("pass");
    expect(judged(1, [...good(4955), ...bad(45)]).verdict).toBe("inconclusive");
  });

  it("shows what burnt it: of each kind of operation the first, then the first of all, and only where it fails", () => {
    const late: Step = { operation: "order", atMs: 17_999, outcome: "ok", tookMs: 301 };
    const { verdict, witness } = judged(1, [...good(400), ...bad(100, { detail: "503" }), late]);
    expect(verdict).toBe("fail");
    expect(witness).toHaveLength(10);
    expect(witness.map(({ operation, note }) => `${operation}: ${note}`)).toEqual([
      ...Array.from({ length: 9 }, () => "search: 503"),
      "order: ok, but only after 301 ms",
    ]);
    expect(witness.every(({ violates }) => violates)).toBe(true);
    expect(witness[0]?.fromFaultMs).toBe(1000);
    expect(judged(10, [...good(4900), ...bad(100)]).witness).toEqual([]);
    const other: WorkloadInfo = { ...shoppers, name: "nobody" };
    expect(judged(1, [...good(4900), ...bad(5)], [shoppers, other]).witness).toEqual([]);
  });

  it("does not fail for what was late while the load generator was late itself", () => {
    const late = searches(100, 15_000, 15_999).map((step) => ({ ...step, tookMs: 301 }));
    const steps = [...good(4900), ...late];
    const inTainted = (fromMs: number, rest: readonly Step[] = steps) => {
      const generator = { ...evidenceOf([]).generator, tainted: [{ fromMs, toMs: fromMs + 1000, reason: "lag" }] };
      return errorBudget({ burnAtMost: 1 }).judge(evidenceOf(rest, { workloads: [shoppers], generator }));
    };
    expect(inTainted(15_000)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("late itself when 100 of the others were under way"),
    });
    expect(inTainted(15_000).witness).toEqual([]);
    // Elsewhere it excuses nothing, and never what was not ok at all.
    expect(inTainted(17_000).verdict).toBe("fail");
    expect(
      inTainted(15_000, [...good(4900), ...late.map((step) => ({ ...step, outcome: "rejected" as const }))]).verdict,
    ).toBe("fail");
    expect(inTainted(15_000, good(4900)).verdict).toBe("pass");
    // Sent and read at most 50 ms late each, which is all that it can have added.
    const lateBy = (ms: number) => [...good(4900), ...late.map((step) => ({ ...step, tookMs: 300 + ms }))];
    expect(inTainted(15_000, lateBy(100)).verdict).toBe("inconclusive");
    expect(inTainted(15_000, lateBy(101)).verdict).toBe("fail");
  });

  it("does not fail for what was not ok while the machine stood still", () => {
    const refused = searches(100, 15_000, 15_999).map((step) => ({ ...step, outcome: "rejected" as const }));
    const heldUp = (fromMs: number) => {
      const still = standingStill(fromMs, fromMs + 600);
      const evidence = evidenceOf([...good(4900), ...refused], { workloads: [shoppers], ...still });
      return errorBudget({ burnAtMost: 1 }).judge(evidence).verdict;
    };
    expect(heldUp(15_000)).toBe("inconclusive");
    expect(heldUp(13_000)).toBe("fail");
  });

  it("does not pass on fewer operations than could show a failure", () => {
    expect(judged(1, good(299)).verdict).toBe("inconclusive");
    expect(judged(1, good(300)).verdict).toBe("pass");
  });

  it("asks how late the generator was in that window, and not in the whole run", () => {
    const late = searches(100, 15_000, 15_999).map((step) => ({ ...step, tookMs: 301 }));
    const inWindow = (lagMaxMs: number) => {
      const window = { fromMs: 15_000, toMs: 17_000, reason: "lag", lagMaxMs };
      const generator = { ...evidenceOf([]).generator, lagMaxMs: 900, tainted: [window] };
      const evidence = evidenceOf([...good(4900), ...late.map((step) => ({ ...step, tookMs: 361 }))], {
        workloads: [shoppers],
        generator,
      });
      return errorBudget({ burnAtMost: 1 }).judge(evidence).verdict;
    };
    expect(inWindow(30)).toBe("fail");
    expect(inWindow(31)).toBe("inconclusive");
  });

  it("does not fail for operations that found the generator full", () => {
    expect(judged(1, [...good(4900), ...bad(100, { outcome: "overflow", tookMs: 0 })]).verdict).toBe("inconclusive");
  });

  it("cannot pass what it cannot fail: a rate that allows everything to fail", () => {
    for (const burnAtMost of [100, 200]) {
      expect(judged(burnAtMost, good(5000))).toMatchObject({
        verdict: "inconclusive",
        actual: expect.stringContaining("this check cannot fail, as a burn of"),
      });
    }
    expect(judged(200, good(5000)).actual).toContain("allow less than 100");
    expect(judged(99, good(5000)).verdict).toBe("pass");
    expect(judged(99, bad(5000)).verdict).toBe("fail");
  });

  it("shares its error among the workloads", () => {
    const other: WorkloadInfo = { ...shoppers, name: "nobody" };
    // So many or more are bad in about 3 of 100 runs of a system on its budget: enough for one promise, not for one of two.
    const steps = [...good(5000 - 64), ...bad(64)];
    expect(judged(1, steps).verdict).toBe("fail");
    expect(judged(1, steps, [shoppers, other]).verdict).toBe("inconclusive");
  });

  it("judges each workload that promises something, and the worst decides", () => {
    const quiet: WorkloadInfo = { name: "operators", perSecond: 1 };
    expect(judged(1, good(500), [shoppers, quiet]).verdict).toBe("pass");
    const empty: WorkloadInfo = { ...shoppers, name: "nobody" };
    expect(judged(1, good(500), [shoppers, empty])).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("nobody: no operation was due"),
    });
  });

  it("decides nothing when nothing was promised, and refuses a rate that is none", () => {
    expect(judged(1, good(500), [{ name: "shoppers", perSecond: 1 }])).toMatchObject({
      verdict: "inconclusive",
      remedy: expect.stringContaining("slo"),
    });
    expect(refusalOf(errorBudget({ burnAtMost: 0 }))).toMatch(/above 0/);
    const named = errorBudget({ burnAtMost: 1, workloads: ["shopers"] }).judge(evidenceOf(good(500)));
    expect(named).toMatchObject({ verdict: "inconclusive", actual: 'there is no workload "shopers"' });
  });
});
