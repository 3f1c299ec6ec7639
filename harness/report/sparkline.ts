import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { type Html, html } from "./html.ts";

const [width, height] = [96, 22];

/** One of few numbers; without a value it is said in its words alone, or is beyond all values. */
export interface SparkPoint {
  readonly value: number | null;
  readonly words: string;
  readonly isBeyond?: boolean;
}

/**
 * A line of few numbers, oldest first, from 0; broken where there is no value, with a cross at the top where that was
 * beyond all. @param what it shows, for who cannot see it
 */
export function sparkline(what: string, points: readonly SparkPoint[]): Html {
  const label = `${what}, oldest first: ${points.map(({ words }) => words).join(", ")}`;
  const x = scaleLinear([0, Math.max(1, points.length - 1)], [3, width - 3]);
  const y = scaleLinear([0, Math.max(1, max(points, ({ value }) => value ?? 0) ?? 1)], [height - 3, 3]);
  const path = line<SparkPoint>()
    .defined(({ value }) => value !== null)
    .x((_, index) => x(index))
    .y(({ value }) => y(value ?? 0))
    .digits(1);
  const last = points.at(-1)?.value ?? null;
  const dot =
    last !== null && html`<circle cx="${x(points.length - 1).toFixed(1)}" cy="${y(last).toFixed(1)}" r="2.5"/>`;
  const crosses = points.map(
    ({ isBeyond }, index) =>
      isBeyond === true && html`<path class="beyond" d="M${(x(index) - 2.5).toFixed(1)} 1l5 5m0-5l-5 5"/>`,
  );
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}"><path d="${path(points) ?? ""}"/>${dot}${crosses}</svg>`;
}
