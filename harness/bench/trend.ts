/** A figure at a time. */
export interface Sample {
  readonly atSeconds: number;
  readonly value: number;
}

/**
 * How fast a figure grows, by least squares.
 * @returns per minute; `NaN` for fewer than two samples, or when all are of one time
 */
export function growthPerMinute(samples: readonly Sample[]): number {
  const meanAt = mean(samples.map(({ atSeconds }) => atSeconds));
  const meanValue = mean(samples.map(({ value }) => value));
  let [together, alone] = [0, 0];
  for (const { atSeconds, value } of samples) {
    together += (atSeconds - meanAt) * (value - meanValue);
    alone += (atSeconds - meanAt) ** 2;
  }
  return (together / alone) * 60;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
