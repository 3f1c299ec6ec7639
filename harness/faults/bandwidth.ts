import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { numberIn } from "./parameters.ts";
import { toxicFault } from "./toxic.ts";

/**
 * A link carries only so much, each way and on each connection: a saturated line, a throttled instance, a cheap plan.
 * Short answers hardly notice; long ones, and bulk loads, do. Not simulated: many connections that share one limit.
 * @param options.kbPerSecond 1,000 bytes each, from 1 to 2,000
 */
export function bandwidth<const Target extends string>(
  target: Target,
  options: { kbPerSecond: number },
): FaultSpec<Target> {
  return { kind: "bandwidth", target, parameters: { kbPerSecond: options.kbPerSecond } };
}

const rateOf = (parameters: FaultSpec["parameters"]): number => Number(parameters["kbPerSecond"]);
/** The longest of the probes' long requests, roughly. */
const bulkBytes = 8000;
/** How long some kilobytes take at this rate, in ms. */
const transferMs = (bytes: number, parameters: FaultSpec["parameters"]): number => bytes / rateOf(parameters);

export const bandwidthFault: FaultKind<"network"> = toxicFault({
  kind: "bandwidth",
  summary: "a link carries only so much",
  receipt: "a request of 7.5 KB over the link takes as long as the rate says",
  healing: "the toxics are taken off; connections stay",
  example: { kbPerSecond: 20 },
  residue: "toxics: the journal removes them",
  problems: (parameters) => numberIn(parameters, "kbPerSecond", { atLeast: 1, atMost: 2000, unit: "KB/s" }),
  title: ({ target, parameters }) => `bandwidth ${rateOf(parameters)} KB/s on ${target}`,
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
