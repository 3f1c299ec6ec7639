import { expect, it } from "vitest";
import { noWrongAnswers } from "./no-wrong-answers.ts";
import { evidenceOf, read, type Step } from "./testing/history.ts";

const judged = (steps: readonly Step[], options = {}) => noWrongAnswers(options).judge(evidenceOf(steps));
const wrong = (atMs: number): Step => ({ ...read(atMs, 0, 1), outcome: "wrong" });

it("finds a single wrong answer among many right ones, and shows the first", () => {
  const steps = [...Array.from({ length: 50 }, (_, index) => read(9000 + index, 0, 1)), wrong(12_000), wrong(11_000)];
  const { verdict, witness, numbers, actual } = judged(steps);
  expect(verdict).toBe("fail");
  expect(numbers).toEqual({ answered: 52, wrong: 2 });
  expect(actual).toBe("2 of 52 answers were wrong, the first: wrong");
  expect(witness.map(({ id }) => id)).toEqual([51, 50]);
});

it("takes a refusal, silence and a broken connection for no answer", () => {
  const outcomes = ["rejected", "unknown", "failed"] as const;
  const steps = outcomes.map((outcome, index): Step => ({ ...read(12_000 + index, 0, 1), outcome }));
  expect(judged(steps)).toMatchObject({ verdict: "inconclusive", numbers: { answered: 0 } });
  expect(judged([...steps, read(12_100, 0, 1)])).toMatchObject({ verdict: "pass", numbers: { answered: 1 } });
});

it("leaves out the warm-up, and the operations that are not named", () => {
  expect(judged([wrong(100), read(12_000, 0, 1)]).verdict).toBe("pass");
  expect(judged([wrong(12_000)], { operations: ["search"] }).verdict).toBe("inconclusive");
});
