import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { duration } from "../schema/fields.ts";
import { toxicFault } from "./toxic.ts";

const slowCloseOptions = new FaultOptions({
  delay: duration({ atLeast: 10, atMost: 60_000 }),
});
type SlowCloseOptions = z.input<typeof slowCloseOptions.schema>;

/**
 * The other end takes its time to close a connection: an overloaded load balancer, a firewall that holds on to what is
 * over. Whoever waits for the end of a connection waits, and pools fill with what is closing. Not simulated: connections
 * that are never closed.
 */
export function slowClose<const Target extends string>(target: Target, options: SlowCloseOptions): FaultSpec<Target> {
  return slowCloseOptions.spec("slowClose", target, options);
}

const delayOf = (parameters: FaultSpec["parameters"]): number => Number(parameters["delayMs"]);

export const slowCloseFault: FaultKind<"network"> = toxicFault({
  kind: "slowClose",
  summary: "connections on a link are closed late",
  receipt: "the end of a connection over the link comes later by the delay",
  healing: "the toxic is taken off",
  example: { delayMs: 200 },
  residue: "a toxic: the journal removes it; connections that are closing stay for the rest of the delay",
  options: slowCloseOptions.fields,
  problems: slowCloseOptions.problems,
  title: ({ target, parameters }) => `slow close ${statedDuration(delayOf(parameters))} on ${target}`,
  provenAfterMs: delayOf,
  toxics: (parameters) => [{ type: "slow_close", stream: "downstream", attributes: { delay: delayOf(parameters) } }],
  probe: (link, parameters) => link.probeClosing(delayOf(parameters) + 2000),
  isFelt: ({ answered, roundTripMs = 0 }, parameters) =>
    answered ? roundTripMs >= delayOf(parameters) * 0.8 : undefined,
});
