import { describe, expect, it } from "vitest";
import { evidenceOf, type Step, scene, searches } from "../../checks/testing/history.ts";
import type { Evidence } from "../check.ts";
import type { RunEvent } from "../events.ts";
import { burnOf } from "./error-budget.ts";
import { figuresOf } from "./figures.ts";
import { meanRange } from "./mean-range.ts";
import { samplesFor, wilson } from "./proportion.ts";
import { recoveryWordOf } from "./recovery.ts";

// A fault at 11 s, healed at 19 s; phases of 9, 10 and 10 s; 100 operations a second.
const { steady, faults, recovery, injectedMs, healedMs } = scene;
const quiet = searches(900, steady.fromMs, steady.toMs);
const figures = (steps: readonly Step[], changes: Partial<Evidence> = {}) => figuresOf(evidenceOf(steps, changes));
/** All operations of faults and recovery; those that are due in the stretch are refused. */
const refusedIn = (fromMs: number, toMs: number): readonly Step[] =>
  searches(2000, faults.fromMs, recovery.toMs).map((step) =>
    step.atMs >= fromMs && step.atMs < toMs ? { ...step, outcome: "rejected" } : step,
  );

describe("the figures of a run", () => {
  it("a fault that nobody notices: no impact, no amplification, all absorbed, recovered at once", () => {
    const found = figures([...quiet, ...refusedIn(0, 0)]);
    expect(found).toMatchObject({
      timeToImpactMs: null,
      amplification: 0,
      absorption: { share: 1, crossed: 801 },
      recovery: { fromHealMs: 0, fromInjectMs: 8000, watchedMs: 11_000 },
      availability: { steady: 1, faults: 1, recovery: 1 },
    });
    expect(found.absorption?.range.lower).toBeGreaterThan(0.99);
  });

  it("a fault that is an outage: impact at its first refusal, amplification 1, nothing absorbed", () => {
    const found = figures([...quiet, ...refusedIn(injectedMs, healedMs)]);
    expect(found.timeToImpactMs).toBe(5);
    expect(found.amplification).toBeCloseTo(1, 2);
    expect(found.absorption?.share).toBeLessThan(0.005);
    expect(found.recovery?.fromHealMs).toBe(0);
    expect(found.availability.faults).toBeCloseTo(0.2, 6);
  });

  it("an outage that outlives its fault: amplification above 1, recovery when it is over", () => {
    const found = figures([...quiet, ...refusedIn(12_000, 23_000)]);
    expect(found.timeToImpactMs).toBe(1005);
    expect(found.amplification).toBeCloseTo(11 / 8, 2);
    expect(found.recovery?.fromHealMs).toBeGreaterThanOrEqual(3600);
    expect(found.recovery?.fromHealMs).toBeLessThanOrEqual(4300);
    const never = figures([...quiet, ...refusedIn(12_000, 30_000)]);
    expect(never.recovery).toMatchObject({ fromHealMs: null, fromInjectMs: null, watchedMs: 11_000 });
  });

  it("is not back while it is slow, even when everything is ok", () => {
    const slow = searches(2000, faults.fromMs, recovery.toMs).map((step) =>
      step.atMs >= 12_000 && step.atMs < 22_000 ? { ...step, tookMs: 60 } : step,
    );
    expect(figures([...quiet, ...slow]).recovery?.fromHealMs).toBeGreaterThanOrEqual(2700);
  });

  it("tells apart what never came back, what was not needed, what came back and what cannot be told", () => {
    const word = (steps: readonly Step[], changes: Partial<Evidence> = {}) => {
      return recoveryWordOf(figures([...quiet, ...steps], changes).recovery);
    };
    expect(word(refusedIn(0, 0))).toBe("not needed");
    expect(word(refusedIn(injectedMs, healedMs))).toBe("back");
    expect(word(refusedIn(12_000, 30_000))).toBe("not back");
    const slow = refusedIn(0, 0).map((step) => (step.atMs < 22_000 ? { ...step, tookMs: 60 } : step));
    expect(word(slow)).toBe("back");
    expect(word(refusedIn(0, 0), { receipts: [] })).toBe("not known");
  });

  it("tells when the system itself noticed", () => {
    const inject = evidenceOf([]).events;
    const health = (atMs: number, said: "ready" | "unready"): RunEvent => ({
      atMs,
      type: "health",
      instance: "api-1",
      health: said,
    });
    const told = (...events: readonly RunEvent[]) => figures(quiet, { events: [...inject, ...events] }).timeToDetectMs;
    expect(told(health(0, "ready"), health(11_700, "unready"), health(19_500, "ready"))).toBe(700);
    expect(told(health(0, "ready"))).toBeNull();
    expect(told()).toBeUndefined();
  });

  it("counts as goodput what was ok within the promise, workload by workload", () => {
    const slo = { availability: 0.99, withinMs: 300 };
    const late = refusedIn(0, 0).map((step, index) => (index % 50 === 0 ? { ...step, tookMs: 301 } : step));
    const found = figures([...quiet, ...late], { workloads: [{ name: "shoppers", perSecond: 100, slo }] });
    const [shoppers] = found.workloads;
    expect(shoppers?.phases.steady).toMatchObject({ intended: 900, good: 900, perSecond: 100, burn: 0 });
    expect(shoppers?.phases.faults).toMatchObject({ intended: 1000, good: 980, perSecond: 98 });
    expect(shoppers?.phases.faults?.burn).toBeCloseTo(2, 6);
  });

  it("says nothing where the run cannot tell", () => {
    const nothing = figures([], { schedule: [], receipts: [], events: [], phases: {} });
    expect(nothing).toMatchObject({ availability: {}, workloads: [{ phases: {} }] });
    expect([nothing.timeToImpactMs, nothing.recovery, nothing.amplification, nothing.absorption]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("statistics", () => {
  it("burns 1 at the promise, 0 without a failure, and ten times as fast at ten times the failures", () => {
    expect([burnOf(0.999, 0.999), burnOf(1, 0.999)]).toEqual([1, 0]);
    expect(burnOf(0.99, 0.999)).toBeCloseTo(10, 9);
  });

  it("bounds the rate of failures by 3/n when there was none", () => {
    for (const count of [100, 1000, 10_000]) expect(1 - wilson(count, count).lower).toBeLessThan(3 / count);
    expect([samplesFor(0.99), samplesFor(0.999)]).toEqual([300, 3000]);
  });

  it("gives Student's interval of a mean, by the table", () => {
    // Three values with a standard deviation of 1: t(2) = 2.92, over √3.
    const { mean, range } = meanRange([9, 10, 11]);
    expect(mean).toBe(10);
    expect(range.upper).toBeCloseTo(10 + 2.92 / Math.sqrt(3), 9);
    expect(range.lower).toBeCloseTo(10 - 2.92 / Math.sqrt(3), 9);
  });
});
