import { z } from "zod";
import type { Check, Evidence, FinalState } from "../model/check.ts";
import { grantCode, outcomeCode } from "../model/history.ts";
import { count, plural } from "../model/quantities.ts";
import { operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { soundState } from "./final-state.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { type Contradiction, contradictionsOf, isIn, type JobRows, jobsOf } from "./jobs.ts";
import { anAudit, effectOf, needs, operationsNamed } from "./plan-problems.ts";
import { flags, isNeverExecuted, type Noted, rowsById, undecided, unknownNames, witnesses } from "./rows.ts";

const okCode = outcomeCode("ok");
const denied = grantCode(false);

const jobOptions = z.strictObject({
  /** Names of the operations that ask for jobs; all inserts when absent. */
  operations: operationNames().optional(),
});

/** Which operations. */
export type JobOptions = z.input<typeof jobOptions>;

/**
 * Every job that was acknowledged has an end. A job is what an `insert` operation asks for and somebody does later.
 *
 * - lost: acknowledged, and neither completed, nor dead, nor pending
 * - stuck: still pending after the queue had its time to drain
 * - phantom: a job that nobody asked for, or whose operation certainly was not executed
 * - both: a job that is completed and dead; unclear: one in a state that is none of these
 *
 * An operation without a certain outcome may have asked for its job or not.
 */
export function noLostJobs(given: JobOptions = {}): Check {
  const options = optionsOf("noLostJobs", jobOptions, given);
  if (options instanceof Misstated) return options.check;
  const law =
    "Every acknowledged job is either completed or dead in the end, none is pending, and none is there unasked.";
  const expected = "nothing lost, stuck or phantom, and each job at one end";
  const said = {
    name: "noLostJobs",
    parameters: jsonOf(options),
    guards: "safety",
    title: "no lost jobs",
    law,
  } as const;
  return checkOf(
    {
      ...said,
      ...needs("noLostJobs", anAudit, operationsNamed(options.operations), effectOf(["insert"], options.operations)),
    },
    (evidence): Finding => {
      const missing = unknownNames(evidence, options.operations) ?? otherNames(evidence, options.operations);
      if (missing !== undefined) return undecided(expected, missing);
      const state = soundState(evidence, "jobs");
      if (typeof state === "string") return undecided(expected, state);
      const { acknowledged, lost } = lostJobs(evidence, state, options.operations);
      const rows = rowsById(evidence);
      const jobs = jobsOf(state);
      const wrong = [...lost, ...jobs.flatMap((job) => wrongJob(evidence, job, rows[job.id] ?? -1))];
      const numbers = {
        acknowledged,
        jobs: jobs.length,
        ...Object.fromEntries(kinds.map((kind) => [kind, wrong.filter((one) => one.kind === kind).length])),
      };
      if (wrong.length > 0) {
        const noted = wrong.flatMap(({ row, note }) => (row === undefined ? [] : [{ row, note, violates: true }]));
        return {
          verdict: "fail",
          expected,
          actual: actualOf(wrong, acknowledged),
          ...commonPhase(
            evidence,
            noted.map(({ row }) => row),
          ),
          witness: witnesses(evidence, noted),
          numbers,
        };
      }
      if (acknowledged === 0) return undecided(expected, "no job was acknowledged", numbers);
      return {
        verdict: "pass",
        expected,
        actual: `${plural(acknowledged, "acknowledged job")}, all at an end`,
        numbers,
      };
    },
  );
}

const kinds = ["lost", "stuck", "phantom", "both", "unclear"] as const;

interface Wrong extends Partial<Omit<Noted, "violates">> {
  readonly kind: (typeof kinds)[number];
  readonly note: string;
}

/** A name that is there and asks for no job would be counted as one that lost none. */
function otherNames({ operations }: Evidence, names: readonly string[] = []): string | undefined {
  const other = operations.find(({ name, effect }) => names.includes(name) && effect !== "insert");
  return other === undefined
    ? undefined
    : `the operation "${other.name}" asks for no job: its effect is "${other.effect}", and not "insert"`;
}

function lostJobs(
  evidence: Evidence,
  { jobs }: FinalState,
  names: readonly string[] | undefined,
): { acknowledged: number; lost: Wrong[] } {
  const { history } = evidence;
  const asks = flags(evidence, ({ effect, name }) => effect === "insert" && (names?.includes(name) ?? true));
  const there = new Set(jobs?.map(({ id }) => id));
  const lost: Wrong[] = [];
  let acknowledged = 0;
  for (let row = 0; row < history.count; row += 1) {
    if (asks[history.operation[row]!] !== 1 || history.outcome[row] !== okCode) continue;
    // Who was turned away as they should be was promised nothing.
    if (history.granted[row] === denied) continue;
    acknowledged += 1;
    if (there.has(history.id[row]!)) continue;
    lost.push({ kind: "lost", row, note: "was acknowledged; its job is nowhere in the end" });
  }
  lost.sort((one, other) => history.intendedMs[one.row!]! - history.intendedMs[other.row!]!);
  return { acknowledged, lost };
}

/** @param row of the operation that asked for it; −1 when there is none */
function wrongJob(evidence: Evidence, job: JobRows, row: number): readonly Wrong[] {
  const found = job.rows.map(({ state }) => state).join(" and ");
  if (row < 0 || evidence.operations[evidence.history.operation[row]!]?.effect !== "insert") {
    return [{ kind: "phantom", note: `job ${job.id} is ${found}, but no operation asked for it` }];
  }
  if (isNeverExecuted(evidence.history, row)) {
    return [{ kind: "phantom", row, note: `certainly was not executed; its job is ${found}` }];
  }
  const contradictions = contradictionsOf(job).map((one: Contradiction): Wrong => ({ ...one, row }));
  if (contradictions.length > 0) return contradictions;
  return isIn(job.rows, "pending") ? [{ kind: "stuck", row, note: `its job is ${stillPending(job)} in the end` }] : [];
}

/** `still pending`, or `completed and still pending`. */
function stillPending({ rows }: JobRows): string {
  const others = rows.flatMap(({ state }) => (state === "pending" ? [] : [state]));
  return [...others, "still pending"].join(" and ");
}

function actualOf(wrong: readonly Wrong[], acknowledged: number): string {
  const parts = kinds.flatMap((kind) => {
    const howMany = wrong.filter((one) => one.kind === kind).length;
    return howMany === 0
      ? []
      : [
          kind === "lost"
            ? `${count(howMany)} of ${plural(acknowledged, "acknowledged job")} lost`
            : `${count(howMany)} ${kind}`,
        ];
  });
  const unseen = wrong.find(({ row }) => row === undefined);
  return unseen === undefined ? parts.join(", ") : `${parts.join(", ")}: ${unseen.note}`;
}
