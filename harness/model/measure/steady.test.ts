import { describe, expect, it } from "vitest";
import { availability } from "../../checks/availability.ts";
import { latencyWithin } from "../../checks/latency-within.ts";
import { evidenceOf, searches } from "../../checks/testing/history.ts";
import { milliseconds } from "../units.ts";
import { absorptionOf } from "./severity.ts";
import { answersSinceFault, isSteadyOf, steadyAnswers } from "./steady.ts";

const inject = { atMs: 10_000, type: "inject", injection: "i1", title: "kill" } as const;
const broken = { tookMs: 105, outcome: "unknown", detail: "other side closed" } as const;
/** 890 quick ones and ten that the fault at the end of the phase broke; then nine seconds without an answer. */
const spanning = evidenceOf(
  [
    ...searches(890, 1000, 9900, { tookMs: 100 }),
    ...searches(10, 9900, 10_000, broken),
    ...searches(900, 10_000, 19_000, { outcome: "failed" }),
    ...searches(1100, 19_000, 30_000),
  ],
  { events: [inject] },
);

describe("steady", () => {
  it("is what ended before the first injection; what was under way then belongs to the fault", () => {
    expect(steadyAnswers(spanning)).toEqual({ total: 890, ok: 890 });
    expect(answersSinceFault(spanning)).toEqual({ total: 2010, ok: 1100 });
  });

  it("is the whole phase where nothing was injected", () => {
    expect(steadyAnswers({ ...spanning, events: [] })).toEqual({ total: 900, ok: 890 });
  });

  it("counts what failed before it, and what was never answered by its deadline", () => {
    const { total, ok } = steadyAnswers({ ...spanning, events: [{ ...inject, atMs: 10_200 }] });
    expect([total, ok]).toEqual([900, 890]);
    const hung = { tookMs: 1000, outcome: "unknown" } as const;
    const evidence = evidenceOf([...searches(1, 8999, 9000, hung), ...searches(1, 9001, 9002, hung)], {
      events: [inject],
    });
    const isSteady = isSteadyOf(evidence);
    expect([isSteady(0), isSteady(1)]).toEqual([true, false]);
  });

  it("is the same for each check that compares with it; a check of the phase itself has all that was due in it", () => {
    const told = availability({ atLeast: 0.5, ofSteady: 0.5 }).judge(spanning).numbers;
    expect(told).toMatchObject({ steadyShare: 1, total: 2000 });
    expect(availability({ atLeast: 0.5, phases: ["steady"] }).judge(spanning).numbers).toMatchObject({
      total: 900,
      ok: 890,
    });
    const slow = { tookMs: 200 };
    const before = searches(1000, 1000, 9000, slow);
    // These were still under way when it began.
    const met = searches(300, 9600, 9900, { tookMs: 900 });
    const after = searches(1000, 11_000, 20_000, { tookMs: 500 });
    const latency = latencyWithin({ p99: milliseconds(10_000), ofSteady: 2 });
    expect(latency.judge(evidenceOf([...before, ...met, ...after], { events: [inject] })).verdict).toBe("fail");
    const ended = met.map((step) => ({ ...step, atMs: step.atMs - 1500 }));
    expect(latency.judge(evidenceOf([...before, ...ended, ...after], { events: [inject] })).verdict).not.toBe("fail");
  });

  it("ends where the run was stopped in it", () => {
    expect(steadyAnswers(spanning, 5000).total).toBe(390);
  });

  it("is the same for what a fault absorbed: what it broke itself is no control", () => {
    const receipts = spanning.receipts.map((one) => ({ ...one, requestedMs: 10_000, provenMs: 10_005 }));
    const crossed = { ...spanning, receipts };
    const { total, ok } = answersSinceFault(crossed);
    const absorbed = absorptionOf(crossed)!;
    expect(absorbed.share).toBeCloseTo(1 - (total - ok) / absorbed.crossed, 10);
  });
});
