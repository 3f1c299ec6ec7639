import type { FaultSpec } from "../model/fault.ts";
import { textOf, unless } from "./parameters.ts";
import { nameProblems, rolledOut } from "./rolled-out.ts";

/**
 * A bad configuration is rolled out, and rolled back: a time-out of zero, a flag that should be off, the URL of another
 * environment. Most outages begin with a change of configuration, not with a crash. The instance is asked to end, and is
 * started again with the variable changed; it need not become ready. Healing does the same with what was there before.
 * Not simulated: a configuration that is read again while the program runs.
 * @param options.variable a variable of the environment, by its name
 * @param options.value what it has while the fault lasts; may be empty
 */
export function misconfigure<const Target extends string>(
  target: Target,
  options: { variable: string; value: string },
): FaultSpec<Target> {
  return { kind: "misconfigure", target, parameters: { variable: options.variable, value: options.value } };
}

export const misconfigureFault = rolledOut({
  kind: "misconfigure",
  summary: "a bad configuration is rolled out, and rolled back",
  example: { variable: "FAULTLINE_EXAMPLE", value: "wrong" },
  problems: (parameters) => [
    ...nameProblems(parameters),
    ...unless(typeof parameters["value"] === "string", parameters, "value", "Give a text, which may be empty."),
  ],
  title: ({ target, parameters }) => `misconfigure ${textOf(parameters, "variable")} of ${target}`,
  value: (_original, parameters) => textOf(parameters, "value"),
});
