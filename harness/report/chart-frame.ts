import { type ScaleLinear, scaleLinear } from "d3-scale";
import { count } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, type HtmlValue, html } from "./html.ts";
import { actedFrom, actedUntil } from "./windows.ts";
import { phaseLabels } from "./words.ts";

/** How wide a chart is drawn; each is made twice, for a page and for a phone, as its letters must not shrink. */
export interface ChartSize {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly left: number;
  readonly right: number;
}
export const chartSizes: readonly ChartSize[] = [
  { name: "wide", width: 1000, left: 56, right: 56 },
  { name: "narrow", width: 340, left: 44, right: 34 },
];

/** Rows above the plot: the phases' names, then up to this many rows of fault names. */
const rowHeight = 18;
const faultRowsAtMost = 3;
/** What a letter of the charts' type takes at most, about, in px: a bold one of a wide face, as DejaVu Sans. */
export const letterWidth = 7.1;

/** In degrees: kinds of faults are told apart by how they are hatched; with more kinds than that some share one. */
const hatchings = [45, -45, 90, 0];

/** Where things are. In px of the drawing. */
export interface Frame {
  readonly id: string;
  readonly size: ChartSize;
  readonly x: ScaleLinear<number, number>;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
  readonly bands: readonly Band[];
  /** So many faults that their names have no room: they have numbers, and only what was proven is marked. */
  readonly isCrowded: boolean;
}

/** All places of one injection together, as it is shaded behind every chart. */
export interface Band {
  /** Its title, or its number where the titles have no room; with what is not proven about it. */
  readonly label: string;
  readonly requestedMs: number;
  /** When it was first seen acting, else when it was requested; and when it was last known to act. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly isProven: boolean;
  /** Which of the hatchings its kind of fault has. */
  readonly hatch: number;
  /** The row of its label; null when there was no room. */
  readonly row: number | null;
}

export function frameOf(data: ReportData, id: string, size: ChartSize, plotHeight: number): Frame {
  const x = scaleLinear([data.series.fromMs, data.series.toMs], [size.left, size.width - size.right]);
  const { bands, isCrowded } = bandsOf(data, x, size);
  const rows = 1 + Math.max(0, ...bands.map(({ row }) => (row ?? 0) + 1));
  const top = rows * rowHeight + 4;
  return {
    id: `${id}-${size.name}`,
    size,
    x,
    top,
    bottom: top + plotHeight,
    height: top + plotHeight + 26,
    bands,
    isCrowded,
  };
}

/** Which injections there are, in order: what `3` means where the names have no room. */
export const injectionsOf = ({ windows }: ReportData): readonly string[] => [
  ...new Set(windows.map(({ injection }) => injection)),
];

/** The whole drawing: `back` behind the grid and the phases, `front` before them. */
export function drawing(data: ReportData, frame: Frame, words: { title: string; desc: string }, plot: HtmlValue): Html {
  const { id, size, height } = frame;
  return html`<svg class="chart ${size.name}" viewBox="0 0 ${size.width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d" data-axis="${[...frame.x.domain(), ...frame.x.range()].join(" ")}">
<title id="${id}-t">${words.title}</title><desc id="${id}-d">${words.desc}</desc>
<defs>${usedHatches(frame).map((hatch) => html`<pattern id="${id}-h${hatch}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(${hatchings[hatch]})"><path class="hatch" d="M0 0V7"/></pattern>`)}<pattern id="${id}-i" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-ink" d="M0 0V4"/></pattern></defs>
${shades(frame)}${plot}${timeAxis(frame)}${phaseMarks(data, frame)}${bandLabels(frame)}</svg>
`;
}

const usedHatches = ({ bands }: Frame): readonly number[] => [...new Set(bands.map(({ hatch }) => hatch))];

/** The x and width of a stretch of time; never so narrow that it could not be seen. */
export function stretch(frame: Frame, fromMs: number, toMs: number): { x: string; width: string; to: string } {
  const [from, to] = [frame.x(fromMs), frame.x(toMs)];
  const width = Math.max(2.5, to - from);
  return { x: px(from), width: px(width), to: px(from + width) };
}

/** @returns a coordinate, to a tenth of a pixel */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

