import { expect, it } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { nothingHangs } from "./nothing-hangs.ts";
import { evidenceOf, read, refusalOf, type Step, searches, standingStill } from "./testing/history.ts";

const hung = (atMs: number, rest: Partial<Step> = {}): Step => ({
  ...read(atMs, 0, 1),
  outcome: "unknown",
  tookMs: 1000,
  ...rest,
});
const said = (atMs: number, health: "ready" | "unready" | "silent", instance = "api-1"): RunEvent => ({
  atMs,
  type: "health",
  instance,
  health,
});
const judged = (steps: readonly Step[], events: readonly RunEvent[] = [], options = {}) =>
  nothingHangs(options).judge(evidenceOf(steps, { events }));

it("finds an operation without an answer at its deadline, and names who owed it", () => {
  const { verdict, witness, numbers } = judged([read(12_000, 0, 1), hung(12_100)]);
  expect(verdict).toBe("fail");
  expect(witness).toMatchObject([{ id: 1, violates: true, note: "no answer from api-1 within 1 s" }]);
  expect(numbers).toEqual({ sent: 2, hung: 1, excused: 0 });
});

it("takes refusals, broken connections and what was never sent for no hang", () => {
  const fine: readonly Step[] = [
    read(12_000, 0, 1),
    { ...read(12_100, 0, 1), outcome: "rejected" },
    hung(12_200, { tookMs: 40 }),
    { ...read(12_300, 0, 1), outcome: "failed", tookMs: 1000 },
    hung(200),
  ];
  expect(judged(fine)).toMatchObject({ verdict: "pass", numbers: { sent: 3, hung: 0 } });
});

/** One that was answered: where all are excused, nothing is decided. */
const answered = read(15_000, 0, 1);

it("excuses what was sent to an instance that said that it was not ready, and nobody else", () => {
  const unready = [said(0, "ready"), said(12_500, "unready"), said(14_000, "ready")];
  expect(judged([hung(12_000), answered], unready)).toMatchObject({ verdict: "pass", numbers: { excused: 1 } });
  expect(judged([hung(13_000), answered], unready).verdict).toBe("pass");
  expect(judged([hung(13_500), answered], unready).verdict).toBe("pass");
  expect(judged([hung(14_100), answered], unready).verdict).toBe("fail");
  expect(judged([hung(11_000), answered], unready).verdict).toBe("fail");
  expect(judged([hung(12_000, { target: 1 }), answered], unready).verdict).toBe("fail");
  expect(judged([hung(12_000), answered], [said(0, "ready"), said(12_500, "silent")]).verdict).toBe("fail");
});

it("excuses by the part of the wait in which it was not ready: not for a moment of it", () => {
  // Waits from 12 to 13 s.
  const unreadyFor = (ms: number, fromMs = 12_300) => [
    said(0, "ready"),
    said(fromMs, "unready"),
    said(fromMs + ms, "ready"),
  ];
  expect(judged([hung(12_000), answered], unreadyFor(100)).verdict).toBe("fail");
  expect(judged([hung(12_000), answered], unreadyFor(499)).verdict).toBe("fail");
  expect(judged([hung(12_000), answered], unreadyFor(500)).verdict).toBe("pass");
  // Not ready when it was sent, and soon after that again.
  expect(judged([hung(12_000), answered], unreadyFor(100, 11_950)).verdict).toBe("fail");
  // Twice, and for long enough in all; silence in between is no word.
  const twice = [...unreadyFor(250, 12_100), said(12_360, "silent"), ...unreadyFor(250, 12_400).slice(1)];
  expect(judged([hung(12_000), answered], twice).verdict).toBe("pass");
  expect(
    judged([hung(12_000), answered], [said(0, "ready"), said(12_100, "unready"), said(12_400, "silent")]).verdict,
  ).toBe("fail");
});

it("counts all that hung, and then those of them that are excused", () => {
  const unready = [said(0, "ready"), said(12_000, "unready"), said(14_000, "ready")];
  const steps = [...searches(7, 15_000, 16_000), hung(12_000), hung(12_500), hung(16_000)];
  expect(judged(steps, unready)).toMatchObject({
    verdict: "fail",
    actual:
      "3 of 10 operations had no answer at their deadline, 2 of them while their instance called itself not ready",
    numbers: { sent: 10, hung: 3, excused: 2 },
    witness: [{ id: 9 }],
  });
  expect(judged(steps.slice(0, -1), unready)).toMatchObject({
    verdict: "pass",
    actual: "2 of 9 operations had no answer at their deadline, 2 of them while their instance called itself not ready",
  });
  expect(judged(searches(9, 15_000, 16_000)).actual).toBe("all of 9 operations answered");
});

