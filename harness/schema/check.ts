import { z } from "zod";
import type { Check } from "../model/check.ts";
import { describeProblem, type Problem } from "../model/errors.ts";
import { type CheckResult, type Guards, verdicts } from "../model/verdict.ts";
import { callable, choice, hinted, text } from "./fields.ts";
import { ofAnyClass } from "./objects.ts";
import { problemsAs, shown } from "./problems.ts";

/** A check of the user's own, and what it returns; `model/check.ts` and `model/verdict.ts` say what each field means. */

const guards = ["safety", "budget"] as const satisfies readonly Guards[];

export const checkSchema = ofAnyClass({
  name: text('Give the name of the law, as "noDoubleBooking".'),
  parameters: hinted(z.json(), "Give what it was made from as plain JSON, as {}."),
  guards: choice(guards),
  isDisturbable: hinted(z.literal(true), "Give true, or leave it out.").optional(),
  title: text('Say in a few words what it holds, as "no seat is booked twice".'),
  law: hinted(z.string(), "State the law in one sentence."),
  problems: z.array(z.unknown()).optional(),
  problemsIn: callable("Give a function of the plan, or leave it out.").optional(),
  judge: callable("Give a function of the evidence that returns { verdict, expected, actual, … }."),
});

const looksLikeCheck = (given: unknown): given is Check =>
  typeof given === "object" && given !== null && typeof (given as Partial<Check>).judge === "function";

/** What is wrong with one of the checks that somebody states, its options included. @param where its place */
export function problemsOfCheck(given: unknown, where: string): readonly Problem[] {
  const { problems } = (given ?? {}) as Partial<Check>;
  if (looksLikeCheck(given) && problems !== undefined)
    return problems.map((one) => ({ ...one, where: `${where}: ${one.where}` }));
  if (looksLikeCheck(given)) return problemsAs(checkSchema, given, { where, code: "BAD_CHECK" });
  const isForgottenCall = typeof given === "function" && given.name !== "";
  const remedy = isForgottenCall ? `Call it, as ${given.name}().` : "Give a check, as noLostWrites().";
  return [{ code: "NOT_A_CHECK", where, message: `is ${shown(given)}`, remedy }];
}

const resultSchema = z.looseObject({
  verdict: choice(verdicts),
  expected: hinted(z.string(), "Say what the law wants."),
  actual: hinted(z.string(), "Say what was seen."),
  witness: hinted(z.array(z.unknown()), "Give a list of operations, or [] where there is none.").optional(),
  numbers: hinted(
    z.record(z.string(), z.json().or(z.custom<number>((one) => typeof one === "number"))),
    "Give numbers by name, as { lost: 3 }.",
  ).optional(),
});

/**
 * What a check returned. Of a verdict that is misspelt, absent or promised nothing is known.
 * @throws Error that says what is wrong with it
 */
export function readResult({ name, title, law, guards: kind }: Check, given: unknown): CheckResult {
  const problems = problemsAs(resultSchema, given, { where: "judge() returned", code: "BAD_RESULT" });
  if (problems.length > 0) throw new Error(problems.map((one) => describeProblem(one).replace("\n ", ".")).join(" "));
  return {
    name,
    title,
    law,
    guards: kind,
    witness: [],
    numbers: {},
    ...(given as Partial<CheckResult>),
  } as CheckResult;
}
