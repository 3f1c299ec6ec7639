import { describe, expect, it } from "vitest";
import { evidenceOf, searches } from "../../checks/testing/history.ts";
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
