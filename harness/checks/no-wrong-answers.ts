import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { count, plural } from "../model/quantities.ts";
import { operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, detailOf, type Finding } from "./finding.ts";
import { needs, operationsNamed, someDue } from "./plan-problems.ts";
import { flags, undecided, unknownNames, witnesses } from "./rows.ts";

const answerOptions = z.strictObject({
  /** Names of the operations that count; all when absent. */
  operations: operationNames().optional(),
});

/** Which operations. */
export type WrongAnswerOptions = z.input<typeof answerOptions>;

const wrongCode = outcomeCode("wrong");
const okCode = outcomeCode("ok");
const warmUp = phaseCode("warmUp");

/**
 * No answer is wrong: whoever was answered was told the truth, or was refused honestly. A fault may cost answers; it
 * must not change them. What is wrong is what the workload's `judge` says: a body that breaks the contract, "not found"
 * for what is there. An outage hides behind availability; one wrong answer among a million does, too, and is worse.
 */
export function noWrongAnswers(given: WrongAnswerOptions = {}): Check {
  const options = optionsOf("noWrongAnswers", answerOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations } = options;
  const expected = "no wrong answer";
  const said = {
    name: "noWrongAnswers",
    parameters: jsonOf(options),
    guards: "safety",
    title: "no wrong answers",
    law: "Whoever is answered is told the truth, or is refused honestly.",
  } as const;
  return checkOf(
    { ...said, ...needs("noWrongAnswers", operationsNamed(operations), someDue(operations)) },
    (evidence): Finding => {
      const unknown = unknownNames(evidence, operations);
      if (unknown !== undefined) return undecided(expected, unknown);
      const { rows, answered } = wrongRows(evidence, operations);
      const numbers = { answered, wrong: rows.length };
      if (answered === 0) return undecided(expected, "no such operation was answered", numbers);
      if (rows.length === 0) {
        return { verdict: "pass", expected, actual: `all of ${plural(answered, "answer")} were right`, numbers };
      }
      const noted = rows.map((row) => ({ row, note: detailOf(evidence, row), violates: true }));
      return {
        verdict: "fail",
        expected,
        actual: `${count(rows.length)} of ${plural(answered, "answer")} were wrong, the first: ${noted[0]!.note}`,
        ...commonPhase(evidence, rows),
        witness: witnesses(evidence, noted),
        numbers,
      };
    },
  );
}

/** Answers are what was ok or wrong: a refusal says nothing that could be untrue. */
function wrongRows(evidence: Evidence, names: readonly string[] | undefined) {
  const { history } = evidence;
  const isMeant = flags(evidence, ({ name }) => names?.includes(name) ?? true);
  const rows: number[] = [];
  let answered = 0;
  for (let row = 0; row < history.count; row += 1) {
    if (isMeant[history.operation[row]!] !== 1 || history.phase[row] === warmUp) continue;
    if (history.outcome[row] === wrongCode) rows.push(row);
    if (history.outcome[row] === wrongCode || history.outcome[row] === okCode) answered += 1;
  }
  rows.sort((one, other) => history.intendedMs[one]! - history.intendedMs[other]!);
  return { rows, answered };
}
