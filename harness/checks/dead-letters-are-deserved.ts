import type { Check, Evidence, Job } from "../model/check.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { missingState, type Noted, rowsById, undecided, witnesses } from "./rows.ts";
import { counted } from "./words.ts";

/**
 * What is among the dead letters belongs there, and what belongs there is.
 *
 * - both: a job that is completed and dead
 * - hasty: a dead job whose attempts were not used up, and which is no poison
 * - digested: a poison job that is completed
 * - undying: a pending job whose attempts are used up, or which is poison
 *
 * Whether attempts are used up can be told only where the audit reads them.
 */
export function deadLettersAreDeserved(given: NoOptions = {}): Check {
  const options = optionsOf("deadLettersAreDeserved", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law =
    "A job is dead exactly when its attempts are used up or nobody can ever work on it, and never completed, too.";
  const expected = "every dead letter deserved, and nothing else alive that should be dead";
  const said = {
    name: "deadLettersAreDeserved",
    parameters: {},
    guards: "safety",
    title: "dead letters are deserved",
    law,
  } as const;
  return checkOf(said, (evidence): Finding => {
    const missing = missingState(evidence, "jobs");
    if (missing !== undefined) return undecided(expected, missing);
    const jobs = evidence.finalState?.jobs ?? [];
    const rows = rowsById(evidence);
    const completed = new Set(jobs.filter(({ state }) => state === "completed").map(({ id }) => id));
    const wrong = jobs.flatMap((job) => {
      const row = rows[job.id] ?? -1;
      return wrongWith(job, isPoison(evidence, row), completed.has(job.id)).map((one) => ({ ...one, row }));
    });
    const dead = jobs.filter(({ state }) => state === "dead");
    const poison = jobs.filter(({ id }) => isPoison(evidence, rows[id] ?? -1));
    const numbers = {
      jobs: jobs.length,
      dead: dead.length,
      poison: poison.length,
      ...Object.fromEntries(kinds.map((kind) => [kind, wrong.filter((one) => one.kind === kind).length])),
    };
    if (wrong.length > 0) {
      const noted = wrong.flatMap(({ row, note }): Noted[] => (row < 0 ? [] : [{ row, note, violates: true }]));
      return {
        verdict: "fail",
        expected,
        actual: `${counted(wrong.length, "job")} where it does not belong: ${wrong[0]!.note}`,
        phase: "audit",
        witness: witnesses(evidence, noted),
        numbers,
      };
    }
    const untold = dead.filter((job) => job.attempts === undefined && !isPoison(evidence, rows[job.id] ?? -1));
    if (untold.length > 0) {
      return undecided(
        expected,
        `the audit does not tell how often ${counted(untold.length, "dead job")} was tried`,
        numbers,
      );
    }
    if (jobs.length === 0) return undecided(expected, "there was no job", numbers);
    const actual =
      dead.length === 0
        ? `none of ${counted(jobs.length, "job")} is dead`
        : `${counted(dead.length, "dead letter")}, each deserved`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

const kinds = ["both", "hasty", "digested", "undying"] as const;

function wrongWith(
  { id, state, attempts, attemptsAllowed }: Job,
  poison: boolean,
  isCompleted: boolean,
): { readonly kind: (typeof kinds)[number]; readonly note: string }[] {
  const isTold = attempts !== undefined && attemptsAllowed !== undefined;
  const isUsedUp = isTold && attempts >= attemptsAllowed;
  if (state === "completed") {
    return poison ? [{ kind: "digested", note: `job ${id} is poison, and completed` }] : [];
  }
  if (state === "pending") {
    if (poison) return [{ kind: "undying", note: `job ${id} is poison, and still pending` }];
    return isUsedUp
      ? [{ kind: "undying", note: `job ${id} used up its ${attempts} attempts, and is still pending` }]
      : [];
  }
  if (isCompleted) return [{ kind: "both", note: `job ${id} is completed and dead` }];
  if (poison || !isTold || isUsedUp) return [];
  return [{ kind: "hasty", note: `job ${id} is dead after ${attempts} of ${attemptsAllowed} attempts` }];
}

function isPoison({ history, operations }: Evidence, row: number): boolean {
  return row >= 0 && operations[history.operation[row]!]?.isPoison === true;
}
