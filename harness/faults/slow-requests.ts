import type { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { whole } from "../schema/fields.ts";

const slowRequestsOptions = new FaultOptions({
  connections: whole({ atLeast: 1, atMost: 5000, unit: "connections" }),
});
type SlowRequestsOptions = z.input<typeof slowRequestsOptions.schema>;

/**
 * Somebody opens connections and sends requests that never end, a line now and then: an attack (R. Hansen, "Slowloris",
 * 2009), or very many clients on very bad lines. A server that gives each connection a thread, or has room for few of
 * them, stands still without any load. Not simulated: many addresses, and bodies that trickle.
 */
export function slowRequests<const Target extends string>(
  link: Target,
  options: SlowRequestsOptions,
): FaultSpec<Target> {
  return slowRequestsOptions.spec("slowRequests", link, options);
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
  options: slowRequestsOptions.fields,
  problems: slowRequestsOptions.problems,
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
