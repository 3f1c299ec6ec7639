/**
 * Holm's step-down correction ("A simple sequentially rejective multiple test procedure", 1979): of all tests together,
 * the chance of even one false alarm stays below the level that the adjusted p-values are held against, whatever the
 * tests have in common.
 * @param pValues in any order
 * @returns the adjusted ones, in the same order
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((one, other) => pValues[one]! - pValues[other]!);
  const adjusted = pValues.map(() => 1);
  let highest = 0;
  for (const [step, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - step) * pValues[index]!));
    adjusted[index] = highest;
  }
  return adjusted;
}
