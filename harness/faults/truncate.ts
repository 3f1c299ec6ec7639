import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { plural } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { whole } from "../schema/fields.ts";
import { toxicFault } from "./toxic.ts";

const truncateOptions = new FaultOptions({
  /** After which each connection is closed. */
  bytes: whole({ atLeast: 0, atMost: 7000, unit: "bytes" }),
});
type TruncateOptions = z.input<typeof truncateOptions.schema>;

/**
 * A connection breaks off after so many bytes of a request, again and again: a proxy with a limit, a crash in the
 * middle of a transfer. What was sent may or may not have been acted on. Not simulated: bytes that are changed.
 */
export function truncate<const Target extends string>(target: Target, options: TruncateOptions): FaultSpec<Target> {
  return truncateOptions.spec("truncate", target, options);
}

const limitOf = (parameters: FaultSpec["parameters"]): number => Number(parameters["bytes"]);

export const truncateFault: FaultKind<"network"> = toxicFault({
  kind: "truncate",
  summary: "connections on a link break off after so many bytes",
  receipt: "a request of 7.5 kB over the link breaks off",
  healing: "the toxic is taken off; what was broken off stays so",
  example: { bytes: 100 },
  residue: "a toxic: the journal removes it",
  // The probe's long request must be longer, or nothing would be proven.
  options: truncateOptions.fields,
  problems: truncateOptions.problems,
  title: ({ target, parameters }) => `truncate ${target} after ${plural(limitOf(parameters), "byte")}`,
  toxics: (parameters) => [{ type: "limit_data", stream: "upstream", attributes: { bytes: limitOf(parameters) } }],
  probe: (link) => link.probeInBulk(2000),
  isFelt: ({ answered }) => !answered,
});
