import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";

/**
 * A link refuses: open connections are closed, new ones are refused at once. A server that is down on a machine that is
 * up, a port that was closed. The kindest way to fail: everybody is told. Not simulated: silence (see `partition`).
 */
export function refuse<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("refuse", target, options);
}

export const refuseFault: FaultKind<"network"> = {
  kind: "refuse",
  needs: "network",
  summary: "a link refuses new connections and closes those that are open",
  receipt: "a new connection over the link is refused",
  healing: "the proxy listens again",
  example: {},
  uncounted: "connections",
  residue: "a proxy that does not listen: the journal opens it",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `refuse ${target}`,
  undo: (link) => [link.undoListening()],
  inject: (link) => link.setListening(false),
  heal: (link) => link.setListening(true),
  async observe(link) {
    const listening = await link.isListening();
    const answer = await link.probe(1000);
    const measured = { listening, ...answer };
    if (!listening && (answer.error ?? "").includes("ECONNREFUSED")) return { state: "acting", measured };
    return { state: listening && answer.answered ? "absent" : "unclear", measured };
  },
};
