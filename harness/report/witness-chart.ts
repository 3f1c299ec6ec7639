import { scaleLinear } from "d3-scale";
import type { Interval } from "../model/check.ts";
import { count, relative } from "../model/quantities.ts";
import type { CheckResult, Witness } from "../model/verdict.ts";
import { chartSizes, letterWidth, px } from "./chart-frame.ts";
import { type Html, html } from "./html.ts";
import { oneLine } from "./text.ts";

type Size = (typeof chartSizes)[number];

const laneHeight = 30;
const barHeight = 12;
const axisHeight = 26;

/**
 * The witnesses of a broken law as a space-time diagram: a lane for each client, a bar for each of its operations from
 * when it was due to its end, those that break the law marked (as in Lamport, Time, Clocks, and the Ordering of Events,
 * 1978). Drawn when there are at least two operations: with one there is nothing to order.
 * @param shades when faults acted, in ms from the first injection
 * @param id unique in the page
 */
export function witnessChart({ title, witness }: CheckResult, shades: readonly Interval[], id: string): Html | false {
  if (witness.length < 2) return false;
  const sessions = [...new Set(witness.map(({ session }) => session))].sort((a, b) => a - b);
  const words = witness.map(({ operation, session, violates, fromFaultMs, toFaultMs }) => {
    const marked = violates ? ", which breaks the law" : "";
    return `client ${session}: ${operation} from ${relative(fromFaultMs)} to ${relative(toFaultMs)}${marked}`;
  });
  return html`<figure class="witness-chart">${chartSizes.map((size) => drawing(size))}</figure>`;

  function drawing(size: Size): Html {
    const height = sessions.length * laneHeight + axisHeight + 8;
    const x = axisOf(witness, size);
    const lanes = sessions.map((session, lane) => {
      const y = 8 + lane * laneHeight;
      const name = size.name === "wide" ? `client ${session}` : `${session}`;
      return html`<path class="grid" d="M${size.left} ${y + laneHeight / 2}H${size.width - 8}"/><text class="tick" x="${size.left - 8}" y="${y + laneHeight / 2 + 4}" text-anchor="end">${name}</text>
${ofSession(session).map((one) => bar(one, x, y, size))}`;
    });
    const bottom = height - axisHeight;
    return html`<svg class="chart ${size.name}" viewBox="0 0 ${size.width} ${height}" role="img" aria-labelledby="${id}-${size.name}-t ${id}-${size.name}-d">
<title id="${id}-${size.name}-t">The witnesses of ${title} by client and time</title><desc id="${id}-${size.name}-d">${words.join("; ")}</desc>
${shades.map((shade) => shaded(shade, x, bottom))}${lanes}<path class="axis" d="M${size.left} ${bottom}H${size.width - 8}"/>${x.ticks(size.name === "wide" ? 8 : 3).map((tick) => html`<text class="tick" x="${px(x(tick))}" y="${bottom + 18}" text-anchor="middle">${tick < 0 ? "" : "+"}${count(tick)} s</text>`)}</svg>
`;
  }

  function ofSession(session: number): readonly Witness[] {
    return witness.filter((one) => one.session === session);
  }
}

/** In seconds from the first injection; an operation that never ended goes on to the edge. */
function axisOf(witness: readonly Witness[], size: Size) {
  const times = witness.flatMap(({ fromFaultMs, toFaultMs }) => [fromFaultMs, toFaultMs ?? fromFaultMs]);
  const [from, to] = [Math.min(...times) / 1000, Math.max(...times) / 1000];
  const margin = Math.max(0.005, (to - from) * 0.03);
  return scaleLinear([from - margin, to + margin], [size.left, size.width - 8]);
}

/** When a fault acted, as far as the diagram shows it. */
function shaded({ fromMs, toMs }: Interval, x: ReturnType<typeof axisOf>, bottom: number): Html | false {
  const [least = 0, most = 0] = x.domain();
  const [from, to] = [Math.max(least, fromMs / 1000), Math.min(most, toMs / 1000)];
  return (
    from < to && html`<rect class="shade" x="${px(x(from))}" y="0" width="${px(x(to) - x(from))}" height="${bottom}"/>`
  );
}

function bar(one: Witness, x: ReturnType<typeof axisOf>, top: number, size: Size): Html {
  const from = x(one.fromFaultMs / 1000);
  const to = one.toFaultMs === null ? size.width - 8 : x(one.toFaultMs / 1000);
  const width = Math.max(3, to - from);
  const y = top + (laneHeight - barHeight) / 2;
  const words = `${one.violates ? "✗ " : ""}${one.operation}`;
  // Before its bar where behind it there is less room than it needs; cut where there is not enough.
  const [behind, before] = [size.width - (from + width + 5), from - 5].map((room) => Math.floor(room / letterWidth));
  const isBehind = behind! >= Math.min(words.length, before!);
  const label = oneLine(words, Math.max(1, isBehind ? behind! : before!));
  const place = isBehind
    ? html`x="${px(from + width + 5)}" text-anchor="start"`
    : html`x="${px(from - 5)}" text-anchor="end"`;
  const kind = `operation${one.violates ? " violating" : ""}${one.toFaultMs === null ? " endless" : ""}`;
  return html`<rect class="${kind}" x="${px(from)}" y="${px(y)}" width="${px(width)}" height="${barHeight}" rx="2"/>${size.name === "wide" && html`<text class="operation-name" ${place} y="${px(top + laneHeight / 2 - 8)}">${label}</text>`}
`;
}
