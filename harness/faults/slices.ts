import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { plural, statedDuration } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { duration, whole } from "../schema/fields.ts";
import { toxicFault } from "./toxic.ts";

const slicesOptions = new FaultOptions({
  /** Of one piece. */
  bytes: whole({ atLeast: 1, atMost: 10_000, unit: "bytes" }),
  /** After each piece. */
  pause: duration({ atLeast: 0.1, atMost: 1000 }, "milliseconds(5)"),
});
type SlicesOptions = z.input<typeof slicesOptions.schema>;

/**
 * Requests arrive in small pieces with pauses between them: a congested path with tiny windows, a client on a bad line.
 * A parser that expects a message in one read breaks here. Not simulated: loss and reordering.
 */
export function slices<const Target extends string>(target: Target, options: SlicesOptions): FaultSpec<Target> {
  return slicesOptions.spec("slices", target, options);
}

const read = (parameters: FaultSpec["parameters"]) => ({
  bytes: Number(parameters["bytes"]),
  pauseMs: Number(parameters["pauseMs"]),
});
/** The longest of the probes' long requests, roughly. */
const bulkBytes = 8000;
/** The pauses between the pieces of a request, in ms. */
function pausesMs(length: number, parameters: FaultSpec["parameters"]): number {
  const { bytes, pauseMs } = read(parameters);
  return Math.floor(length / bytes) * pauseMs;
}

export const slicesFault: FaultKind<"network"> = toxicFault({
  kind: "slices",
  summary: "requests on a link arrive in small pieces",
  receipt: "a request of 7.5 kB over the link takes as long as its pieces and pauses do",
  healing: "the toxics are taken off; connections stay",
  example: { bytes: 500, pauseMs: 20 },
  residue: "a toxic: the journal removes it",
  options: slicesOptions.fields,
  problems: slicesOptions.problems,
  title({ target, parameters }) {
    const { bytes, pauseMs } = read(parameters);
    return `slices of ${plural(bytes, "byte")} every ${statedDuration(pauseMs)} on ${target}`;
  },
  provenAfterMs: (parameters) => pausesMs(bulkBytes, parameters),
  toxics(parameters) {
    const { bytes, pauseMs } = read(parameters);
    // Its delay is in microseconds; a size of 0 would never end.
    const attributes = { average_size: bytes, size_variation: 0, delay: Math.round(pauseMs * 1000) };
    return [{ type: "slicer", stream: "upstream", attributes }];
  },
  probe: (link, parameters) => link.probeInBulk(pausesMs(bulkBytes, parameters) * 2 + 1000),
  isFelt({ answered, roundTripMs = 0, bytes }, parameters) {
    const expectedMs = pausesMs(bytes, parameters);
    // A piece longer than the probe's request is not cut: it proves nothing.
    if (!answered || expectedMs === 0) return undefined;
    return roundTripMs >= expectedMs * 0.8;
  },
});
