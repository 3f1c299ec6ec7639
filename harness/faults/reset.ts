import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { toxicFault } from "./toxic.ts";

/**
 * New connections on a link are accepted and then reset: a crashing accept loop, a load balancer without healthy
 * members, a full table in a firewall. Connections that are open already go on. Not simulated: refusal (see `refuse`).
 */
export function reset<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("reset", target, options);
}

export const resetFault: FaultKind<"network"> = toxicFault({
  kind: "reset",
  summary: "new connections on a link are reset",
  receipt: "a new connection over the link is reset",
  healing: "the toxic is taken off",
  example: {},
  everyday: 4,
  residue: "a toxic: the journal removes it",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `reset ${target}`,
  toxics: () => [{ type: "reset_peer", stream: "upstream", attributes: { timeout: 0 } }],
  probe: (link) => link.probe(1000),
  isFelt: ({ answered, error = "" }) => (answered ? false : error.includes("ECONNRESET") ? true : undefined),
});
