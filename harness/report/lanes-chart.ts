import {
  type ChartSize,
  drawing,
  type Frame,
  frameOf,
  injectionsOf,
  letterWidth,
  numberOf,
  px,
  stretch,
} from "./chart-frame.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { oneLine } from "./text.ts";
import { actedUntil, type FaultWindow } from "./windows.ts";

/** With more places than that, or with numbers to be explained, each injection has one lane for all of its places. */
const placesAtMost = 16;
/** More lanes than that are in the table only. */
const lanesAtMost = 60;
const laneHeight = 34;

/** What lies on one line of the chart. */
interface Lane {
  readonly name: string;
  readonly windows: readonly [FaultWindow, ...FaultWindow[]];
}

/** How many injections have no lane. */
export const withoutLane = (data: ReportData): number => Math.max(0, injectionsOf(data).length - lanesAtMost);

/** What was asked for above, what was proven below: of each link or instance, or of each injection where those are many. */
export function lanesChart(data: ReportData, size: ChartSize, words: { title: string; desc: string }): Html {
  const { isCrowded } = frameOf(data, "lanes", size, 0);
  const lanes = lanesOf(data, isCrowded).slice(0, lanesAtMost);
  const frame = frameOf(data, "lanes", size, Math.max(1, lanes.length) * laneHeight + 6);
  return drawing(
    data,
    frame,
    words,
    lanes.map((one, index) => lane(data, frame, one, frame.top + index * laneHeight)),
  );
}

function lanesOf(data: ReportData, isCrowded: boolean): readonly Lane[] {
  if (data.windows.length <= placesAtMost && !isCrowded)
    return data.windows.map((window) => ({ name: window.on, windows: [window] }));
  return injectionsOf(data).flatMap((injection, index) => {
    const [first, ...others] = data.windows.filter((window) => window.injection === injection);
    if (first === undefined) return [];
    const isProven = [first, ...others].every(({ provenMs }) => provenMs !== null);
    return [{ name: `${numberOf(index, isProven)} ${first.title}`, windows: [first, ...others] }];
  });
}

function lane(data: ReportData, frame: Frame, { name: whole, windows }: Lane, top: number): Html {
  const healMs = Math.max(...windows.map(({ healRequestedMs }) => healRequestedMs ?? data.series.toMs));
  const asked = stretch(frame, Math.min(...windows.map(({ requestedMs }) => requestedMs)), healMs);
  const name = oneLine(whole, Math.floor((frame.size.width - frame.size.left) / letterWidth));
  const { x, y, anchor } = namePlace(frame, name, asked, top);
  return html`<rect class="requested" x="${asked.x}" y="${px(top + 8)}" width="${asked.width}" height="3"/>
${windows.map((window) => proven(data, frame, window, top))}<text class="lane-name" x="${x}" y="${px(y)}" text-anchor="${anchor}">${name}</text>`;
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
