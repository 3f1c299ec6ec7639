/** The middle value; of an even number the mean of the two in the middle. @returns NaN of none */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  const lower = sorted.length % 2 === 1 ? upper : (sorted[half - 1] ?? Number.NaN);
  // Their mean is no number when both are infinite.
  return lower === upper ? upper : (lower + upper) / 2;
}
