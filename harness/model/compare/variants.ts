import { phaseCode } from "../history.ts";
import { type Summary, summarise } from "../measure/summary.ts";
import type { StoredRun } from "../run.ts";
import { type Verdict, verdicts, worst } from "../verdict.ts";
import { type Comparison, compare } from "./comparison.ts";
import { median } from "./median.ts";
import { sideOf } from "./side-of.ts";

/** What the runs of one variant came to. */
export interface VariantSide {
  readonly name: string;
  readonly runs: readonly string[];
  /** The worst of all runs. */
  readonly verdict: Verdict;
  /** What each check saw, in the run in which it came to the worst. */
  readonly checks: readonly { readonly title: string; readonly verdict: Verdict; readonly actual: string }[];
  /** Each kind of operation while the faults lasted, as medians of the runs: told, and not tested. */
  readonly operations: readonly FaultedOperation[];
  /** Against the first variant; `null`: this is the first. */
  readonly comparison: Comparison | null;
}

/** `null` where too few operations tell. */
export interface FaultedOperation {
  readonly name: string;
  readonly okShare: number | null;
  /** Of those that were ok. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** One scenario on several variants of its system, under one plan: what each gains and loses against the first. */
export interface VariantsCompared {
  readonly scenario: string;
  /** The sentence. */
  readonly name: string;
  readonly seed: string;
  /** At least two. */
  readonly variants: readonly VariantSide[];
}

/**
 * Compares the variants of one scenario's system.
 * @param runs of one scenario; those that saw no operation are left out
 * @returns undefined when fewer than two variants are left
 */
export function compareVariants(runs: readonly StoredRun[]): VariantsCompared | undefined {
  const seen = runs.filter(({ history }) => (history?.count ?? 0) > 0);
  const groups = Map.groupBy(seen, ({ record }) => record.scenario.variant);
  const named = [...groups].flatMap(([name, own]) => (name === undefined ? [] : [{ name, own }]));
  const [first, second] = named;
  if (first === undefined || second === undefined) return undefined;
  const base = sideOf(first.own);
  const { scenario, seed } = first.own[0]!.record;
  return {
    scenario: scenario.id,
    name: scenario.name,
    seed,
    variants: named.map(({ name, own }) => ({
      name,
      runs: own.map(({ record }) => record.id),
      verdict: worst(own.map(({ record }) => record.verdict)),
      checks: worstOfChecks(own),
      operations: operationsOf(own),
      comparison: own === first.own ? null : compare(base, sideOf(own)),
    })),
  };
}

function operationsOf(runs: readonly StoredRun[]): readonly FaultedOperation[] {
  const operations = runs[0]?.record.plan.operations ?? [];
  return operations.map(({ name }, operation) => {
    const summaries = runs.flatMap(({ history }) =>
      history === undefined ? [] : [summarise(history, { phase: phaseCode("faults"), operation })],
    );
    const middle = (of: (summary: Summary) => number | undefined): number | null => {
      const values = summaries.flatMap((summary) => of(summary) ?? []);
      return values.length === 0 ? null : median(values);
    };
    return {
      name,
      okShare: middle(({ okRatio }) => okRatio),
      p50Ms: middle(({ ok }) => ok.p50Ms),
      p99Ms: middle(({ ok }) => ok.p99Ms),
    };
  });
}

function worstOfChecks(runs: readonly StoredRun[]): VariantSide["checks"] {
  const all = runs.flatMap(({ record }) => record.checks);
  return [...Map.groupBy(all, ({ title }) => title)].map(([title, results]) => {
    const [{ verdict, actual }] = results.toSorted(
      (one, other) => verdicts.indexOf(other.verdict) - verdicts.indexOf(one.verdict),
    ) as [(typeof results)[number]];
    return { title, verdict, actual };
  });
}
