import type { Check } from "../model/check.ts";
import { exits } from "../model/errors.ts";
import { plural } from "../model/quantities.ts";
import { eachVariant } from "../plan/variants.ts";
import { environmentNamed } from "./environments.ts";
import type { Output } from "./output.ts";
import { planAll } from "./planned.ts";

/** `faultline validate [filter…]`: plans scenarios and starts nothing; all problems at once. @returns the exit code */
export async function validate(
  filters: readonly string[],
  flags: {
    readonly scenarios: string;
    readonly env: string;
    readonly budgets?: readonly Check[];
    readonly json?: boolean;
  },
  output: Output,
): Promise<number> {
  const { planned, skipped } = await planAll(
    filters,
    { ...flags, seed: "validate", variant: eachVariant, mustDecide: true },
    environmentNamed(flags.env).facts,
  );
  if (flags.json === true) {
    output.json({ valid: [...new Set(planned.map(({ id }) => id))], skipped });
    return exits.pass;
  }
  for (const { id, variant, plan } of planned) {
    const [faults, checks] = [plural(plan.schedule.length, "fault"), plural(plan.checks.length, "check")];
    output.print(
      `${output.colours.green("✓")} ${id}${variant === undefined ? "" : ` (${variant})`}  ${faults}, ${checks}, ${plan.arrivals.count} operations`,
    );
  }
  for (const { scenario, why } of skipped)
    output.print(`${output.colours.yellow("!")} ${scenario}  skipped: ${why.join(" ")}`);
  return exits.pass;
}
