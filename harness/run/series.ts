import { excusesBudgets } from "../model/cause.ts";
import { meanRange } from "../model/measure/mean-range.ts";
import { type Range, wilson } from "../model/measure/proportion.ts";
import type { RunRecord } from "../model/run.ts";
import type { CheckResult, Measure, Verdict } from "../model/verdict.ts";

/** What several runs of one plan come to. `flaky`: it passes, but only on a repeat. */
export const seriesVerdicts = ["pass", "inconclusive", "flaky", "fail"] as const;
export type SeriesVerdict = (typeof seriesVerdicts)[number];

/** One check over several runs. */
export interface CheckSeries {
  readonly name: string;
  readonly title: string;
  readonly verdict: SeriesVerdict;
  /** In how many runs it came to what. */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** How often it may really fail: Wilson's interval, 95 % to each side. */
  readonly failureShare: Range;
  /** Of a budget: its mean over the runs with the interval of the mean, against its limit. */
  readonly budget?: { readonly mean: number; readonly range: Range } & Pick<Measure, "limit" | "better" | "unit">;
}

/** Several runs of one plan. */
export interface Series {
  readonly verdict: SeriesVerdict;
  readonly runs: number;
  /** Runs that could tell nothing, by no fault of a check: an unhealthy steady phase, a fault without a receipt. */
  readonly untold: number;
  readonly checks: readonly CheckSeries[];
}

/** A mean of fewer says nothing. */
const fewestForMean = 3;

/**
 * Judges several runs of one plan together. The unit is the run: what happens within one is correlated.
 *
 * Safety: one violation fails, and no other run makes up for it; repeats only tell how often. Budgets: `fail` when the
 * interval of the runs' mean lies wholly beyond the limit or every run failed, `pass` when it lies wholly inside and no
 * run failed, `flaky` when some failed and some passed and the interval does not decide, else `inconclusive`.
 *
 * Runs that could tell nothing are left out; when these are more than half, the series can tell nothing either.
 */
export function seriesOf(records: readonly RunRecord[]): Series {
  const told = records.filter(({ verdict, checks }) => verdict !== "inconclusive" || isUndecided(checks));
  const titles = records[0]?.checks.map(({ title }) => title) ?? [];
  const checks = titles.map((_, index) => checkSeries(told.flatMap((record) => record.checks[index] ?? [])));
  const untold = records.length - told.length;
  const ofChecks = worstOf(checks.map(({ verdict }) => verdict));
  const isBlind = untold * 2 > records.length;
  return { verdict: isBlind && ofChecks !== "fail" ? "inconclusive" : ofChecks, runs: records.length, untold, checks };
}

/** A run is inconclusive because a check was, and not because of how it went; that may have excused a missed budget. */
function isUndecided(checks: readonly CheckResult[]): boolean {
  return checks.some(
    ({ verdict, cause = "undecided" }) =>
      verdict === "inconclusive" && (cause === "hostOverloaded" || !excusesBudgets.has(cause)),
  );
}

function worstOf(verdicts: readonly SeriesVerdict[]): SeriesVerdict {
  if (verdicts.length === 0) return "inconclusive";
  return seriesVerdicts[Math.max(...verdicts.map((one) => seriesVerdicts.indexOf(one)))]!;
}

function checkSeries(results: readonly CheckResult[]): CheckSeries {
  const count = (verdict: Verdict): number => results.filter((one) => one.verdict === verdict).length;
  const counts = { pass: count("pass"), inconclusive: count("inconclusive"), fail: count("fail") };
  const { name = "", title = "" } = results[0] ?? {};
  const budget = budgetOf(results);
  const verdict = results[0]?.guards === "budget" ? ofBudget(counts, budget) : ofSafety(counts);
  const failureShare = wilson(counts.fail, results.length);
  return { name, title, verdict, counts, failureShare, ...(budget === undefined ? {} : { budget }) };
}

function ofSafety({ pass, inconclusive, fail }: CheckSeries["counts"]): SeriesVerdict {
  if (fail > 0) return "fail";
  return pass > 0 && inconclusive === 0 ? "pass" : "inconclusive";
}

function ofBudget({ pass, inconclusive, fail }: CheckSeries["counts"], budget: CheckSeries["budget"]): SeriesVerdict {
  if (fail > 0 && pass + inconclusive === 0) return "fail";
  const [worst, best] = budget === undefined ? [Number.NaN, Number.NaN] : ends(budget);
  if (best > 0) return "fail";
  if (fail > 0) return pass > 0 ? "flaky" : "fail";
  if (inconclusive === 0 && pass > 0) return "pass";
  return worst <= 0 ? "pass" : "inconclusive";
}

/** How far beyond the limit the worst and the best end of the interval are; negative inside of it. */
function ends({ range, limit, better }: NonNullable<CheckSeries["budget"]>): readonly [number, number] {
  return better === "lower" ? [range.upper - limit, range.lower - limit] : [limit - range.lower, limit - range.upper];
}

/** Only where every run measured it: one that was beyond what its run could see has no place in a mean. */
function budgetOf(results: readonly CheckResult[]): CheckSeries["budget"] {
  const values = results.flatMap(({ measure }) => (typeof measure?.value === "number" ? [measure.value] : []));
  const first = results[0]?.measure;
  if (first === undefined || values.length < results.length || values.length < fewestForMean) return undefined;
  const { limit, better, unit } = first;
  return { ...meanRange(values), limit, better, unit };
}
