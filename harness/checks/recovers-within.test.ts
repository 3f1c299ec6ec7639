import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { recoversWithin } from "./recovers-within.ts";
import { evidenceOf, type Step, scene, searches, standingStill } from "./testing/history.ts";

const { steady, recovery, healedMs, injectedMs } = scene;

/** A hundred operations a second through the whole run, of which those in an interval were not ok. */
function runWith(...outages: readonly (readonly [fromMs: number, toMs: number])[]): Step[] {
  return searches(2900, steady.fromMs, recovery.toMs).map((step) =>
    outages.some(([fromMs, toMs]) => step.atMs >= fromMs && step.atMs < toMs)
      ? { ...step, outcome: "unknown", detail: "no answer within the deadline" }
      : step,
  );
}

const judged = (steps: readonly Step[], changes: Partial<Evidence> = {}) =>
  recoversWithin(seconds(3)).judge(evidenceOf(steps, changes));

describe("recovers within", { timeout: 60_000 }, () => {
  it("passes a run that is back in time, and fails its twin that is not", () => {
    const back = judged(runWith([injectedMs, healedMs + 1500]));
    expect(back).toMatchObject({ verdict: "pass", phase: "recovery", numbers: { recoveryMs: 1500 } });
    expect(back.actual).toBe("back 1.5 s after the heal");
    const late = judged(runWith([injectedMs, healedMs + 4500]));
    expect(late.verdict).toBe("fail");
    expect(late.actual).toBe("back only after 4.5 s");
    expect(late.witness).toHaveLength(10);
    expect(late.witness[0]).toMatchObject({ outcome: "unknown", fromFaultMs: healedMs + 3000 - injectedMs });
    expect(late.witness[0]?.note).toBe("no answer within the deadline, 3 s after the heal");
  });

  it("draws the line at the bound itself", () => {
    expect(judged(runWith([injectedMs, healedMs + 3000])).verdict).toBe("pass");
    expect(judged(runWith([injectedMs, healedMs + 3300])).verdict).toBe("fail");
  });

  it("fails what never comes back", () => {
    const never = judged(runWith([injectedMs, recovery.toMs]));
    expect(never).toMatchObject({ verdict: "fail", numbers: { recoveryMs: null } });
    expect(never.actual).toBe("not back 11 s after the heal");
  });

  it("fails what comes back and falls again", () => {
    const relapse = judged(runWith([injectedMs, healedMs + 500], [healedMs + 6000, healedMs + 7000]));
    expect(relapse.verdict).toBe("fail");
    expect(relapse.actual).toBe("back only after 7 s: it was back before, and fell again at 6 s");
  });

  it("fails what comes back only to nine tenths", () => {
    const limping = runWith().map((step, index) =>
      step.atMs > healedMs && index % 10 === 0 ? { ...step, outcome: "rejected" as const } : step,
    );
    expect(judged(limping)).toMatchObject({ verdict: "fail", numbers: { recoveryMs: null } });
  });

  it("takes a few slow answers for no relapse", () => {
    const few = runWith().map((step, index) =>
      step.atMs > healedMs && index % 60 === 0 ? { ...step, outcome: "unknown" as const } : step,
    );
    expect(judged(few).verdict).toBe("pass");
  });

  it("is inconclusive when it cannot tell 95 % from a little less", () => {
    const near = runWith().map((step, index) =>
      step.atMs > healedMs && index % 20 === 0 ? { ...step, outcome: "rejected" as const } : step,
    );
    expect(judged(near).verdict).toBe("inconclusive");
  });

  it("compares with the run's own steady phase", () => {
    const poor = runWith().map((step, index) => (index % 10 === 0 ? { ...step, outcome: "rejected" as const } : step));
    expect(judged(poor).verdict).toBe("pass");
    expect(judged(runWith([0, recovery.toMs])).verdict).toBe("inconclusive");
    expect(judged(runWith().filter(({ atMs }) => atMs >= steady.toMs)).verdict).toBe("inconclusive");
  });

  it("passes a fault that never showed, and says so", () => {
    expect(judged(runWith())).toMatchObject({ verdict: "pass", actual: "it never left its steady state" });
  });

  it("is inconclusive without a proven heal of every place", () => {
    const { receipts, schedule } = evidenceOf([]);
    const { healProvenMs: _, ...unproven } = receipts[0]!;
    const unhealed = judged(runWith(), { receipts: [unproven] });
    expect(unhealed).toMatchObject({
      verdict: "inconclusive",
      actual: 'there is no proof that "partition api->cache" was healed',
    });
    expect(judged(runWith(), { receipts: [] }).verdict).toBe("inconclusive");
    expect(judged(runWith(), { schedule: [{ ...schedule[0]!, acts: ["api->cache", "api-2->cache"] }] }).verdict).toBe(
      "inconclusive",
    );
    expect(judged(runWith(), { schedule: [] }).verdict).toBe("inconclusive");
  });

  it("counts from the last heal", () => {
    const { receipts, schedule } = evidenceOf([]);
    const second = { ...receipts[0]!, on: "api-2->cache", healProvenMs: healedMs + 2000 };
    const both = {
      receipts: [...receipts, second],
      schedule: [{ ...schedule[0]!, acts: ["api->cache", "api-2->cache"] }],
    };
    expect(judged(runWith([injectedMs, healedMs + 4500]), both).verdict).toBe("pass");
  });

  it("is inconclusive when the recovery phase ends too early", () => {
    const { phases } = evidenceOf([]);
    const short = (toMs: number) => ({ phases: { ...phases, recovery: { fromMs: recovery.fromMs, toMs } } });
    const early = judged(runWith(), short(healedMs + 2500));
    expect(early.actual).toContain("ended 2.5 s after the heal, too early to tell");
    expect(early.remedy).toBe("Make phases.recovery at least 2 s longer, or allow less time.");
    expect(judged(runWith(), short(healedMs + 3200)).actual).toContain("too few operations");
    expect(judged(runWith(), short(healedMs + 3600)).verdict).toBe("pass");
    const { recovery: _, ...without } = phases;
    expect(judged(runWith(), { phases: without }).verdict).toBe("inconclusive");
  });

  it("does not hold against the system what the generator's lateness can have added, and no less than that", () => {
    const slowBy = (tookMs: number) =>
      runWith().map((step) =>
        step.atMs >= healedMs + 5000 && step.atMs < healedMs + 5600 ? { ...step, tookMs } : step,
      );
    const { generator } = evidenceOf([]);
    const tainted = (fromMs: number) => ({
      generator: { ...generator, lagMaxMs: 30, tainted: [{ fromMs, toMs: fromMs + 1100, reason: "lag p99 20 ms" }] },
    });
    expect(judged(slowBy(60)).verdict).toBe("fail");
    const doubtful = judged(slowBy(60), tainted(healedMs + 4900));
    expect(doubtful.verdict).toBe("inconclusive");
    expect(doubtful.actual).toContain("the load generator was late itself");
    expect(judged(slowBy(60), tainted(healedMs + 7000)).verdict).toBe("fail");
    expect(judged(slowBy(900), tainted(healedMs + 4900)).verdict).toBe("fail");
    expect(judged(runWith(), tainted(healedMs + 4900)).verdict).toBe("pass");
  });

  it("passes only what passes as it was recorded, too", () => {
    const { generator } = evidenceOf([]);
    const busy = { generator: { ...generator, lagMaxMs: 30, tainted: [{ ...recovery, reason: "lag p99 20 ms" }] } };
    const slowIf = (isSlow: (sinceHealMs: number, index: number) => boolean) =>
      runWith().map((step, index) => (isSlow(step.atMs - healedMs, index) ? { ...step, tookMs: 60 } : step));
    // No stretch is below, but all together is too near the threshold as it was recorded.
    const often = slowIf((sinceMs, index) => sinceMs > 3000 && index % 22 === 0);
    expect(judged(often, busy)).toMatchObject({ verdict: "inconclusive", numbers: { recoveryMs: 0 } });
    // All together is well above, but one stretch is below as it was recorded.
    const atOnce = slowIf((sinceMs) => sinceMs >= 6000 && sinceMs < 6250);
    expect(judged(atOnce, busy)).toMatchObject({ verdict: "inconclusive", numbers: { recoveryMs: 0 } });
    expect(judged(atOnce, busy).actual).toContain("back only after 6.25 s, but the load generator was late itself");
    expect(judged(atOnce).verdict).toBe("fail");
  });

  it("fails on a busy machine what failed everything after the heal", () => {
    const { generator } = evidenceOf([]);
    const busy = { generator: { ...generator, lagMaxMs: 30, tainted: [{ ...recovery, reason: "lag p99 20 ms" }] } };
    expect(judged(runWith([injectedMs, recovery.toMs]), busy).verdict).toBe("fail");
  });

  it("decides nothing by what was under way while the machine stood still", () => {
    const steps = runWith([healedMs + 5000, healedMs + 5600]);
    const still = judged(steps, standingStill(healedMs + 4990, healedMs + 5590));
    expect(still.verdict).toBe("inconclusive");
    expect(still.actual).toContain("the machine stood still");
    expect(still.numbers["recoveryMs"]).toBe(0);
    expect(judged(steps, standingStill(healedMs + 7000, healedMs + 7600)).verdict).toBe("fail");
  });

  it("fails what is slow for ever, though all of it is ok", () => {
    const slow = runWith([injectedMs, healedMs]).map((step) =>
      step.atMs >= healedMs ? { ...step, tookMs: 800 } : step,
    );
    const never = judged(slow);
    expect(never).toMatchObject({ verdict: "fail", numbers: { recoveryMs: null, afterGoodRatio: 0 } });
    expect(never.actual).toBe("not back 11 s after the heal");
    expect(never.witness[0]?.note).toBe("ok, but only after 800 ms (at most 25 ms), 3 s after the heal");
    const twin = slow.map((step) => (step.atMs >= healedMs + 2900 ? { ...step, tookMs: 20 } : step));
    expect(judged(twin)).toMatchObject({ verdict: "pass", numbers: { recoveryMs: 2900 } });
  });

  it("holds a workload to its own promise, where it made one", () => {
    const slow = runWith().map((step) => (step.atMs >= healedMs ? { ...step, tookMs: 250 } : step));
    const promising = (withinMs: number) => ({
      workloads: [{ name: "shoppers", perSecond: 100, slo: { availability: 0.99, withinMs } }],
    });
    expect(judged(slow).verdict).toBe("fail");
    expect(judged(slow, promising(300)).verdict).toBe("pass");
    expect(judged(slow, promising(249)).verdict).toBe("fail");
    const fast = runWith().map((step) => ({ ...step, tookMs: 100 }));
    expect(judged(fast, promising(90)).actual).toBe(
      "no operation of the steady phase was ok within the time that is promised, so there is nothing to compare with",
    );
  });

  it("fails what flaps, however fast or slowly, and passes its twin that does not", () => {
    for (const periodMs of [40, 100, 250, 700, 2000, 5000]) {
      const flapping = runWith().map((step) =>
        step.atMs >= healedMs && step.atMs % periodMs < periodMs / 5 ? { ...step, outcome: "rejected" as const } : step,
      );
      expect(judged(flapping).verdict, `every ${periodMs} ms`).toBe("fail");
    }
    const rare = runWith().map((step, index) =>
      step.atMs >= healedMs && index % 50 === 0 ? { ...step, outcome: "rejected" as const } : step,
    );
    expect(judged(rare).verdict).toBe("pass");
  });

  it("fails what limps for a while after the bound, and passes its twin that limps before", () => {
    const limping = (fromMs: number, toMs: number) =>
      runWith().map((step, index) =>
        step.atMs >= healedMs + fromMs && step.atMs < healedMs + toMs && index % 7 === 0
          ? { ...step, outcome: "rejected" as const }
          : step,
      );
    expect(judged(limping(4000, 7500)).verdict).toBe("fail");
    expect(judged(limping(0, 2900)).verdict).toBe("pass");
  });

  it("fails a workload that never came back, however few of all operations it has", () => {
    const { operations } = evidenceOf([]);
    const few = {
      operations: operations.map((one) => (one.name === "order" ? { ...one, workload: "buyers" } : one)),
      workloads: [
        { name: "shoppers", perSecond: 97 },
        { name: "buyers", perSecond: 3 },
      ],
    };
    const mixed = (isDown: boolean): Step[] =>
      runWith().map((step, index) =>
        index % 33 === 0
          ? { ...step, operation: "order", ...(isDown && step.atMs >= injectedMs ? { outcome: "rejected" } : {}) }
          : step,
      );
    const down = judged(mixed(true), few);
    expect(down).toMatchObject({ verdict: "fail", numbers: { recoveryMs: null } });
    expect(down.actual).toBe("not back 11 s after the heal (operations of buyers)");
    expect(judged(mixed(false), few).verdict).toBe("pass");
  });

  it("counts as steady what ended before the first injection only", () => {
    // What was under way then was answered late by the fault: it makes no slow answer normal.
    const steps = runWith().map((step) =>
      step.atMs < steady.toMs && step.atMs >= steady.toMs - 2000
        ? { ...step, tookMs: 5000 }
        : step.atMs >= healedMs
          ? { ...step, tookMs: 800 }
          : step,
    );
    expect(judged(steps).verdict).toBe("fail");
  });

  it("passes whatever happens before the bound, and finds an outage of a second after it", () => {
    const anyTime = fc.integer({ min: injectedMs, max: healedMs + 3000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(anyTime, anyTime), { maxLength: 4 }), fc.nat(7000), (outages, lateMs) => {
        const early = outages.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        expect(judged(runWith(...early)).verdict).toBe("pass");
        const fromMs = healedMs + 3000 + lateMs;
        expect(judged(runWith(...early, [fromMs, fromMs + 1000])).verdict).toBe("fail");
      }),
      { numRuns: 60 },
    );
  });

  it("is called by its bound", () => {
    expect(recoversWithin(milliseconds(750)).title).toBe("recovers within 750 ms");
  });
});
