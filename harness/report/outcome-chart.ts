import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { stack } from "d3-shape";
import { type Outcome, outcomes } from "../model/history.ts";
import { count } from "../model/quantities.ts";
import { type ChartSize, drawing, type Frame, frameOf, px } from "./chart-frame.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import type { OutcomeBucket } from "./series.ts";

/** What went wrong stands on the ground, where it has a common base line; what went well is above it. */
const fromTheGround = outcomes.toReversed();

/** Operations per second by outcome, stacked. */
export function outcomeChart(data: ReportData, size: ChartSize, words: { title: string; desc: string }): Html {
  const frame = frameOf(data, "outcomes", size, 170);
  const { bars } = data.series;
  const most = max(bars, (bar) => rate(bar, bar.total)) ?? 1;
  const y = scaleLinear([0, Math.max(1, most * 1.08)], [frame.bottom, frame.top]);
  const layers = stack<OutcomeBucket, Outcome>()
    .keys(fromTheGround)
    .value((bar, outcome) => rate(bar, bar.counts[outcomes.indexOf(outcome)] ?? 0))(bars);
  const paths = layers.map((layer) => {
    const d = layer.map(([low, high], index) => (high > low ? box(frame, bars[index]!, y(low), y(high)) : "")).join("");
    return (
      d !== "" &&
      html`<path class="outcome ${layer.key}" d="${d}"/>${isHatched(layer.key) && html`<path fill="url(#${frame.id}-i)" d="${d}"/>`}`
    );
  });
  const ticks = y
    .ticks(4)
    .map(
      (tick) =>
        html`<path class="grid" d="M${size.left} ${px(y(tick))}H${size.width - size.right}"/><text class="tick" x="${size.left - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${count(tick)}</text>`,
    );
  return drawing(data, frame, words, html`${ticks}${paths}`);
}

/** Told apart by more than their colour. */
export const isHatched = (outcome: Outcome): boolean => outcome === "failed" || outcome === "wrong";

/** The last bucket may be shorter: per second, it compares with the others. */
const rate = ({ fromMs, toMs }: OutcomeBucket, operations: number): number => (operations * 1000) / (toMs - fromMs);

/** A bar, a hair apart from its neighbour, and never so low that one failure among thousands could not be seen. */
function box(frame: Frame, { fromMs, toMs }: OutcomeBucket, low: number, high: number): string {
  const [from, to] = [frame.x(fromMs), frame.x(toMs)];
  const width = Math.max(0.8, to - from - (to - from > 4 ? 1 : 0));
  const height = Math.max(1.2, low - high);
  return `M${px(from)} ${px(low)}v-${px(height)}h${px(width)}v${px(height)}z`;
}
