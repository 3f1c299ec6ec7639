import { atLeast, atMost } from "../model/measure/binomial.ts";
import { type Range, type RangeOptions, verdictError } from "../model/measure/proportion.ts";

/**
 * What a quantile of a distribution may really be, by order statistics: the number of samples up to it is binomial,
 * whatever the distribution (Conover, "Practical nonparametric statistics", 1999). Each bound is wrong at most as often as
 * `error` says, by the exact binomial. The samples are given by a function, so that a histogram serves.
 * @param q in (0, 1)
 * @param count of the samples
 * @param percentile the value that a share of all samples does not exceed
 */
export function quantileRange(
  q: number,
  count: number,
  percentile: (share: number) => number,
  { error = verdictError }: RangeOptions = {},
): Range {
  // The middle of its place, so that rounding makes no neighbour of it.
  const ranked = (rank: number): number => percentile((rank - 0.5) / count);
  const upper = first(count + 1, (rank) => atLeast(rank, count, q) <= error);
  const lower = first(count + 1, (rank) => atMost(rank, count, q) > error);
  return {
    lower: lower === 0 ? 0 : ranked(lower),
    // Beyond the last sample nothing is known.
    upper: upper > count ? Number.POSITIVE_INFINITY : ranked(upper),
  };
}

/** The first of 0, 1, … `last` of which it holds, where it then holds of all that follow. */
function first(last: number, holds: (rank: number) => boolean): number {
  let [from, to] = [0, last];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
