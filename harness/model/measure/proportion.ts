import { atLeast, atMost } from "./binomial.ts";

/** How often a bound may be wrong: every verdict is a claim to one side, and may be a false one in 5 of 100 runs. */
export const verdictError = 0.05;

/**
 * How often each of several claims may be false, so that a false one among all of them is as rare as a single one would be
 * (Bonferroni: the chances add up at most). For `shareRange` and `shareVerdict` where one of several buckets, quantiles or
 * workloads is enough to fail.
 * @param claims how many there are, 1 or more
 */
export const errorOfEach = (claims: number): number => verdictError / claims;

/** A range of values. */
export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/** How sure a range is. */
export interface RangeOptions {
  /**
   * How often each bound may be wrong, above 0 and below 1. Default: 0.05. For several claims of which one false is too
   * many: `errorOfEach`.
   */
  readonly error?: number;
}

/**
 * What a share may really be, when `hits` of `total` were seen: the exact interval of Clopper and Pearson (1934). Whatever
 * the true share and however few were seen, the lower bound is above it with a probability of at most `error`, and so is
 * the upper bound below it. Everything is possible when nothing was seen.
 */
export function shareRange(hits: number, total: number, { error = verdictError }: RangeOptions = {}): Range {
  return {
    lower: hits <= 0 ? 0 : boundary((share) => atLeast(hits, total, share) > error).from,
    upper: hits >= total ? 1 : boundary((share) => atMost(hits, total, share) <= error).to,
  };
}

/**
 * Whether a share is proven by what was seen: `pass` when it is surely at least `least`, `fail` when it is surely less;
 * else `inconclusive`. A share that is exactly `least` fails in at most 5 of 100 runs, and one that is any less passes in at
 * most 5 of 100, for every total and every `least`.
 * @param least above 0 and below 1
 * @param errors how often each may be wrong; default: 0.05 each
 */
export function shareVerdict(
  { hits, total }: Sample,
  least: number,
  { fail = verdictError, pass = verdictError }: VerdictErrors = {},
): "pass" | "fail" | "inconclusive" {
  if (atMost(hits, total, least) <= fail) return "fail";
  return atLeast(hits, total, least) <= pass ? "pass" : "inconclusive";
}

/** What was seen of a share. */
export interface Sample {
  readonly hits: number;
  readonly total: number;
}

/** How often a verdict of either kind may be false. */
export interface VerdictErrors {
  readonly fail?: number;
  readonly pass?: number;
}

/** The 95th percentile of the normal. */
const z = 1.644_853_626_951;

/**
 * The score interval of Wilson (1927), for a share that is shown and that no verdict hangs on: it is right on average only,
 * and in the tail its bounds can be wrong in 20 of 100 instead of 5. Verdicts use `shareVerdict`.
 */
export function wilson(hits: number, total: number): Range {
  if (total === 0) return { lower: 0, upper: 1 };
  const share = hits / total;
  const weight = 1 + (z * z) / total;
  const middle = (share + (z * z) / (2 * total)) / weight;
  const half = (z / weight) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  // Exact at the ends, where rounding would miss them by a hair.
  return { lower: hits === 0 ? 0 : middle - half, upper: hits === total ? 1 : middle + half };
}

/** How many operations without a failure it takes to claim this share: zero failures in n bound their rate at 3/n. */
export function samplesFor(least: number): number {
  return Math.ceil(Number((3 / (1 - least)).toPrecision(12)));
}

/** Where in [0, 1] something begins to hold, as the two neighbouring numbers between which that is. */
function boundary(holds: (share: number) => boolean): { readonly from: number; readonly to: number } {
  let [from, to] = [0, 1];
  for (;;) {
    const middle = (from + to) / 2;
    if (middle <= from || middle >= to) return { from, to };
    if (holds(middle)) to = middle;
    else from = middle;
  }
}
