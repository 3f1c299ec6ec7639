import { describe, expect, it } from "vitest";
import type { Evidence, PlanFacts } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import type { Rest } from "../model/rest.ts";
import { seconds } from "../model/units.ts";
import { comesToRest } from "./comes-to-rest.ts";
import { atRest } from "./testing/at-rest.ts";
import { evidenceOf, scene, standingStill } from "./testing/history.ts";

// The load of the scene ends at 30 s, and its fault is healed at 19 s.

const [breaker, healedMs] = ["the breaker is open", 19_000];
const change = (atMs: number, isOn: boolean, mark = breaker, instance = "api-1"): RunEvent => {
  return { atMs, type: "mark", instance, mark, isOn, value: Number(!isOn) };
};
/** On from and until these times, for each. */
const onAt = (...times: readonly (readonly [fromMs: number, toMs: number])[]): RunEvent[] =>
  times.flatMap(([fromMs, toMs]) => [change(fromMs, true), change(toMs, false)]);

const judged = (events: readonly RunEvent[], changes: Partial<Evidence> = {}, rest: Partial<Rest> = {}) =>
  comesToRest({ marksWithin: seconds(3) }).judge(
    evidenceOf([], { ...changes, events: [...events, { atMs: 32_000, type: "rest", ...atRest, ...rest }] }),
  );

describe("a mark that is on when all is healed", () => {
  it("goes off within its time", () => {
    expect(judged(onAt([12_000, healedMs + 900]))).toMatchObject({
      verdict: "pass",
      actual:
        "at rest 1.2 s after the load ended; 6 marks, none on for more than 3 s after the last heal (the longest for 900 ms); 4 instances ready",
      numbers: { lateMarks: 0, longestMarkMs: 900 },
    });
    expect(judged([]).actual).toContain("6 marks, none on for more than 3 s after the last heal; 4");
  });

  it("breaks the law later, as it goes off unseen for half a second at most", () => {
    expect(judged(onAt([12_000, healedMs + 3500])).verdict).toBe("pass");
    expect(judged(onAt([12_000, healedMs + 3501]))).toMatchObject({
      verdict: "fail",
      phase: "recovery",
      actual: 'api-1: "the breaker is open" was on for 3.5 s after the last heal (allowed: 3 s)',
      numbers: { lateMarks: 1 },
    });
  });

  it("counts from when it comes on, where that is later, and each time anew", () => {
    expect(judged(onAt([12_000, 20_000], [21_000, 24_500])).verdict).toBe("pass");
    expect(judged(onAt([12_000, 20_000], [21_000, 24_501])).actual).toContain(
      "from when it came on after the last heal",
    );
  });

  it("is judged by the load alone: without traffic it may stay on", () => {
    expect(judged(onAt([26_600, 31_900])).verdict).toBe("pass");
    expect(judged(onAt([26_400, 31_900])).verdict).toBe("fail");
  });

  it("to the end breaks it, and a counter, which never falls, does not", () => {
    const on = [{ instance: "api-1", mark: breaker, value: 0, beyond: 1, sinceMs: 28_000 }];
    const found = judged([change(26_000, true)], {}, { marks: { read: 6, on, unread: [] } });
    expect(found).toMatchObject({ verdict: "fail", actual: expect.stringContaining("and to the end (allowed: 3 s)") });
    expect(judged([change(26_000, true)]).verdict).toBe("pass");
  });

  it("is not over when another one goes off", () => {
    const events = [
      ...onAt([12_000, 24_000]),
      change(13_000, true, "the pool is full"),
      change(20_000, false, "the pool is full"),
    ];
    const inOrder = events.toSorted((one, other) => one.atMs - other.atMs);
    expect(judged(inOrder).verdict).toBe("fail");
  });

  it("is one of its instance: another's that goes off is none", () => {
    const events = [
      change(12_000, true),
      change(13_000, true, breaker, "api-2"),
      change(20_000, false, breaker, "api-2"),
    ];
    expect(judged([...events, change(24_000, false)]).actual).toMatch(/^api-1/);
  });
});

describe("it blames no system", () => {
  it("by a mark that is on in the steady phase, too", () => {
    const late = [12_000, 25_000] as const;
    expect(judged(onAt([9_990, 10_010], late)).verdict).toBe("pass");
    expect(judged(onAt([500, 999], late)).verdict).toBe("fail");
    expect(
      judged([...onAt(late), change(5000, true, "the pool is full"), change(5001, false, "the pool is full")]).verdict,
    ).toBe("fail");
  });

  it("by a mark of an instance that was silent meanwhile", () => {
    const health = (atMs: number, is: "silent" | "ready"): RunEvent => {
      return { atMs, type: "health", instance: "api-1", health: is };
    };
    const late = onAt([12_000, 25_000]);
    expect(judged([...late, health(18_000, "silent"), health(19_001, "ready")]).verdict).toBe("pass");
    expect(judged([...late, health(18_000, "silent"), health(18_999, "ready")]).verdict).toBe("fail");
    expect(judged([...late, health(22_001, "silent")]).verdict).toBe("fail");
  });

  it("where the machine stood still, or the load generator was late", () => {
    const late = onAt([12_000, healedMs + 3900]);
    expect(judged(late, standingStill(20_000, 20_300)).verdict).toBe("pass");
    expect(judged(late, standingStill(24_000, 24_300)).verdict).toBe("fail");
    const tainted = [{ fromMs: 20_000, toMs: 20_500, reason: "lag", lagMaxMs: 400 }];
    expect(judged(late, { generator: { ...evidenceOf([]).generator, tainted } }).verdict).toBe("pass");
  });

  it("where a heal was not proven, too little load came after it, or no mark was read", () => {
    const receipts = evidenceOf([]).receipts.map((one) => {
      const unproven: { healProvenMs?: number } & typeof one = { ...one };
      delete unproven.healProvenMs;
      return unproven;
    });
    expect(judged([], { receipts }).actual).toContain("not every fault was proven healed");
    const phases = { ...evidenceOf([]).phases, recovery: { ...scene.recovery, toMs: healedMs + 3400 } };
    expect(judged([], { phases }).actual).toContain("3.4 s of traffic after the last heal do not show");
    expect(judged([], {}, { marks: { read: 0, on: [], unread: [] } }).actual).toContain("no mark was read");
    expect(judged([], { schedule: [], receipts: [] }).verdict).toBe("pass");
  });
});

it("is refused for a plan whose load ends too soon after the last heal", () => {
  const [injection] = evidenceOf([]).schedule;
  const problemsOf = (toMs: number) =>
    comesToRest({ marksWithin: seconds(3) }).problemsIn?.({
      phases: { ...scene, recovery: { fromMs: 20_000, toMs } },
      schedule: [{ ...injection!, atMs: 1000, lastingMs: 8000 }],
    } as unknown as PlanFacts);
  expect(problemsOf(23_000)).toEqual([]);
  expect(problemsOf(22_999)).toMatchObject([{ code: "CANNOT_DECIDE", where: "comesToRest.marksWithin" }]);
});
