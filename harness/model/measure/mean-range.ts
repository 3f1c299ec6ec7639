import type { Range } from "./proportion.ts";

/** The 95th percentiles of Student's t for 1, 2, 3, … degrees of freedom; beyond the table the next smaller entry serves. */
const student95 = [
  6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.74,
  1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697,
];

/**
 * The mean of independent values and what it may really be: Student's interval, whose bounds hold at 95 % each.
 * @param values at least two
 */
export function meanRange(values: readonly number[]): { readonly mean: number; readonly range: Range } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const t = student95[Math.min(count - 1, student95.length) - 1]!;
  const half = t * Math.sqrt(variance / count);
  return { mean, range: { lower: mean - half, upper: mean + half } };
}
