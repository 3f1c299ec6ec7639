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
  expect(witness).toMatchObject([{ id: 1, violates: true, note: "no answer from api-1 within 1000 ms" }]);
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

it("excuses what was sent to an instance that said that it was not ready, and nobody else", () => {
  const unready = [said(0, "ready"), said(12_500, "unready"), said(14_000, "ready")];
  expect(judged([hung(12_000)], unready)).toMatchObject({ verdict: "pass", numbers: { excused: 1 } });
  expect(judged([hung(13_000)], unready).verdict).toBe("pass");
  expect(judged([hung(13_500)], unready).verdict).toBe("pass");
  expect(judged([hung(14_100)], unready).verdict).toBe("fail");
  expect(judged([hung(11_000)], unready).verdict).toBe("fail");
  expect(judged([hung(12_000, { target: 1 })], unready).verdict).toBe("fail");
  expect(judged([hung(12_000)], [said(0, "ready"), said(12_500, "silent")]).verdict).toBe("fail");
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
