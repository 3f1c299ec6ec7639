import type { Check, Evidence, FinalState } from "../model/check.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { type Noted, rowsById, undecided, witnesses } from "./rows.ts";
import { counted } from "./words.ts";

/**
 * What was asked for once has its effect once, however often its request or its message was delivered.
 *
 * - duplicated: a job whose effect is there more than once, or an item that is
 * - missing: a completed job without its effect
 * - unbalanced: a sum that no fault may change and that has changed (stock and what was sold, say)
 *
 * A dead or pending job may have had its effect once at most, and so may an operation without a certain outcome.
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
  return checkOf(said, (evidence): Finding => {
    const { finalState } = evidence;
    if (finalState === undefined) {
      return undecided(expected, "the final state was not read: the scenario needs an `audit`");
    }
    const wrong = [...wrongJobs(finalState), ...wrongItems(finalState), ...wrongSums(finalState)];
    const { jobs = [], items, conserved = [] } = finalState;
    const numbers = {
      jobs: jobs.length,
      items: items.length,
      sums: conserved.length,
      ...Object.fromEntries(kinds.map((kind) => [kind, wrong.filter((one) => one.kind === kind).length])),
    };
    if (wrong.length > 0) {
      const actual = `${counted(wrong.length, "anomaly", "anomalies")}: ${wrong[0]!.note}`;
      return { verdict: "fail", expected, actual, phase: "audit", witness: shown(evidence, wrong), numbers };
    }
    const effects = jobs.filter(({ effects: count }) => count > 0).length;
    if (effects + items.length + conserved.length === 0) {
      return undecided(expected, "there is no effect, no item and no sum in the final state", numbers);
    }
    const seen = [
      counted(effects, "effect"),
      counted(items.length, "item"),
      counted(conserved.length, "conserved sum"),
    ];
    return { verdict: "pass", expected, actual: `${seen.join(", ")}, each as it should be`, numbers };
  });
}

const kinds = ["duplicated", "missing", "unbalanced"] as const;

interface Wrong {
  readonly kind: (typeof kinds)[number];
  /** Of the operation; absent for sums. */
  readonly id?: number;
  readonly note: string;
}

function wrongJobs({ jobs = [] }: FinalState): Wrong[] {
  return jobs.flatMap(({ id, state, effects }): Wrong[] => {
    if (effects > 1) return [{ kind: "duplicated", id, note: `the effect of job ${id} is there ${effects} times` }];
    if (state !== "completed" || effects === 1) return [];
    return [{ kind: "missing", id, note: `job ${id} is completed without its effect` }];
  });
}

function wrongItems({ items }: FinalState): Wrong[] {
  return items.flatMap(({ id, count }): Wrong[] =>
    count > 1 ? [{ kind: "duplicated", id, note: `item ${id} is there ${count} times` }] : [],
  );
}

function wrongSums({ conserved = [] }: FinalState): Wrong[] {
  return conserved.flatMap(({ name, expected, actual }): Wrong[] =>
    expected === actual ? [] : [{ kind: "unbalanced", note: `${name} is ${actual} and should be ${expected}` }],
  );
}

function shown(evidence: Evidence, wrong: readonly Wrong[]) {
  const rows = rowsById(evidence);
  const noted = wrong.flatMap(({ id, note }): Noted[] => {
    const row = id === undefined ? -1 : (rows[id] ?? -1);
    return row < 0 ? [] : [{ row, note, violates: true }];
  });
  return witnesses(evidence, noted);
}
