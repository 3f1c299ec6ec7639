import type { ScheduledInjection } from "../model/fault.ts";
import type { Topology } from "../model/run.ts";
import { clientsName } from "../model/system.ts";

/** A component as a box; `layer` 0 are the clients. */
export interface TopologyNode {
  readonly name: string;
  readonly kind: string;
  readonly instances: readonly string[];
  readonly layer: number;
  /** Titles of the faults on it or on one of its instances. */
  readonly faults: readonly string[];
}

/** All links between two components as one line. */
export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly faults: readonly string[];
}

export interface TopologyPicture {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/** The system, component by component, with what was done to it. */
export function pictureOf(topology: Topology, schedule: readonly ScheduledInjection[]): TopologyPicture {
  const componentOf = new Map([[clientsName, clientsName]]);
  for (const { name, instances } of topology.components) {
    for (const instance of [name, ...instances]) componentOf.set(instance, name);
  }
  const edges = new Map<string, { from: string; to: string; faults: string[] }>();
  for (const link of topology.links) {
    const [from, to] = [componentOf.get(link.from), componentOf.get(link.to)];
    if (from === undefined || to === undefined) continue;
    const edge = edges.get(`${from}->${to}`) ?? { from, to, faults: [] };
    edges.set(`${from}->${to}`, edge);
    addFaults(edge.faults, schedule, [`${link.from}->${link.to}`]);
  }
  const layers = layersOf(
    topology.components.map(({ name }) => name),
    [...edges.values()],
  );
  const nodes = topology.components.map(({ name, kind, instances }) => {
    const faults: string[] = [];
    addFaults(faults, schedule, [name, ...instances]);
    return { name, kind, instances, layer: layers.get(name) ?? 1, faults };
  });
  const clients = { name: clientsName, kind: "the workload", instances: [], layer: 0, faults: [] };
  return { nodes: [clients, ...nodes], edges: [...edges.values()] };
}

function addFaults(faults: string[], schedule: readonly ScheduledInjection[], names: readonly string[]): void {
  for (const { acts, title } of schedule) {
    if (acts.some((act) => names.includes(act)) && !faults.includes(title)) faults.push(title);
  }
}

/** Steps from the clients; what they do not reach, as a worker, stands beside the entry, and what only that reaches below. */
function layersOf(names: readonly string[], edges: readonly TopologyEdge[]): Map<string, number> {
  const layers = new Map([[clientsName, 0]]);
  const spread = (): void => {
    for (let layer = 0; layer <= names.length; layer += 1) {
      for (const { from, to } of edges) if (layers.get(from) === layer && !layers.has(to)) layers.set(to, layer + 1);
    }
  };
  spread();
  for (const name of names) {
    const isCalled = edges.some(({ to }) => to === name);
    if (!layers.has(name) && !isCalled) layers.set(name, 1);
  }
  spread();
  return layers;
}
