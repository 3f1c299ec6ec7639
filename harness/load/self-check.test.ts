import { describe, expect, it } from "vitest";
import { SelfCheck } from "./self-check.ts";

const startMs = 5000;

/** A hundred operations in each second, each taken up as late as `lagMs` says. */
function checked(
  seconds: number,
  lagMs: (index: number) => number,
  isOverflow: (index: number) => boolean = () => false,
) {
  const check = new SelfCheck(startMs);
  for (let index = 0; index < seconds * 100; index += 1) {
    const intendedMs = startMs + index * 10;
    check.awake(intendedMs);
    check.took(intendedMs, intendedMs + lagMs(index), isOverflow(index));
  }
  return check.report();
}

describe("the generator's self-check", () => {
  it("was never late when there was nothing to do", () => {
    expect(checked(0, () => 0)).toEqual({ lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, tainted: [], standstills: [] });
  });

  it("trusts a generator that is a little late, and says how much", () => {
    const report = checked(3, (index) => (index % 2 === 0 ? 1 : 2));
    expect(report.tainted).toEqual([]);
    expect(report.lagP50Ms).toBeCloseTo(1, 2);
    expect(report.lagP99Ms).toBeCloseTo(2, 2);
    expect(report.lagMaxMs).toBe(2);
  });

  it("taints the second in which more than one in a hundred was more than 5 ms late", () => {
    expect(checked(3, (index) => (index === 150 ? 40 : 1)).tainted).toEqual([]);
    expect(checked(3, (index) => (index === 150 || index === 151 ? 6 : 1)).tainted).toEqual([
      { fromMs: 6000, toMs: 7000, reason: "lag p99 6 ms", lagMaxMs: 10 },
    ]);
  });

  it("taints the second in which anything was more than 50 ms late, the last one too", () => {
    expect(checked(3, (index) => (index === 299 ? 51 : 1)).tainted).toEqual([
      { fromMs: 7000, toMs: 8000, reason: "lag up to 51 ms", lagMaxMs: 51 },
    ]);
  });

  it("taints the second in which an operation found no room", () => {
    expect(
      checked(
        2,
        () => 1,
        (index) => index === 20,
      ).tainted,
    ).toEqual([{ fromMs: 5000, toMs: 6000, reason: "1 of 100 operations found the generator full", lagMaxMs: 10 }]);
  });

  it("taints every second that a stall touches, though nothing was due", () => {
    const check = new SelfCheck(startMs);
    for (const atMs of [5000, 5020, 5070, 5080, 7100, 7120]) check.awake(atMs);
    const reason = "the generator did not run for 2.02 s";
    expect(check.report().tainted).toEqual([
      { fromMs: 5000, toMs: 6000, reason, lagMaxMs: 2020 },
      { fromMs: 6000, toMs: 7000, reason, lagMaxMs: 2020 },
      { fromMs: 7000, toMs: 8000, reason, lagMaxMs: 2020 },
    ]);
  });

  it("gives each tainted window the longest lag of its own, not that of the run", () => {
    const late: Readonly<Record<number, number>> = { 20: 60, 130: 300, 131: 80, 299: 51 };
    const longest = checked(4, (index) => late[index] ?? 1).tainted.map(({ fromMs, lagMaxMs }) => [fromMs, lagMaxMs]);
    expect(longest).toEqual([
      [5000, 60],
      [6000, 300],
      [7000, 51],
    ]);
  });

  it("tells when it did not run for a fifth of a second", () => {
    const check = new SelfCheck(startMs);
    for (const atMs of [5000, 5199, 5399, 5410, 7100]) check.awake(atMs);
    expect(check.report().standstills).toEqual([
      { fromMs: 5199, toMs: 5399 },
      { fromMs: 5410, toMs: 7100 },
    ]);
  });
});
