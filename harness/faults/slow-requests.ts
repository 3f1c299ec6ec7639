import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { numberIn } from "./parameters.ts";

/**
 * Somebody opens connections and sends requests that never end, a line now and then: an attack (R. Hansen, "Slowloris",
 * 2009), or very many clients on very bad lines. A server that gives each connection a thread, or has room for few of
 * them, stands still without any load. Not simulated: many addresses, and bodies that trickle.
 * @param options.connections from 1 to 5,000
 */
export function slowRequests<const Target extends string>(
  link: Target,
  options: { connections: number },
): FaultSpec<Target> {
  return { kind: "slowRequests", target: link, parameters: { connections: options.connections } };
}

export const slowRequestsFault: FaultKind<"network"> = {
  kind: "slowRequests",
  needs: "network",
  uncounted: "all",
  summary: "foreign requests that never end",
  receipt: "so many such connections are open, and what was said on them",
  healing: "they are all broken off",
  example: { connections: 50 },
  explored: [],
  residue: "connections of our own: they end with the fault, and with the run",
  problems: (parameters) => numberIn(parameters, "connections", { atLeast: 1, atMost: 5000, unit: "connections" }),
  title: ({ target, parameters }) => `slow requests on ${Number(parameters["connections"])} connections of ${target}`,
  undo: () => [],
  inject(link, { id, parameters }) {
    link.traffic.trickle(id, Number(parameters["connections"]));
    return Promise.resolve();
  },
  heal: (link, { id }) => link.traffic.stop(id),
  observe(link, { id }): Promise<Observation> {
    const counts = link.traffic.counts(id);
    if (counts === undefined) return Promise.resolve({ state: "absent", measured: {} });
    const { ok, refused, broken, open } = counts;
    const isActing = ok > 0 && open + refused + broken > 0;
    return Promise.resolve({
      state: isActing ? "acting" : "unclear",
      measured: { open, said: ok, closed: refused, broken },
    });
  },
};
