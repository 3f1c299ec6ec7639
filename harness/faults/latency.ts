import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import type { Duration } from "../model/units.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { choice, duration } from "../schema/fields.ts";
import { toxicFault } from "./toxic.ts";

const streams = { replies: "downstream", requests: "upstream" } as const;
type Direction = keyof typeof streams;
const directions = ["replies", "requests"] as const;

const latencyOptions = new FaultOptions(
  {
    latency: duration({ above: 0, atMost: 60_000 }, "milliseconds(200)"),
    /** Uniform ±, at most 90 % of the latency. */
    jitter: duration({ atLeast: 0 }, "milliseconds(20)").default(0 as Duration),
    /** What is late. */
    direction: choice(directions, "PARAMETER_UNKNOWN_VALUE").default("replies"),
  },
  ({ latency: most, jitter }) =>
    // With more of it an answer may come as soon as without the fault, and nothing could show whether it is healed.
    jitter > 0.9 * most
      ? [
          {
            code: "PARAMETER_OUT_OF_BOUNDS",
            where: "jitter",
            message: `is ${statedDuration(jitter)}`,
            remedy: `Give at most 90 % of the latency, ${statedDuration(0.9 * most)}.`,
          },
        ]
      : [],
);
type LatencyOptions = z.input<typeof latencyOptions.schema>;

/**
 * Every answer on a link comes later: a busy network, a distant region, a neighbour that hogs the disk of the server.
 * With `requests`, what is asked arrives later: it may come after it was given up, and after what others asked later.
 * Not simulated: slow connection set-up, loss, and reordering on one connection.
 */
export function latency<const Target extends string>(target: Target, options: LatencyOptions): FaultSpec<Target> {
  return latencyOptions.spec("latency", target, options);
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
  options: latencyOptions.fields,
  problems: latencyOptions.problems,
  title({ target, parameters }) {
    const { latencyMs, jitterMs } = read(parameters);
    const late = directionOf(parameters) === "requests" ? " (requests)" : "";
    const around = jitterMs > 0 ? ` ± ${statedDuration(jitterMs)}` : "";
    return `latency ${statedDuration(latencyMs)}${around} on ${target}${late}`;
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
