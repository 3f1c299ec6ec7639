/**
 * How fast an error budget burns: (1 − good) ÷ (1 − promised). 1 uses it up exactly by the end of the period that the
 * promise is about, 0 not at all ("The Site Reliability Workbook", 2018, ch. 5).
 * @param good the share of operations that were good, in [0, 1]
 * @param promised the share that was promised, in [0, 1)
 */
export function burnOf(good: number, promised: number): number {
  return (1 - good) / (1 - promised);
}
