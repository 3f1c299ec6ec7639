import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { numberIn } from "./parameters.ts";
import { toxicFault } from "./toxic.ts";

/**
 * A connection breaks off after so many bytes of a request, again and again: a proxy with a limit, a crash in the
 * middle of a transfer. What was sent may or may not have been acted on. Not simulated: bytes that are changed.
 * @param options.bytes after which each connection is closed, from 0 to 7,000
 */
export function truncate<const Target extends string>(target: Target, options: { bytes: number }): FaultSpec<Target> {
  return { kind: "truncate", target, parameters: { bytes: options.bytes } };
}

const limitOf = (parameters: FaultSpec["parameters"]): number => Number(parameters["bytes"]);

export const truncateFault: FaultKind<"network"> = toxicFault({
  kind: "truncate",
  summary: "connections on a link break off after so many bytes",
  example: { bytes: 100 },
  receipt: "a probe of 8 kB through the proxy gets no answer",
  residue: "a toxic: the journal removes it",
  // The probe's long request must be longer, or nothing would be proven.
  problems: (parameters) => numberIn(parameters, "bytes", { atLeast: 0, atMost: 7000, unit: "bytes" }),
  title: ({ target, parameters }) => `truncate ${target} after ${limitOf(parameters)} bytes`,
  toxics: (parameters) => [{ type: "limit_data", stream: "upstream", attributes: { bytes: limitOf(parameters) } }],
  probe: (link) => link.probeInBulk(2000),
  isFelt: ({ answered }) => !answered,
});
