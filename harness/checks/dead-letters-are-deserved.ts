import type { Check, Evidence, Job } from "../model/check.ts";
import { grantCode, outcomeCode } from "../model/history.ts";
import { plural } from "../model/quantities.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { soundState } from "./final-state.ts";
import { checkOf, type Finding } from "./finding.ts";
import { contradictionsOf, type JobRows, jobsOf } from "./jobs.ts";
import { anAudit, effectOf, needs } from "./plan-problems.ts";
import { type Noted, rowsById, undecided, witnesses } from "./rows.ts";

/**
 * What is among the dead letters belongs there, and what belongs there is.
 *
 * - both: a job that is completed and dead
 * - twice: a job with more than one open dead letter: it could be sent again more than once, and a list of letters never ends
 * - hasty: a dead job whose attempts were not used up, and which is no poison
 * - digested: a poison job that is completed
 * - undying: a pending job whose attempts are used up, or which is poison
 * - vanished: a poison job that was acknowledged, and is nowhere
 * - unclear: a job in a state that no law knows
 *
 * Whether the attempts of a dead or pending job are used up is known only where the audit reads `attempts` and
 * `attemptsAllowed`; how many letters a job has, only where it reads `letters`.
 */
export function deadLettersAreDeserved(given: NoOptions = {}): Check {
  const options = optionsOf("deadLettersAreDeserved", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law =
    "A job is dead exactly when its attempts are used up or no worker can ever do it, and never completed, too; it has one open letter at most.";
  const expected = "every dead letter deserved, and nothing else alive that should be dead";
  const said = {
    name: "deadLettersAreDeserved",
    parameters: {},
    guards: "safety",
    title: "dead letters are deserved",
    law,
  } as const;
  const someJobs = effectOf(["insert"]);
  return checkOf({ ...said, ...needs("deadLettersAreDeserved", anAudit, someJobs) }, (evidence): Finding => {
    const state = soundState(evidence, "jobs");
    if (typeof state === "string") return undecided(expected, state);
    const rows = rowsById(evidence);
    const jobs = jobsOf(state);
    const wrong = [
      ...jobs.flatMap((job) => {
        const row = rows[job.id] ?? -1;
        return wrongWith(job, isPoison(evidence, row)).map((one) => ({ ...one, row }));
      }),
      ...vanished(evidence, jobs),
    ];
    const dead = jobs.filter(({ rows: own }) => own.some((row) => row.state === "dead"));
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
        actual: `${plural(wrong.length, "job")} where it does not belong: ${wrong[0]!.note}`,
        phase: "audit",
        witness: witnesses(evidence, noted),
        numbers,
      };
    }
    const untold = jobs.filter((job) => job.rows.some(needsAttempts) && !isPoison(evidence, rows[job.id] ?? -1));
    if (untold.length > 0) {
      const which = plural(untold.length, "dead or pending job");
      return undecided(expected, `the audit did not read \`attempts\` and \`attemptsAllowed\` of ${which}`, numbers);
    }
    if (jobs.length === 0) return undecided(expected, "there was no job", numbers);
    const actual =
      dead.length === 0
        ? `none of ${plural(jobs.length, "job")} is dead`
        : `${plural(dead.length, "dead letter")}, each deserved`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

const kinds = ["both", "twice", "hasty", "digested", "undying", "vanished", "unclear"] as const;

interface Wrong {
  readonly kind: (typeof kinds)[number];
  readonly note: string;
}

function wrongWith(job: JobRows, poison: boolean): readonly Wrong[] {
  const contradictions = contradictionsOf(job);
  return contradictions.length > 0 ? contradictions : job.rows.flatMap((row) => wrongIn(row, poison));
}

function wrongIn(job: Job, poison: boolean): Wrong[] {
  const { id, state, attempts = Number.NaN, attemptsAllowed = Number.NaN, letters = 0 } = job;
  if (letters > 1) return [{ kind: "twice", note: `job ${id} has ${letters} open dead letters` }];
  if (state === "completed") {
    return poison ? [{ kind: "digested", note: `job ${id} is poison, and completed` }] : [];
  }
  if (state === "pending") {
    if (poison) return [{ kind: "undying", note: `job ${id} is poison, and still pending` }];
    return attempts >= attemptsAllowed
      ? [{ kind: "undying", note: `job ${id} used up its ${attempts} attempts, and is still pending` }]
      : [];
  }
  // Where one of them was not read, neither comparison holds.
  if (poison || !(attempts < attemptsAllowed)) return [];
  return [{ kind: "hasty", note: `job ${id} is dead after ${attempts} of ${attemptsAllowed} attempts` }];
}

/** Whether the verdict on a job hangs on how often it was tried, and the audit did not read it. */
function needsAttempts({ state, attempts, attemptsAllowed }: Job): boolean {
  return state !== "completed" && (attempts === undefined || attemptsAllowed === undefined);
}

const okCode = outcomeCode("ok");
const denied = grantCode(false);

/** Poison that was taken on belongs among the dead letters. */
function vanished(evidence: Evidence, jobs: readonly JobRows[]): readonly (Wrong & { readonly row: number })[] {
  const { history, operations } = evidence;
  const there = new Set(jobs.map(({ id }) => id));
  const gone: (Wrong & { readonly row: number })[] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (history.outcome[row] !== okCode || history.granted[row] === denied) continue;
    const id = history.id[row]!;
    if (operations[history.operation[row]!]?.effect !== "insert" || !isPoison(evidence, row) || there.has(id)) continue;
    gone.push({ kind: "vanished", row, note: `job ${id} is poison and was acknowledged, and is nowhere in the end` });
  }
  return gone;
}

function isPoison({ history, operations }: Evidence, row: number): boolean {
  return row >= 0 && operations[history.operation[row]!]?.isPoison === true;
}
