import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { oneOf } from "./parameters.ts";
import { toxicFault } from "./toxic.ts";

const directions = ["both", "requests", "replies"] as const;
type Direction = (typeof directions)[number];

/**
 * A link goes silent: connections stay open, nothing comes through, nobody is told. A cut cable, a firewall rule, a
 * switch that died. With `replies` only, requests are executed and their answers are lost. Healing closes the silent
 * connections, as a peer does that gave up meanwhile. Not simulated: refused connections, and data that arrives late.
 * @param options.direction `both` (default), `requests` or `replies`
 */
export function partition<const Target extends string>(
  target: Target,
  options: { direction?: Direction } = {},
): FaultSpec<Target> {
  return { kind: "partition", target, parameters: { direction: options.direction ?? "both" } };
}

/** How long a probe waits for what should not come. */
const silenceMs = 300;
const streams = { both: ["upstream", "downstream"], requests: ["upstream"], replies: ["downstream"] } as const;

export const partitionFault: FaultKind<"network"> = toxicFault({
  kind: "partition",
  summary: "a link goes silent: connections stay open and nothing comes through",
  receipt: "a request over the link has no answer in 300 ms",
  healing: "the toxics are taken off, which closes the silent connections",
  example: { direction: "both" },
  residue: "toxics: the journal removes them; healing closes the connections that were silent",
  problems: (parameters) => oneOf(parameters, "direction", directions),
  title({ target, parameters }) {
    const direction = parameters["direction"] as Direction;
    return `partition ${target}${direction === "both" ? "" : ` (${direction} only)`}`;
  },
  // A `timeout` of 0 ms drops everything and never closes.
  toxics: (parameters) =>
    streams[parameters["direction"] as Direction].map((stream) => ({
      type: "timeout",
      stream,
      attributes: { timeout: 0 },
    })),
  probe: (link) => link.probe(silenceMs),
  isFelt: ({ answered }) => !answered,
});
