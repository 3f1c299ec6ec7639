import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import { textOf } from "./skeleton.ts";

/** A drawing with its axes, as a reader takes them from the ticks. */
export interface Chart {
  readonly svg: string;
  readonly msAt: (x: number) => number;
  readonly msPerPx: number;
  readonly yOf: (value: number) => number;
  /** What a pixel is worth, where the axis is linear: the ticks of a logarithmic one tell no such thing. */
  readonly perPx: number;
}

/** The drawing that is described by this id. @throws when there is none */
export function chartOf(page: string, id: string): Chart {
  const title = page.indexOf(`<title id="${id}-t">`);
  if (title === -1) throw new Error(`no chart ${id}`);
  const svg = page.slice(page.lastIndexOf("<svg", title), page.indexOf("</svg>", title));
  const ticks = [
    ...svg.matchAll(/<text class="tick" x="([\d.-]+)" y="([\d.-]+)" text-anchor="(end|middle)">([^<]*)</g),
  ].map(([, x, y, anchor, text = ""]) => ({ x: Number(x), y: Number(y), anchor, text: textOf(text) }));
  const below = ticks.filter(({ anchor }) => anchor === "middle");
  const time = axis(
    below.map(({ x, text }) => ({ at: x, value: Number(text.replace(" s", "").replaceAll(",", "")) * 1000 })),
    false,
  );
  const beside = ticks.filter(({ anchor }) => anchor === "end");
  const isLog = beside.some(({ text }) => text.endsWith("s"));
  // A label stands four pixels below the line that it names.
  const upward = axis(
    beside.map(({ y, text }) => ({
      at: y - 4,
      value: isLog ? durationsOf(text)[0]! : Number(text.replaceAll(",", "")),
    })),
    isLog,
  );
  return {
    svg,
    msAt: (x) => time.invert(x),
    msPerPx: time.invert(1) - time.invert(0),
    yOf: upward,
    perPx: isLog ? Number.NaN : upward.invert(0) - upward.invert(1),
  };
}

/** Through the first and the last tick. A chart of lanes has none beside it. */
function axis(ticks: readonly { at: number; value: number }[], isLog: boolean): ScaleContinuousNumeric<number, number> {
  const sorted = ticks.toSorted((a, b) => a.value - b.value);
  const [first, last] = [sorted[0] ?? { at: 0, value: 0 }, sorted.at(-1) ?? { at: 1, value: 1 }];
  return (isLog ? scaleLog() : scaleLinear()).domain([first.value, last.value]).range([first.at, last.at]);
}

/** `41 ms`, `1.34 s`, `840 µs` as ms, all that are in a text. */
export function durationsOf(text: string): readonly number[] {
  const factors: Readonly<Record<string, number>> = { min: 60_000, s: 1000, ms: 1, µs: 0.001 };
  return [...text.matchAll(/([\d.]+) (min|s|ms|µs)/g)].map(([, value, unit = ""]) => Number(value) * factors[unit]!);
}

/** The flat pieces of a line, one for each stretch of time. */
export function linePoints({ svg, msAt }: Chart, name: string): readonly { fromMs: number; toMs: number; y: number }[] {
  const [, d = ""] = new RegExp(`class="line ${name}" d="([^"]*)"`).exec(svg) ?? [];
  const corners = [...d.matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
  return corners.flatMap(({ x, y }, index) => {
    const to = corners[index + 1];
    return index % 2 === 1 || to === undefined ? [] : [{ fromMs: msAt(x), toMs: msAt(to.x), y }];
  });
}

/** The bars of one outcome. */
export function barsOf({ svg, msAt }: Chart, outcome: string): readonly { atMs: number; height: number }[] {
  const [, d = ""] = new RegExp(`class="outcome ${outcome}" d="([^"]*)"`).exec(svg) ?? [];
  return [...d.matchAll(/M([\d.-]+) [\d.-]+v-([\d.]+)/g)].map(([, x, height]) => ({
    atMs: msAt(Number(x)),
    height: Number(height),
  }));
}

/** The rectangles of a class, as stretches of time. */
export function stretchesOf({ svg, msAt }: Chart, kind: string): readonly { fromMs: number; toMs: number }[] {
  const rects = [...svg.matchAll(new RegExp(`class="${kind}" x="([\\d.-]+)"[^>]* width="([\\d.-]+)"`, "g"))];
  return rects.map(([, x, width]) => ({ fromMs: msAt(Number(x)), toMs: msAt(Number(x) + Number(width)) }));
}
