import { max, min } from "d3-array";
import { scaleLog } from "d3-scale";
import { duration } from "../model/quantities.ts";
import { type ChartSize, drawing, frameOf, px } from "./chart-frame.ts";
import type { ReportData } from "./data.ts";
import type { HeatCell } from "./heat.ts";
import { type Html, html } from "./html.ts";

/** Told apart by how much of the ground is seen; more than these nobody can. */
const levels = 5;

/** Response times of all ok operations: a cell for each stretch and bin, the fuller the more operations it has. */
export function heatChart(data: ReportData, size: ChartSize, words: { title: string; desc: string }): Html {
  const frame = frameOf(data, "heat", size, 170);
  const { heat } = data;
  const [least = 1, most = 100] = [min(heat, ({ fromTookMs }) => fromTookMs), max(heat, ({ toTookMs }) => toTookMs)];
  const y = scaleLog([least, Math.max(most, least * 10)], [frame.bottom, frame.top]);
  const fullest = max(heat, ({ count }) => count) ?? 1;
  const box = ({ fromMs, toMs, fromTookMs, toTookMs }: HeatCell): string => {
    const [left, top] = [frame.x(fromMs), y(toTookMs)];
    return `M${px(left)} ${px(top)}h${px(frame.x(toMs) - left)}v${px(y(fromTookMs) - top)}h-${px(frame.x(toMs) - left)}z`;
  };
  // Square roots: one slow operation among thousands must be seen.
  const byLevel = Map.groupBy(heat, ({ count }) => Math.ceil(Math.sqrt(count / fullest) * levels));
  const paths = [...byLevel].map(
    ([level, cells]) => html`<path class="heat-cell l${level}" d="${cells.map(box).join("")}"/>`,
  );
  const decades = [0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000].filter(
    (tick) => tick >= least && tick <= y.domain()[1]!,
  );
  const ticks = decades.map(
    (tick) =>
      html`<path class="grid" d="M${size.left} ${px(y(tick))}H${size.width - size.right}"/><text class="tick" x="${size.left - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${duration(tick)}</text>`,
  );
  return drawing(data, frame, words, html`${ticks}${paths}`);
}
