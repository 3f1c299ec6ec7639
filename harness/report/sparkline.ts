import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { duration } from "./format.ts";
import { type Html, html } from "./html.ts";

const [width, height] = [96, 22];

/** A line of few numbers, oldest first, from 0; broken where one is not known. @param what it shows, for who cannot see it */
export function sparkline(what: string, values: readonly (number | null)[]): Html {
  const words = `${what}, oldest first: ${values.map((value) => (value === null ? "not known" : duration(value))).join(", ")}`;
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [3, width - 3]);
  const y = scaleLinear([0, Math.max(1, max(values, (value) => value ?? 0) ?? 1)], [height - 3, 3]);
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, index) => x(index))
    .y((value) => y(value ?? 0))
    .digits(1);
  const last = values.at(-1) ?? null;
  const dot =
    last !== null && html`<circle cx="${x(values.length - 1).toFixed(1)}" cy="${y(last).toFixed(1)}" r="2.5"/>`;
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${words}"><path d="${path(values) ?? ""}"/>${dot}</svg>`;
}
