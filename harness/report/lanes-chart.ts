import { type ChartSize, drawing, type Frame, frameOf, letterWidth, px, stretch } from "./chart-frame.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { oneLine } from "./text.ts";
import { actedUntil, type FaultWindow } from "./windows.ts";

/** More lanes than that are in the table only. */
export const lanesAtMost = 16;
const laneHeight = 34;

/** One lane for each link or instance that was acted on: what was asked for above, what was proven below. */
export function lanesChart(data: ReportData, size: ChartSize, words: { title: string; desc: string }): Html {
  const lanes = data.windows.slice(0, lanesAtMost);
  const frame = frameOf(data, "lanes", size, Math.max(1, lanes.length) * laneHeight + 6);
  return drawing(
    data,
    frame,
    words,
    lanes.map((window, index) => lane(data, frame, window, frame.top + index * laneHeight)),
  );
}

function lane(data: ReportData, frame: Frame, window: FaultWindow, top: number): Html {
  const asked = stretch(frame, window.requestedMs, window.healRequestedMs ?? data.series.toMs);
  const name = oneLine(window.on, Math.floor((frame.size.width - frame.size.left) / letterWidth));
  const { x, y, anchor } = namePlace(frame, name, asked, top);
  return html`<rect class="requested" x="${asked.x}" y="${px(top + 8)}" width="${asked.width}" height="3"/>
${proven(data, frame, window, top)}<text class="lane-name" x="${x}" y="${px(y)}" text-anchor="${anchor}">${name}</text>`;
}

/** Beside its bars where there is room, before them rather than after; else above them. */
function namePlace({ size }: Frame, name: string, asked: { x: string; to: string }, top: number) {
  const length = name.length * letterWidth + 10;
  const [from, to] = [Number(asked.x), Number(asked.to)];
  if (from - size.left > length) return { x: px(from - 8), y: top + 20, anchor: "end" };
  if (size.width - to > length) return { x: px(to + 8), y: top + 20, anchor: "start" };
  return { x: String(size.left), y: top + 4, anchor: "start" };
}

function proven(data: ReportData, frame: Frame, window: FaultWindow, top: number): Html | false {
  if (window.provenMs === null) return false;
  const { x, width } = stretch(frame, window.provenMs, actedUntil(window, data.series.toMs));
  const place = html`x="${x}" y="${px(top + 14)}" width="${width}" height="10"`;
  return html`<rect class="proven" ${place}/>`;
}
