import { type Html, html } from "./html.ts";
import { oneLine } from "./text.ts";
import type { TopologyEdge, TopologyNode, TopologyPicture } from "./topology.ts";

const boxWidth = 132;
const boxHeight = 46;
const gapX = 22;
const gapY = 54;
const margin = 6;

interface Placed {
  readonly node: TopologyNode;
  readonly x: number;
  readonly y: number;
}

/** Who talks to whom, from the clients downwards; what was acted on is marked by colour, a thick line and a sign. */
export function topologyPicture({ nodes, edges }: TopologyPicture): Html {
  const layers = [...new Set(nodes.map(({ layer }) => layer))].sort((a, b) => a - b);
  const rows = layers.map((layer) => nodes.filter((node) => node.layer === layer));
  const widest = Math.max(1, ...rows.map((row) => row.length));
  const width = widest * (boxWidth + gapX) - gapX + 2 * margin;
  const height = rows.length * (boxHeight + gapY) - gapY + 2 * margin;
  const placed = new Map<string, Placed>();
  for (const [rowIndex, row] of rows.entries()) {
    const left = (width - (row.length * (boxWidth + gapX) - gapX)) / 2;
    for (const [index, node] of row.entries()) {
      placed.set(node.name, { node, x: left + index * (boxWidth + gapX), y: margin + rowIndex * (boxHeight + gapY) });
    }
  }
  const lines = edges.toSorted((a, b) => a.faults.length - b.faults.length).map((edge) => line(edge, placed));
  return html`<svg class="topology" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-labelledby="topology-t topology-d">
<title id="topology-t">Components and links</title><desc id="topology-d">${described(nodes, edges)}</desc>
${lines}${[...placed.values()].map(box)}</svg>`;
}

function box({ node, x, y }: Placed): Html {
  const times = node.instances.length > 1 ? ` × ${node.instances.length}` : "";
  const middle = x + boxWidth / 2;
  const mark = node.faults.length > 0;
  return html`<g class="node${mark && " faulted"}"><rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="8"/>
<text class="node-name" x="${middle}" y="${y + 20}" text-anchor="middle">${mark && "⚡ "}${oneLine(node.name, 16)}${times}</text>
<text class="node-kind" x="${middle}" y="${y + 36}" text-anchor="middle">${oneLine(node.kind, 18)}</text></g>
`;
}

function line(edge: TopologyEdge, placed: ReadonlyMap<string, Placed>): Html | undefined {
  const [from, to] = [placed.get(edge.from), placed.get(edge.to)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const isDown = from.y <= to.y;
  const [x1, y1] = [from.x + boxWidth / 2, isDown ? from.y + boxHeight : from.y];
  const [x2, y2] = [to.x + boxWidth / 2, isDown ? to.y : to.y + boxHeight];
  const middle = (y1 + y2) / 2;
  const path = html`<path class="link${edge.faults.length > 0 && " faulted"}" d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}"/>`;
  if (edge.faults.length === 0) return path;
  return html`${path}<circle class="mark" cx="${(x1 + x2) / 2}" cy="${middle}" r="11"/><text class="mark-sign" x="${(x1 + x2) / 2}" y="${middle + 5}" text-anchor="middle">⚡</text>`;
}

function described(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): string {
  const links = edges.map(({ from, to }) => `${from} to ${to}`).join(", ");
  const faults = faultsIn({ nodes, edges }).map(({ place, titles }) => `${place}: ${titles.join(", ")}`);
  return `${links}. Acted on: ${faults.length === 0 ? "nothing" : faults.join("; ")}.`;
}

/** Every component and link that a fault acted on, with the faults. */
export function faultsIn({ nodes, edges }: TopologyPicture): readonly { place: string; titles: readonly string[] }[] {
  return [
    ...nodes.map(({ name, faults }) => ({ place: name, titles: faults })),
    ...edges.map(({ from, to, faults }) => ({ place: `${from} → ${to}`, titles: faults })),
  ].filter(({ titles }) => titles.length > 0);
}
