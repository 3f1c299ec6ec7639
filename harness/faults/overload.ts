import { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import type { FloodRequest } from "../model/foreign-traffic.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { choice, hinted, text, whole } from "../schema/fields.ts";

const overloadOptions = new FaultOptions({
  connections: whole({ atLeast: 1, atMost: 2000, unit: "connections" }),
  path: text('Give a path that begins with "/".', { pattern: /^\// }),
  method: choice(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const, "PARAMETER_UNKNOWN_VALUE").default("GET"),
  headers: hinted(z.record(z.string(), z.string()), 'Give texts by name, as { accept: "application/json" }.').default(
    {},
  ),
  body: hinted(z.string(), "Give a text.").optional(),
});
type OverloadOptions = z.input<typeof overloadOptions.schema>;

/**
 * Foreign traffic far past what the system can carry, and then none: a campaign, a crawler, clients that all come back
 * at once. It asks on so many connections, each again as soon as it has its answer. What matters is what comes after: a
 * metastable system does not recover when the load is back to what it was (Bronson et al., "Metastable failures in
 * distributed systems", HotOS 2021). `{n}` in the path, in the values of the headers and in the body
 * is another number in each request, on other links, too: so `{ "idempotency-key": "rush-{n}" }` writes each time, and
 * `"/products/{n}"` reads what no cache has. It counts from 1 in the first flood, from 1,000,001 in the next. Not simulated: many
 * addresses; and it shares this machine's processors.
 */
export function overload<const Target extends string>(link: Target, options: OverloadOptions): FaultSpec<Target> {
  return overloadOptions.spec("overload", link, options);
}

export const overloadFault: FaultKind<"network"> = {
  kind: "overload",
  needs: "network",
  uncounted: "all",
  summary: "foreign traffic past what the system can carry, then none",
  receipt: "answers, refusals or broken requests of the flood",
  healing: "the flood ends and its connections are closed",
  example: { connections: 50, path: "/" },
  explored: [],
  residue: "a thread that asks: it ends with its fault, and with the run",
  options: overloadOptions.fields,
  problems: overloadOptions.problems,
  title: ({ target, parameters }) => `overload ${target} on ${Number(parameters["connections"])} connections`,
  undo: () => [],
  inject(link, { id, parameters }) {
    const { connections, ...request } = parameters;
    link.traffic.flood(id, request as unknown as FloodRequest, Number(connections));
    return Promise.resolve();
  },
  heal: (link, { id }) => link.traffic.stop(id),
  observe(link, { id }): Promise<Observation> {
    const counts = link.traffic.counts(id);
    if (counts === undefined) return Promise.resolve({ state: "absent", measured: {} });
    const { ok, refused, broken } = counts;
    return Promise.resolve({
      state: ok + refused + broken > 0 ? "acting" : "unclear",
      measured: { answered: ok, refused, broken },
    });
  },
};
