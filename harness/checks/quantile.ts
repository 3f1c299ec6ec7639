import type { Range } from "../model/measure/proportion.ts";

/** Each bound holds at 95 %, as those of proportions do (the 95th percentile of the normal). */
const z = 1.644_853_626_951;

/**
 * What a quantile of a distribution may really be, by order statistics: the number of samples below it is binomial,
 * whatever the distribution (Conover, "Practical nonparametric statistics", 1999). The samples are told by a function, so
 * that a histogram serves.
 * @param q in (0, 1)
 * @param count of the samples
 * @param percentile the value that a share of all samples does not exceed
 */
export function quantileRange(q: number, count: number, percentile: (share: number) => number): Range {
  if (count === 0) return { lower: 0, upper: Number.POSITIVE_INFINITY };
  const half = z * Math.sqrt((q * (1 - q)) / count);
  const upper = q + half + 1 / count;
  return {
    lower: q - half <= 0 ? 0 : percentile(q - half),
    // Beyond the last sample nothing is known.
    upper: upper > 1 ? Number.POSITIVE_INFINITY : percentile(upper),
  };
}
