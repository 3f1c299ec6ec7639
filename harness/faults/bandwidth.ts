import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedThroughput } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { number } from "../schema/fields.ts";
import { toxicFault } from "./toxic.ts";

const bandwidthOptions = new FaultOptions({
  /** 1,000 bytes each. */
  kbPerSecond: number({ atLeast: 1, atMost: 2000, unit: "kB/s" }),
});
type BandwidthOptions = z.input<typeof bandwidthOptions.schema>;

/**
 * A link carries only so much, each way and on each connection: a saturated line, a throttled instance, a cheap plan.
 * Short answers hardly notice; long ones, and bulk loads, do. Not simulated: many connections that share one limit.
 */
export function bandwidth<const Target extends string>(target: Target, options: BandwidthOptions): FaultSpec<Target> {
  return bandwidthOptions.spec("bandwidth", target, options);
}

const rateOf = (parameters: FaultSpec["parameters"]): number => Number(parameters["kbPerSecond"]);
/** The longest of the probes' long requests, roughly. */
const bulkBytes = 8000;
/** How long some kilobytes take at this rate, in ms. */
const transferMs = (bytes: number, parameters: FaultSpec["parameters"]): number => bytes / rateOf(parameters);

export const bandwidthFault: FaultKind<"network"> = toxicFault({
  kind: "bandwidth",
  summary: "a link carries only so much",
  receipt: "a request of 7.5 kB over the link takes as long as the rate says",
  healing: "the toxics are taken off; connections stay",
  example: { kbPerSecond: 20 },
  residue: "toxics: the journal removes them",
  options: bandwidthOptions.fields,
  problems: bandwidthOptions.problems,
  title: ({ target, parameters }) => `bandwidth ${statedThroughput(rateOf(parameters) * 1000)} on ${target}`,
  provenAfterMs: (parameters) => transferMs(bulkBytes, parameters),
  toxics: (parameters) =>
    (["upstream", "downstream"] as const).map((stream) => ({
      type: "bandwidth",
      stream,
      attributes: { rate: rateOf(parameters) },
    })),
  probe: (link, parameters) => link.probeInBulk(transferMs(bulkBytes, parameters) * 2 + 1000),
  isFelt({ answered, roundTripMs = 0, bytes }, parameters) {
    if (!answered) return undefined;
    return roundTripMs >= transferMs(bytes, parameters) * 0.8;
  },
});
