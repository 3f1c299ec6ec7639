import { z } from "zod";
import type { Check, Evidence, Job } from "../model/check.ts";
import { grantCode, type Outcome, outcomeCode, outcomes } from "../model/history.ts";
import { operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { flags, missingState, type Noted, rowsById, undecided, unknownNames, witnesses } from "./rows.ts";
import { counted, grouped } from "./words.ts";

const okCode = outcomeCode("ok");
const denied = grantCode(false);
/** Outcomes of operations that certainly were not executed. */
const neverExecuted: readonly Outcome[] = ["failed", "overflow"];

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
 *
 * An operation without a certain outcome may have asked for its job or not.
 */
export function noLostJobs(given: JobOptions = {}): Check {
  const options = optionsOf("noLostJobs", jobOptions, given);
  if (options instanceof Misstated) return options.check;
  const law = "Every acknowledged job is completed or dead in the end, none is pending, and none is there unasked.";
  const expected = "nothing lost, stuck or phantom";
  const said = {
    name: "noLostJobs",
    parameters: jsonOf(options),
    guards: "safety",
    title: "no lost jobs",
    law,
  } as const;
  return checkOf(said, (evidence): Finding => {
    const missing = missingState(evidence, "jobs") ?? unknownNames(evidence, options.operations);
    if (missing !== undefined) return undecided(expected, missing);
    const { acknowledged, lost } = lostJobs(evidence, options.operations);
    const rows = rowsById(evidence);
    const others = (evidence.finalState?.jobs ?? []).flatMap((job) => wrongJob(evidence, job, rows[job.id] ?? -1));
    const wrong = [...lost, ...others];
    const numbers = {
      acknowledged,
      jobs: evidence.finalState?.jobs?.length ?? 0,
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
      actual: `${counted(acknowledged, "acknowledged job")}, all at an end`,
      numbers,
    };
  });
}

const kinds = ["lost", "stuck", "phantom"] as const;

interface Wrong extends Partial<Omit<Noted, "violates">> {
  readonly kind: (typeof kinds)[number];
  readonly note: string;
}

function lostJobs(evidence: Evidence, names: readonly string[] | undefined): { acknowledged: number; lost: Wrong[] } {
  const { history, finalState } = evidence;
  const asks = flags(evidence, ({ effect, name }) => effect === "insert" && (names?.includes(name) ?? true));
  const there = new Set(finalState?.jobs?.map(({ id }) => id));
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
function wrongJob(evidence: Evidence, { id, state }: Job, row: number): Wrong[] {
  if (row < 0 || evidence.operations[evidence.history.operation[row]!]?.effect !== "insert") {
    return [{ kind: "phantom", note: `job ${id} is ${state}, but no operation asked for it` }];
  }
  if (neverExecuted.includes(outcomes[evidence.history.outcome[row]!]!)) {
    return [{ kind: "phantom", row, note: `certainly was not executed; its job is ${state}` }];
  }
  return state === "pending" ? [{ kind: "stuck", row, note: "its job is still pending in the end" }] : [];
}

function actualOf(wrong: readonly Wrong[], acknowledged: number): string {
  const parts = kinds.flatMap((kind) => {
    const count = wrong.filter((one) => one.kind === kind).length;
    return count === 0
      ? []
      : [
          kind === "lost"
            ? `${grouped(count)} of ${counted(acknowledged, "acknowledged job")} lost`
            : `${grouped(count)} ${kind}`,
        ];
  });
  const unseen = wrong.find(({ row }) => row === undefined);
  return unseen === undefined ? parts.join(", ") : `${parts.join(", ")}: ${unseen.note}`;
}
