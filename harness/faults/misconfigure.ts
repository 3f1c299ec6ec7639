import { z } from "zod";
import type { FaultSpec } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { hinted, variableName } from "../schema/fields.ts";
import { textOf } from "../schema/parameters.ts";
import { rolledOut } from "./rolled-out.ts";

const misconfigureOptions = new FaultOptions({
  variable: variableName(),
  /** What it has while the fault lasts. */
  value: hinted(z.string(), "Give a text, which may be empty."),
});
type MisconfigureOptions = z.input<typeof misconfigureOptions.schema>;

/**
 * A bad configuration is rolled out, and rolled back: a time-out of zero, a flag that should be off, the URL of another
 * environment. Most outages begin with a change of configuration, not with a crash. The instance is asked to end, and is
 * started again with the variable changed; it need not become ready. Healing does the same with what was there before.
 * Not simulated: a configuration that is read again while the program runs.
 */
export function misconfigure<const Target extends string>(
  target: Target,
  options: MisconfigureOptions,
): FaultSpec<Target> {
  return misconfigureOptions.spec("misconfigure", target, options);
}

export const misconfigureFault = rolledOut({
  kind: "misconfigure",
  summary: "a bad configuration is rolled out, and rolled back",
  example: { variable: "FAULTLINE_EXAMPLE", value: "wrong" },
  options: misconfigureOptions.fields,
  problems: misconfigureOptions.problems,
  title: ({ target, parameters }) => `misconfigure ${textOf(parameters, "variable")} of ${target}`,
  value: (_original, parameters) => textOf(parameters, "value"),
});
