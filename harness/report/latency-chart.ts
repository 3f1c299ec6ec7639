import { max, min } from "d3-array";
import { type ScaleLogarithmic, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { duration } from "../model/quantities.ts";
import { type ChartSize, drawing, type Frame, frameOf, px } from "./chart-frame.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { type LineName, type LinePoint, lineNames } from "./series.ts";

type LogScale = ScaleLogarithmic<number, number>;

const labelHeight = 13;

/** Percentiles of the response time over time, on a logarithmic axis. */
export function latencyChart(data: ReportData, size: ChartSize, words: { title: string; desc: string }): Html {
  const frame = frameOf(data, "latency", size, 230);
  const y = scaleOf(data, frame);
  const plot = html`${grid(frame, y)}${lineNames.toReversed().map((name) => stroke(data.series.lines[name], name, frame, y))}${endLabels(data, frame, y)}`;
  return drawing(data, frame, words, plot);
}

function scaleOf(data: ReportData, frame: Frame): LogScale {
  const all = lineNames.flatMap((name) => data.series.lines[name].flatMap(({ ms }) => (ms === null ? [] : [ms])));
  // A clock that stood still gives 0, which has no logarithm.
  const least = Math.max(0.01, min(all) ?? 1);
  const most = Math.max(least * 10, max(all) ?? 100);
  return scaleLog([10 ** Math.floor(Math.log10(least)), most * 1.15], [frame.bottom, frame.top]).clamp(true);
}

function grid({ size }: Frame, y: LogScale): Html[] {
  const [least = 1, most = 100] = y.domain();
  const decades: number[] = [];
  for (let decade = least; decade <= most; decade *= 10) {
    for (const step of most / least > 1000 ? [1] : [1, 3]) if (decade * step <= most) decades.push(decade * step);
  }
  return decades.map(
    (tick) =>
      html`<path class="grid" d="M${size.left} ${px(y(tick))}H${size.width - size.right}"/><text class="tick" x="${size.left - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${duration(tick)}</text>`,
  );
}

/** Flat across each bucket, so that its width is seen; broken where there were too few operations. */
function stroke(points: readonly LinePoint[], name: LineName, frame: Frame, y: LogScale): Html | false {
  const corners = points.flatMap(({ fromMs, toMs, ms }) => [
    { at: fromMs, ms },
    { at: toMs, ms },
  ]);
  const path = line<(typeof corners)[number]>()
    .defined(({ ms }) => ms !== null)
    .x(({ at }) => frame.x(at))
    .y(({ ms }) => y(Math.max(0.01, ms ?? 0)))
    .digits(1);
  const d = path(corners);
  return d !== null && html`<path class="line ${name}" d="${d}"/>`;
}

/** Each line is named where it ends, moved apart where two end at one height. */
function endLabels(data: ReportData, frame: Frame, y: LogScale): Html[] {
  const ends = lineNames
    .flatMap((name) => {
      const last = data.series.lines[name].findLast(({ ms }) => ms !== null);
      return last === undefined ? [] : [{ name, at: y(Math.max(0.01, last.ms ?? 0)) }];
    })
    .sort((a, b) => b.at - a.at);
  let lowest = frame.bottom + labelHeight;
  return ends.map(({ name, at }) => {
    lowest = Math.min(at, lowest - labelHeight);
    const x = frame.size.width - frame.size.right + 5;
    return html`<text class="line-name ${name}" x="${x}" y="${px(lowest + 4)}">${name}</text>`;
  });
}
