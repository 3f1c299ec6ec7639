/** Where a component tells its metrics, and when one of them is worth telling. */
export interface MetricsDefinition {
  /** Answers 200 with the text format of Prometheus. */
  readonly path: string;
  /** What it means → when: `{ "the pool is exhausted": { metric: "pool_waiting", above: 0 } }`. */
  readonly marks: Readonly<Record<string, MetricMark>>;
}

/** A metric, and the bound that it must go beyond. */
export interface MetricMark {
  readonly metric: string;
  readonly above?: number;
  readonly below?: number;
  /**
   * Whether it goes off without a caller, as that of a connection which is given back does, and that of a breaker which half-opens
   * for a caller does not. `comesToRest` then waits for no traffic. Default: false.
   */
  readonly goesOffAlone?: boolean;
}

/** Whether a value is beyond one of the mark's bounds. NaN never is. */
export function reaches(
  { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY }: MetricMark,
  value: number,
) {
  return value > above || value < below;
}

/** How far a value is beyond the mark's bounds; 0 where it is not. */
export function beyond(
  { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY }: MetricMark,
  value: number,
): number {
  return Math.max(0, value > above ? value - above : 0, value < below ? below - value : 0);
}

/**
 * What a text says of the kind of a metric: `counter`, `gauge`, …; undefined where it says nothing. A metric with labels has
 * a kind before it has a value.
 * @param text in the text format of Prometheus
 */
export function metricType(text: string, metric: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.find(([hash, type, name]) => hash === "#" && type === "TYPE" && name === metric)?.[3];
}

/**
 * The values of all series of a metric.
 * @param text in the text format of Prometheus ("Exposition formats", prometheus.io)
 */
export function metricValues(text: string, metric: string): readonly number[] {
  return text.split("\n").flatMap((line) => {
    if (!line.startsWith(metric)) return [];
    // A label's value may hold anything between its quotes.
    const found = /^(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)/.exec(line.slice(metric.length));
    const value = numberOf(found?.[1]);
    return value === undefined ? [] : [value];
  });
}

const infinities: Readonly<Record<string, number>> = {
  "+Inf": Number.POSITIVE_INFINITY,
  "-Inf": Number.NEGATIVE_INFINITY,
};

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = infinities[text] ?? Number(text);
  return Number.isNaN(value) ? undefined : value;
}