it("counts who waited the whole deadline for a connection, and not who waited in the generator's own queue", () => {
  const waiting = (dispatchedMs: number, tookMs = 1000, events: readonly RunEvent[] = []) => {
    const evidence = evidenceOf([...searches(9, 15_000, 16_000), hung(12_000, { outcome: "failed", tookMs })], {
      events,
    });
    evidence.history.dispatchedMs[9] = dispatchedMs;
    return nothingHangs().judge(evidence);
  };
  expect(waiting(12_000)).toMatchObject({
    verdict: "fail",
    actual: "1 of 10 operations had no answer at their deadline (1 of them no connection)",
    numbers: { sent: 10, hung: 1, unconnected: 1 },
    witness: [{ note: "no connection to api-1 within 1 s" }],
  });
  expect(waiting(12_500).verdict).toBe("fail");
  expect(waiting(12_501)).toMatchObject({ verdict: "pass", numbers: { sent: 9, hung: 0 } });
  expect(waiting(Number.NaN)).toMatchObject({ verdict: "pass", numbers: { sent: 9 } });
  // Refused is an answer.
  expect(waiting(12_000, 20).verdict).toBe("pass");
  const unready = [said(0, "ready"), said(11_900, "unready"), said(14_000, "ready")];
  expect(waiting(12_000, 1000, unready)).toMatchObject({ verdict: "pass", numbers: { hung: 1, excused: 1 } });
});

it("fails beside a generator that was a little late, and not where that took a tenth of the deadline", () => {
  const lateBy = (lagMaxMs: number) => {
    const tainted = [{ fromMs: 12_000, toMs: 14_000, reason: "lag", lagMaxMs }];
    const generator = { ...evidenceOf([]).generator, tainted };
    return nothingHangs().judge(evidenceOf([...searches(9, 12_000, 13_000), hung(12_000)], { generator })).verdict;
  };
  expect(lateBy(49)).toBe("fail");
  expect(lateBy(50)).toBe("inconclusive");
});

it("allows a share when it is told to, and judges only the operations that are named", () => {
  const many = [...searches(99, 12_000, 13_000), hung(12_000)];
  expect(judged(many).verdict).toBe("fail");
  expect(judged(many, [], { atMost: 0.01 }).verdict).toBe("pass");
  expect(judged(many, [], { atMost: 0.009 }).verdict).toBe("fail");
  expect(judged(many, [], { operations: ["search"] }).verdict).toBe("pass");
  expect(judged(many, [], { operations: ["serach"] }).verdict).toBe("inconclusive");
});

it("does not fail for what was under way while the machine stood still, or was late with what had piled up", () => {
  const heldUp = (fromMs: number, toMs: number, options = {}) => {
    const steps = [...searches(98, 12_000, 13_000), hung(12_000), hung(15_000)];
    return nothingHangs(options).judge(evidenceOf(steps, standingStill(fromMs, toMs)));
  };
  expect(heldUp(12_500, 12_900, { atMost: 0.01 })).toMatchObject({
    verdict: "inconclusive",
    actual: expect.stringContaining("2 of 100 operations had no answer at their deadline, but 1 of them while"),
  });
  // Settled before it, due after it, and when what had piled up was worked off.
  expect(heldUp(13_000, 14_000, { atMost: 0.01 }).verdict).toBe("fail");
  expect(heldUp(13_000, 14_001, { atMost: 0.01 }).verdict).toBe("inconclusive");
  // One is left, and none was allowed.
  expect(heldUp(12_500, 12_900).verdict).toBe("fail");
});

it("decides nothing when nothing was sent, and refuses a share that is none", () => {
  expect(judged([]).verdict).toBe("inconclusive");
  expect(refusalOf(nothingHangs({ atMost: 1 }))).toMatch(/below 1/);
});

it("decides nothing where all that was sent is excused, and allows a share of the rest", () => {
  const unready = [said(11_000, "unready"), said(14_000, "ready")];
  expect(judged([hung(12_000), hung(12_500)], unready)).toMatchObject({
    verdict: "inconclusive",
    numbers: { sent: 2, hung: 2, excused: 2 },
  });
  expect(judged([hung(12_000), read(12_500, 0, 1)], unready).verdict).toBe("pass");
  const excused = Array.from({ length: 900 }, (_, place) => hung(12_000 + place));
  const others = (hanging: number) => [
    ...Array.from({ length: hanging }, (_, place) => hung(16_000 + place)),
    ...searches(100 - hanging, 17_000, 18_000),
  ];
  expect(judged([...excused, ...others(1)], unready, { atMost: 0.01 }).verdict).toBe("pass");
  expect(judged([...excused, ...others(2)], unready, { atMost: 0.01 }).verdict).toBe("fail");
});
