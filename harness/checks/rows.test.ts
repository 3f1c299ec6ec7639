import { describe, expect, it } from "vitest";
import type { Evidence, TaintedWindow } from "../model/check.ts";
import type { Outcome } from "../model/history.ts";
import { canHaveBeenGood, isTimeout, leastTimeOf, ownTimeOf } from "./rows.ts";
import { evidenceOf, type Step, searches, standingStill } from "./testing/history.ts";

const one = (atMs: number, tookMs: number, outcome: Outcome = "ok"): readonly Step[] =>
  searches(1, atMs, atMs + 1, { tookMs, outcome });
/** Late by so much in the second from 12 to 13, and by far more in one that has nothing to do with it. */
const late = (lagMaxMs?: number): Partial<Evidence> => {
  const { generator } = evidenceOf([]);
  const tainted: readonly TaintedWindow[] = [
    { fromMs: 12_000, toMs: 13_000, reason: "lag", ...(lagMaxMs === undefined ? {} : { lagMaxMs }) },
    { fromMs: 25_000, toMs: 26_000, reason: "lag", lagMaxMs: 900 },
  ];
  return { generator: { ...generator, lagMaxMs: 900, tainted } };
};

describe("what of an operation's time can have been the generator's own", () => {
  it("is the longest lag of the windows in which it was sent and read, and not that of the run", () => {
    expect(ownTimeOf(evidenceOf(one(12_100, 300), late(30)), 0)).toBe(60);
    expect(ownTimeOf(evidenceOf(one(11_900, 300), late(30)), 0)).toBe(30);
    expect(ownTimeOf(evidenceOf(one(12_900, 300), late(30)), 0)).toBe(30);
    // It went on for all of that second, but was sent and read in others.
    expect(ownTimeOf(evidenceOf(one(11_900, 1300), late(30)), 0)).toBe(0);
    expect(ownTimeOf(evidenceOf(one(14_000, 300), late(30)), 0)).toBe(0);
  });

  it("is the lag of the run where a window does not say its own, and never more than the time it took", () => {
    expect(ownTimeOf(evidenceOf(one(12_100, 5000), late()), 0)).toBe(900);
    expect(ownTimeOf(evidenceOf(one(12_100, 300), late()), 0)).toBe(300);
  });

  it("is what the reason says in runs of earlier versions, which tell every lag of more than 50 ms", () => {
    const because = (reason: string): number => {
      const { generator } = evidenceOf([]);
      const tainted = [{ fromMs: 12_000, toMs: 13_000, reason }];
      return ownTimeOf(evidenceOf(one(12_100, 5000), { generator: { ...generator, lagMaxMs: 900, tainted } }), 0);
    };
    expect(because("lag up to 120 ms")).toBe(121);
    expect(because("the generator did not run for 60 ms; the generator did not run for 310 ms; lag up to 300 ms")).toBe(
      311,
    );
    expect(because("lag p99 12.0 ms")).toBe(50);
    expect(because("lag p99 12.0 ms; 3 of 100 operations found the generator full")).toBe(50);
    expect(because("the generator did not run for 60 ms; lag p99 12.0 ms")).toBe(61);
  });

  it("is also what a connection can have been noticed late", () => {
    const evidence = evidenceOf(one(12_100, 500), late(30));
    evidence.history.wireMs[0] = 12_110;
    expect(ownTimeOf(evidence, 0)).toBe(70);
    evidence.history.wireMs[0] = 12_400;
    expect(ownTimeOf(evidence, 0)).toBe(90);
  });

  it("is all of the time that the machine stood still, and as long again", () => {
    const still = standingStill(12_000, 12_300);
    expect(ownTimeOf(evidenceOf(one(11_900, 900), still), 0)).toBe(600);
    expect(ownTimeOf(evidenceOf(one(12_500, 900), still), 0)).toBe(100);
    expect(ownTimeOf(evidenceOf(one(12_700, 900), still), 0)).toBe(0);
  });
});

describe("what an operation can have been without it", () => {
  const can = (step: readonly Step[], changes: Partial<Evidence>, withinMs?: number): boolean =>
    canHaveBeenGood(evidenceOf(step, changes), 0, withinMs);

  it("does not turn 900 ms into 90, and does turn 150 into 90", () => {
    expect(can(one(12_000, 900), late(30), 90)).toBe(false);
    expect(can(one(12_000, 150), late(30), 90)).toBe(true);
    expect(can(one(12_000, 151), late(30), 90)).toBe(false);
    expect(leastTimeOf(evidenceOf(one(12_000, 900), late(30)), 0)).toBe(840);
  });

  it("makes no failure of an answer, unless a tenth of the deadline was lost", () => {
    for (const outcome of ["wrong", "rejected", "failed"] as const) {
      expect(can(one(12_000, 20, outcome), late(500))).toBe(false);
    }
    // The deadline is a second.
    expect(can(one(12_000, 1000, "unknown"), late(30))).toBe(false);
    expect(can(one(11_500, 1000, "unknown"), late(99))).toBe(false);
    expect(can(one(11_500, 1000, "unknown"), late(100))).toBe(true);
    expect(can(one(11_500, 1000, "unknown"), late(100), 899)).toBe(false);
    // A reset is no timeout.
    expect(can(one(12_000, 500, "unknown"), late(300))).toBe(false);
  });

  it("is anything where the generator was full, or the machine stood still", () => {
    expect(can(one(14_000, 0, "overflow"), {}, 1)).toBe(true);
    expect(can(one(12_000, 20, "rejected"), standingStill(12_010, 12_310))).toBe(true);
    expect(can(one(12_000, 20, "rejected"), {})).toBe(false);
    expect(can(one(12_000, 20), {})).toBe(true);
  });

  it("knows a timeout by its deadline, sent or not", () => {
    const timeouts = [one(12_000, 1000, "unknown"), one(12_000, 999.2, "failed"), one(12_000, 998, "failed")];
    expect(timeouts.map((steps) => isTimeout(evidenceOf(steps), 0))).toEqual([true, true, false]);
    expect(isTimeout(evidenceOf(one(12_000, 1000, "rejected")), 0)).toBe(false);
  });
});
