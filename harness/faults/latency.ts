import type { FaultKind, FaultSpec } from "../model/fault.ts";
import type { Duration } from "../model/units.ts";
import { numberIn, oneOf } from "./parameters.ts";
import { toxicFault } from "./toxic.ts";

const streams = { replies: "downstream", requests: "upstream" } as const;
type Direction = keyof typeof streams;

/**
 * Every answer on a link comes later: a busy network, a distant region, a neighbour that hogs the disk of the server.
 * With `requests`, what is asked arrives later: it may come after it was given up, and after what others asked later.
 * Not simulated: slow connection set-up, loss, and reordering on one connection.
 * @param options.latency above 0 and at most 60 s
 * @param options.jitter uniform ±, from 0 to 90 % of the latency; default 0
 * @param options.direction what is late, `replies` (default) or `requests`
 */
export function latency<const Target extends string>(
  target: Target,
  options: { latency: Duration; jitter?: Duration; direction?: Direction },
): FaultSpec<Target> {
  const { latency: latencyMs, jitter: jitterMs = 0, direction = "replies" } = options;
  return { kind: "latency", target, parameters: { latencyMs, jitterMs, direction } };
}

const read = (parameters: FaultSpec["parameters"]): { latencyMs: number; jitterMs: number } => ({
  latencyMs: Number(parameters["latencyMs"]),
  jitterMs: Number(parameters["jitterMs"]),
});
const directionOf = (parameters: FaultSpec["parameters"]): Direction => parameters["direction"] as Direction;

export const latencyFault: FaultKind<"network"> = toxicFault({
  kind: "latency",
  summary: "every answer on a link comes later",
  receipt: "an answer over the link comes later by the latency, less its jitter",
  healing: "the toxic is taken off; connections stay",
  example: { latencyMs: 100, jitterMs: 0, direction: "replies" },
  explored: [
    { latencyMs: 110, jitterMs: 0, direction: "replies" },
    { latencyMs: 60, jitterMs: 20, direction: "requests" },
  ],
  everyday: 5,
  residue: "a toxic: the journal removes it",
  problems: (parameters) => [
    ...numberIn(parameters, "latencyMs", { above: 0, atMost: 60_000, unit: "ms" }),
    // With more of it an answer may come as soon as without the fault, and nobody could tell whether it is healed.
    ...numberIn(parameters, "jitterMs", { atLeast: 0, atMost: 0.9 * read(parameters).latencyMs, unit: "ms" }),
    ...oneOf(parameters, "direction", Object.keys(streams)),
  ],
  title({ target, parameters }) {
    const { latencyMs, jitterMs } = read(parameters);
    const late = directionOf(parameters) === "requests" ? " (requests)" : "";
    return `latency ${latencyMs}${jitterMs > 0 ? ` ± ${jitterMs}` : ""} ms on ${target}${late}`;
  },
  provenAfterMs(parameters) {
    const { latencyMs, jitterMs } = read(parameters);
    return latencyMs + jitterMs;
  },
  toxics(parameters) {
    const { latencyMs, jitterMs } = read(parameters);
    const stream = streams[directionOf(parameters)];
    return [{ type: "latency", stream, attributes: { latency: latencyMs, jitter: jitterMs } }];
  },
  probe(link, parameters) {
    const { latencyMs, jitterMs } = read(parameters);
    return link.probe(latencyMs + jitterMs + 1000);
  },
  // A round trip as long as the fault's, without the fault, proves nothing of the heal.
  isFelt({ answered, roundTripMs = 0 }, parameters) {
    const { latencyMs, jitterMs } = read(parameters);
    return answered ? roundTripMs >= latencyMs - jitterMs : undefined;
  },
});
