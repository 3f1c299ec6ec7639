import { type Counted, targetOf, verdictOf } from "../checks/share-target.ts";
import { errorOfEach, shareVerdict } from "../model/measure/proportion.ts";
import { ratioFloor } from "../model/measure/series.ts";
import { percentileFloors } from "../model/measure/summary.ts";
import { count, percent, statedPercent } from "../model/quantities.ts";
import type { Verdict } from "../model/verdict.ts";
import type { BenchOptions } from "./benches.ts";

const sizes = [30, 100, 222, 1000, 3000, 10_000, 30_000, 200_000];
const budgets = [0.9, 0.95, 0.99, 0.995, 0.999, 0.9999];
const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
/** What is rarer is left out of a sum. */
const negligible = 1e-18;

/** How often a verdict is false, as a share of all runs. */
export interface Rates {
  /** P(fail | the truth is on the budget). */
  readonly falseFail: number;
  /** P(pass | the truth is just below the budget). */
  readonly falsePass: number;
}

/** The rates of one verdict. */
interface Row extends Rates {
  readonly what: string;
  readonly total: number;
  readonly budget: number;
}

/**
 * How often the verdicts on budgets are false: added up over everything that can happen, and not simulated. A system whose
 * true share is on the budget, of which every operation fails or not by itself.
 */
export async function rates({ output, keep, signal }: BenchOptions): Promise<void> {
  output.print(
    "",
    "how often a verdict on a budget is false, when the truth is on it or just below (at most 5 % each)",
  );
  for (const rows of [proportionRows, steadyRows, quantileRows, bucketRows]) {
    signal.throwIfAborted();
    const table = rows();
    for (const row of table) keep(row);
    output.print("", ...describe(table));
  }
}

/** Availability and error budgets: the share itself is judged. */
function proportionRows(): readonly Row[] {
  return sizes.flatMap((total) =>
    budgets.map((budget) => ({ what: "share", total, budget, ...shareRates(total, budget) })),
  );
}

/** Of a budget of so many operations. */
export function shareRates(total: number, budget: number): Rates {
  const target = targetOf(budget, undefined, undefined);
  return ratesOf(total, budget, (ok) => verdictOf({ ok, doubtful: 0, total }, target));
}

/** Availability `ofSteady`: the budget is a share of another one that is an estimate, too. */
function steadyRows(): readonly Row[] {
  const steady = [100, 300, 1000].flatMap((steadyTotal) => [0.95, 0.999].map((share) => ({ steadyTotal, share })));
  return steady.map(({ steadyTotal, share }) => {
    const [total, ofSteady] = [1000, 0.98];
    const what = `98 % of the steady ${count(steadyTotal)} × ${statedPercent(share)}`;
    return { what, total, budget: ofSteady * share, ...steadyRates({ steadyTotal, total, ofSteady, share }) };
  });
}

/** Two samples, of which the second is exactly so much of the first in truth. */
export interface Compared {
  readonly steadyTotal: number;
  readonly total: number;
  readonly ofSteady: number;
  /** Of the steady phase, in truth. */
  readonly share: number;
}

export function steadyRates({ steadyTotal, total, ofSteady, share }: Compared): Rates {
  const sum = { falseFail: 0, falsePass: 0 };
  for (const [ok, weight] of binomial(steadyTotal, share)) {
    const steady: Counted = { ok, doubtful: 0, total: steadyTotal };
    const target = targetOf(Number.MIN_VALUE, ofSteady, steady);
    const one = ratesOf(total, ofSteady * share, (hits) => verdictOf({ ok: hits, doubtful: 0, total }, target));
    sum.falseFail += weight * one.falseFail;
    sum.falsePass += weight * one.falsePass;
  }
  return sum;
}

/** Latency: that a quantile keeps its limit means that this share of the operations does. */
function quantileRows(): readonly Row[] {
  return Object.entries(percentileFloors).flatMap(([name, floor]) =>
    [floor, 10 * floor].map((total) => {
      const budget = quantiles[name as keyof typeof quantiles];
      return { what: name, total, budget, ...quantileRates(total, budget) };
    }),
  );
}

/** @param stated how many quantiles share the error */
export function quantileRates(total: number, q: number, stated = 1): Rates {
  return ratesOf(total, q, (hits) => shareVerdict({ hits, total }, q, { fail: errorOfEach(stated) }));
}

/** Recovery: of many buckets, one that is surely below the threshold is enough to fail. */
function bucketRows(): readonly Row[] {
  return [10, 100, 300].flatMap((buckets) =>
    [0.9, 0.95, 0.99].map((budget) => {
      const falseFail = familyRate(buckets, budget);
      return { what: `any of ${buckets} buckets`, total: ratioFloor, budget, falseFail, falsePass: Number.NaN };
    }),
  );
}

/** P(any of the buckets is called bad | each is on its budget). */
export function familyRate(buckets: number, budget: number, total: number = ratioFloor): number {
  const errors = { fail: errorOfEach(buckets) };
  const { falseFail } = ratesOf(total, budget, (hits) => shareVerdict({ hits, total }, budget, errors));
  return 1 - (1 - falseFail) ** buckets;
}

/** The probabilities of all numbers of hits for which a verdict is false, added up. The truth is `share`, or next to it. */
function ratesOf(total: number, share: number, judge: (hits: number) => Verdict): Rates {
  const sum = { falseFail: 0, falsePass: 0 };
  for (const [hits, weight] of binomial(total, share)) {
    const verdict = judge(hits);
    if (verdict === "fail") sum.falseFail += weight;
    if (verdict === "pass") sum.falsePass += weight;
  }
  return sum;
}

/**
 * P(X = hits) of a binomial X, for each number of hits that matters: from the likeliest outwards by the ratio of neighbours,
 * then made to add up to 1. Shares nothing with the tails that the verdicts use.
 */
function binomial(total: number, share: number): ReadonlyMap<number, number> {
  const likeliest = Math.min(total, Math.floor((total + 1) * share));
  const odds = share / (1 - share);
  const weights = new Map([[likeliest, 1]]);
  for (let [hits, weight] = [likeliest, 1]; hits < total && weight > negligible; hits += 1) {
    weight *= ((total - hits) / (hits + 1)) * odds;
    weights.set(hits + 1, weight);
  }
  for (let [hits, weight] = [likeliest, 1]; hits > 0 && weight > negligible; hits -= 1) {
    weight *= hits / (total - hits + 1) / odds;
    weights.set(hits - 1, weight);
  }
  const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return new Map(Array.from(weights, ([hits, weight]) => [hits, weight / whole]));
}

function describe(rows: readonly Row[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(32) : cell.padStart(index === 1 ? 9 : 15))).join("");
  return [
    line(["of", "n", "budget", "P(false fail)", "P(false pass)"]),
    ...rows.map(({ what, total, budget, falseFail, falsePass }) => {
      return line([what, count(total), statedPercent(budget), percent(falseFail), percent(falsePass)]);
    }),
  ];
}
