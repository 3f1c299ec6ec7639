import { describe, expect, it } from "vitest";
import { recoversWithin } from "../../checks/recovers-within.ts";
import { evidenceOf, type Step, scene, searches } from "../../checks/testing/history.ts";
import type { Evidence } from "../check.ts";
import { randomFrom } from "../random.ts";
import { milliseconds, seconds } from "../units.ts";
import { recoveryNeeds, recoveryOf, recoveryWordOf } from "./recovery.ts";

const { steady, recovery, healedMs, injectedMs } = scene;

/** A hundred operations a second; those that are due in an interval are refused. */
const runWith = (...outages: readonly (readonly [fromMs: number, toMs: number])[]): Step[] =>
  searches(2900, steady.fromMs, recovery.toMs).map((step) =>
    outages.some(([fromMs, toMs]) => step.atMs >= fromMs && step.atMs < toMs) ? { ...step, outcome: "rejected" } : step,
  );
const recoveryOfRun = (steps: readonly Step[], changes: Partial<Evidence> = {}) =>
  recoveryOf(evidenceOf(steps, changes));

describe("the recovery of a run", () => {
  it("keeps apart what never left, what was back at once, what came back, what fell again and what never came back", () => {
    const never = recoveryOfRun(runWith());
    expect(never).toMatchObject({ hasLeft: false, fromHealMs: 0, fromInjectMs: 8000, bad: [], watchedMs: 11_000 });
    expect(recoveryWordOf(never)).toBe("not needed");
    const atOnce = recoveryOfRun(runWith([injectedMs, healedMs]));
    expect(atOnce).toMatchObject({ hasLeft: true, fromHealMs: 0, bad: [] });
    expect(recoveryWordOf(atOnce)).toBe("back");
    const back = recoveryOfRun(runWith([injectedMs, healedMs + 1230]));
    expect(back).toMatchObject({ hasLeft: true, fromHealMs: 1230, fromInjectMs: 9230 });
    expect(back).not.toHaveProperty("relapsedMs");
    const again = recoveryOfRun(runWith([injectedMs, healedMs + 500], [healedMs + 6000, healedMs + 6400]));
    expect(again).toMatchObject({ hasLeft: true, fromHealMs: 6400, relapsedMs: 6000 });
    const down = recoveryOfRun(runWith([injectedMs, recovery.toMs]));
    expect(down).toMatchObject({ hasLeft: true, fromHealMs: null, fromInjectMs: null });
    expect(recoveryWordOf(down)).toBe("not back");
    expect(recoveryWordOf(recoveryOfRun(runWith(), { receipts: [] }))).toBe("not known");
  });

  it("says for few operations that it came back, when it was good for long since", () => {
    const slowly = searches(290, steady.fromMs, recovery.toMs);
    const refused = (toMs: number) =>
      slowly.map((step) =>
        step.atMs >= injectedMs && step.atMs < toMs ? { ...step, outcome: "rejected" as const } : step,
      );
    expect(recoveryOfRun(refused(healedMs + 8500))?.fromHealMs).toBe(8500);
    expect(recoveryOfRun(refused(healedMs + 10_500))?.fromHealMs).toBeNull();
  });

  it("takes the slow for not recovered, each operation by its own steady latency", () => {
    const steps = runWith().map((step, index): Step => {
      if (index % 2 === 0) return { ...step, tookMs: 400 };
      // A login takes 400 ms; what takes that long now took 5 ms before.
      return { ...step, operation: "read", tookMs: step.atMs >= injectedMs ? 400 : 5 };
    });
    expect(recoveryOfRun(steps)).toMatchObject({ hasLeft: true, fromHealMs: null });
  });

  it("counts from the last of several receipts of one place", () => {
    const { receipts } = evidenceOf([]);
    const twice = { receipts: [receipts[0]!, { ...receipts[0]!, healProvenMs: healedMs + 2000 }] };
    expect(recoveryOfRun(runWith([injectedMs, healedMs + 2500]), twice)?.fromHealMs).toBe(500);
  });

  it("says nothing where nothing was due after the heal, or the load had ended by then", () => {
    expect(recoveryOfRun(runWith().filter(({ atMs }) => atMs < healedMs))).toBeUndefined();
    const { phases } = evidenceOf([]);
    const short = { phases: { ...phases, recovery: { fromMs: 18_000, toMs: 18_900 } } };
    expect(recoveryOfRun(runWith(), short)).toBeUndefined();
  });
});

describe("what it takes to tell", () => {
  const perSecond = 100;
  /** Until so many ms after the bound of 3 s. */
  const lasting = (afterMs: number) => {
    const { phases } = evidenceOf([]);
    const toMs = healedMs + 3000 + afterMs;
    return evidenceOf(runWith(), { phases: { ...phases, recovery: { fromMs: recovery.fromMs, toMs } } });
  };

  it("is what the check itself needs, to the operation", () => {
    const { operations, afterMs } = recoveryNeeds(perSecond);
    expect([operations, afterMs]).toEqual([59, 590]);
    expect(recoversWithin(seconds(3)).judge(lasting(afterMs)).verdict).toBe("pass");
    expect(recoversWithin(seconds(3)).judge(lasting(afterMs - 10)).verdict).toBe("inconclusive");
  });

  it("grows as the rate falls", () => {
    expect(recoveryNeeds(10).afterMs).toBe(5900);
    expect(recoveryNeeds(0.5).afterMs).toBe(118_000);
  });
});

describe("the errors of recoversWithin", { timeout: 120_000 }, () => {
  /** A run whose operations are ok by chance: so many of the steady phase's, and so many after the heal. */
  const byChance = (seed: string, steadyShare: number, afterShare: number, perSecond: number): Evidence => {
    const random = randomFrom(seed);
    const steps = searches(29 * perSecond, steady.fromMs, recovery.toMs).map((step, index): Step => {
      const share = step.atMs >= healedMs ? afterShare : steadyShare;
      return random.at(index) < share ? step : { ...step, outcome: "rejected" };
    });
    return evidenceOf(steps);
  };

  it("are at most 5 % of each kind where the truth is exactly at the threshold, the steady phase known from a sample", () => {
    const runs = 400;
    const allowed = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);
    for (const [steadyShare, perSecond] of [
      [1, 30],
      [0.98, 30],
      [0.9, 60],
    ] as const) {
      const counts = { pass: 0, fail: 0, inconclusive: 0 };
      for (let run = 0; run < runs; run += 1) {
        const evidence = byChance(`${steadyShare} ${run}`, steadyShare, 0.95 * steadyShare, perSecond);
        counts[recoversWithin(milliseconds(1000)).judge(evidence).verdict] += 1;
      }
      expect(counts.fail / runs, `failed at ${steadyShare}`).toBeLessThanOrEqual(allowed);
      expect(counts.pass / runs, `passed at ${steadyShare}`).toBeLessThanOrEqual(allowed);
    }
  });
});