/** By their names where all have room, else by their numbers. */
function bandsOf(data: ReportData, x: Frame["x"], size: ChartSize): Pick<Frame, "bands" | "isCrowded"> {
  const kinds = [...new Set(data.windows.map(({ kind }) => kind))];
  const all = injectionsOf(data).map((injection) => {
    const places = data.windows.filter((window) => window.injection === injection);
    const fromMs = Math.min(...places.map(actedFrom));
    return {
      title: shortLabel(places[0]?.title ?? injection, size),
      requestedMs: Math.min(...places.map((place) => place.requestedMs)),
      fromMs,
      toMs: Math.max(fromMs, ...places.map((place) => actedUntil(place, data.series.toMs))),
      isProven: places.every(({ provenMs }) => provenMs !== null),
      hatch: kinds.indexOf(places[0]?.kind ?? "") % hatchings.length,
    };
  });
  const labelled = (labelOf: (band: (typeof all)[number], index: number) => string, gap: number): Band[] => {
    const rowsEnd: number[] = [];
    return all.map((band, index) => {
      const label = labelOf(band, index);
      const { from, to } = labelSpan(label, x(band.fromMs), size);
      const free = rowsEnd.findIndex((end) => end < from);
      const row = free === -1 ? rowsEnd.length : free;
      if (row >= faultRowsAtMost) return { ...band, label, row: null };
      rowsEnd[row] = to + gap;
      return { ...band, label, row };
    });
  };
  const named = labelled(({ title, isProven }) => `${title}${isProven ? "" : " (not proven)"}`, 12);
  const isCrowded = named.some(({ row }) => row === null);
  return { isCrowded, bands: isCrowded ? labelled((_, index) => numberOf(index, all[index]?.isProven), 5) : named };
}

/** `3`, or `3?` for what was not proven. */
export const numberOf = (index: number, isProven = false): string => `${index + 1}${isProven ? "" : "?"}`;

/** A label begins at its window, unless it would run out of the drawing. */
function labelSpan(label: string, at: number, size: ChartSize): { from: number; to: number } {
  const length = label.length * letterWidth;
  const from = Math.max(size.left, Math.min(at, size.width - length));
  return { from, to: from + length };
}

const shortLabel = (title: string, size: ChartSize): string => {
  const most = size.name === "wide" ? 60 : 34;
  return title.length <= most ? title : `${title.slice(0, most - 1)}…`;
};

/**
 * Hatched where it was proven to act; between the request and the proof only shaded, with a broken edge, unless there are
 * so many that nothing else would be seen.
 */
function shades(frame: Frame): Html[] {
  const crowded = frame.isCrowded ? " crowded" : "";
  return frame.bands.map(({ requestedMs, fromMs, toMs, isProven, hatch }) => {
    const { x, width, to } = stretch(frame, fromMs, toMs);
    const [y, height] = [frame.top, frame.bottom - frame.top];
    const area = html`<rect class="shade" x="${x}" y="${y}" width="${width}" height="${height}"/><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#${frame.id}-h${hatch})"/>`;
    const waits = frame.x(fromMs) - frame.x(requestedMs);
    const request = html`<rect class="shade" x="${px(frame.x(requestedMs))}" y="${y}" width="${px(waits)}" height="${height}"/><path class="edge unproven" d="M${px(frame.x(requestedMs))} ${y}V${frame.bottom}"/>`;
    return html`${waits > 2 && !frame.isCrowded && request}${isProven && area}<path class="edge${!isProven && " unproven"}${crowded}" d="M${x} ${y}V${frame.bottom}M${to} ${y}V${frame.bottom}"/>`;
  });
}

function bandLabels(frame: Frame): Html[] {
  return frame.bands.flatMap(({ label, fromMs, row }) => {
    if (row === null) return [];
    const { from } = labelSpan(label, frame.x(fromMs), frame.size);
    return [html`<text class="fault-name" x="${px(from)}" y="${rowHeight * (row + 2) - 4}">${label}</text>`];
  });
}

function timeAxis({ x, bottom, size }: Frame): Html {
  const seconds = scaleLinear(
    x.domain().map((ms) => ms / 1000),
    x.range(),
  );
  const ticks = seconds.ticks(size.name === "wide" ? 12 : 5);
  return html`<path class="axis" d="M${size.left} ${bottom}H${size.width - size.right}"/>
${ticks.map((tick) => html`<text class="tick" x="${px(seconds(tick))}" y="${bottom + 18}" text-anchor="middle">${count(tick)} s</text>`)}
`;
}

function phaseMarks(data: ReportData, frame: Frame): Html[] {
  return data.phases.map(({ phase, fromMs, toMs }) => {
    const [from, to] = [frame.x(fromMs), frame.x(toMs)];
    const label = phaseLabels[phase];
    const fits = to - from > label.length * letterWidth + 12;
    const mark = html`<path class="phase-edge" d="M${px(from)} ${rowHeight - 14}V${frame.bottom}"/>`;
    return html`${mark}${fits && html`<text class="phase-name" x="${px(from + 5)}" y="${rowHeight - 5}">${label}</text>`}`;
  });
}
