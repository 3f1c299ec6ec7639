import type { Check, Evidence, FinalState } from "../model/check.ts";
import { plural } from "../model/quantities.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { soundState } from "./final-state.ts";
import { checkOf, type Finding } from "./finding.ts";
import { contradictionsOf, isIn, type JobRows, jobsOf } from "./jobs.ts";
import { anAudit, needs } from "./plan-problems.ts";
import { type Noted, rowsById, undecided, witnesses } from "./rows.ts";

/**
 * What was asked for once has its effect once, however often its request or its message was delivered.
 *
 * - duplicated: a job whose effect is there more than once, or an item that is
 * - missing: a completed job without its effect
 * - unbalanced: a sum that no fault may change and that has changed (stock and what was sold, say)
 * - both: a job that is completed and dead; unclear: one in a state that is none of the three
 *
 * A dead or pending job may have had its effect once at most, and so may an operation without a certain outcome. Rows of
 * one item, or of one job in one state, add up.
 */
export function effectsExactlyOnce(given: NoOptions = {}): Check {
  const options = optionsOf("effectsExactlyOnce", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law =
    "A completed job has its effect exactly once, any other at most once, no item is there twice, and sums that must " +
    "be conserved are.";
  const expected = "each effect once, and every sum conserved";
  const said = {
    name: "effectsExactlyOnce",
    parameters: {},
    guards: "safety",
    title: "effects exactly once",
    law,
  } as const;
  return checkOf({ ...said, ...needs("effectsExactlyOnce", anAudit) }, (evidence): Finding => {
    const state = soundState(evidence);
    if (typeof state === "string") return undecided(expected, state);
    const jobs = jobsOf(state);
    const wrong = [...jobs.flatMap(wrongWith), ...wrongItems(state), ...wrongSums(state)];
    const { items, conserved = [] } = state;
    const numbers = {
      jobs: jobs.length,
      items: items.length,
      sums: conserved.length,
      ...Object.fromEntries(kinds.map((kind) => [kind, wrong.filter((one) => one.kind === kind).length])),
    };
    if (wrong.length > 0) {
      const actual = `${plural(wrong.length, "anomaly", "anomalies")}: ${wrong[0]!.note}`;
      return { verdict: "fail", expected, actual, phase: "audit", witness: shown(evidence, wrong), numbers };
    }
    const ambiguous = jobs.find((job) => effectsOf(job).all > 1);
    if (ambiguous !== undefined) return undecided(expected, ambiguity(ambiguous), numbers);
    const effects = jobs.filter((job) => effectsOf(job).most > 0).length;
    if (effects + items.length + conserved.length === 0) {
      return undecided(expected, "there is no effect, no item and no sum in the final state", numbers);
    }
    const seen = [plural(effects, "effect"), plural(items.length, "item"), plural(conserved.length, "conserved sum")];
    return { verdict: "pass", expected, actual: `${seen.join(", ")}, each as it should be`, numbers };
  });
}

const kinds = ["duplicated", "missing", "unbalanced", "both", "unclear"] as const;

interface Wrong {
  readonly kind: (typeof kinds)[number];
  /** Of the operation; absent for sums. */
  readonly id?: number;
  readonly note: string;
}

/** How often the effect of a job is there, in the state where it is there most often, and in all states together. */
function effectsOf({ rows }: JobRows): { readonly most: number; readonly all: number } {
  const counts = rows.map(({ effects }) => effects);
  return { most: Math.max(...counts), all: counts.reduce((sum, count) => sum + count, 0) };
}

function wrongWith(job: JobRows): readonly Wrong[] {
  const { id, rows } = job;
  const contradictions = contradictionsOf(job).map((one) => ({ ...one, id }));
  if (contradictions.length > 0) return contradictions;
  const { most } = effectsOf(job);
  if (most > 1) return [{ kind: "duplicated", id, note: `the effect of job ${id} is there ${most} times` }];
  if (!isIn(rows, "completed") || most === 1) return [];
  return [{ kind: "missing", id, note: `job ${id} is completed without its effect` }];
}

/** A job that is pending beside another state, and has an effect in each: it may be one effect, listed twice. */
function ambiguity({ id, rows }: JobRows): string {
  const states = rows.map(({ state }) => state).join(" and ");
  return `job ${id} is ${states}, each with an effect: whether they are one effect or two is unknown`;
}

function wrongItems({ items }: FinalState): Wrong[] {
  return items.flatMap(({ id, count }): Wrong[] =>
    count > 1 ? [{ kind: "duplicated", id, note: `item ${id} is there ${count} times` }] : [],
  );
}

function wrongSums({ conserved = [] }: FinalState): Wrong[] {
  return conserved.flatMap(({ name, expected, actual }): Wrong[] =>
    isSame(expected, actual) ? [] : [{ kind: "unbalanced", note: `${name} is ${actual} and should be ${expected}` }],
  );
}

/** To nine digits where one has a fraction: the order in which fractions are added up changes the last of them. */
function isSame(expected: number, actual: number): boolean {
  if (Number.isInteger(expected) && Number.isInteger(actual)) return expected === actual;
  return Math.abs(expected - actual) <= 1e-9 * Math.max(Math.abs(expected), Math.abs(actual));
}

function shown(evidence: Evidence, wrong: readonly Wrong[]) {
  const rows = rowsById(evidence);
  const noted = wrong.flatMap(({ id, note }): Noted[] => {
    const row = id === undefined ? -1 : (rows[id] ?? -1);
    return row < 0 ? [] : [{ row, note, violates: true }];
  });
  return witnesses(evidence, noted);
}
