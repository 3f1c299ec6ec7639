import { usageError } from "../model/errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { problemsAs } from "../schema/problems.ts";
import { variantsSchema } from "../schema/scenario.ts";

/** In place of a variant's name: every one of them. */
export const eachVariant = "*";

/** A scenario on one variant of its system, where it has variants. */
export interface OnVariant {
  readonly scenario: Scenario;
  readonly variant?: string;
}

/**
 * A scenario on the variants of its system that are asked for.
 * @param wanted a name, or `eachVariant`; the first when it is left out
 * @returns the scenario itself when it has no variants; nothing when it has none of that name
 * @throws FaultlineError BAD_VARIANTS
 */
export function onVariants(id: string, scenario: Scenario, wanted?: string): readonly OnVariant[] {
  const { variants } = scenario;
  if (variants === undefined) return wanted === undefined || wanted === eachVariant ? [{ scenario }] : [];
  // What is not an object at all, or holds something else than systems, the plan refuses with everything else.
  if (problemsAs(variantsSchema, variants, { where: "", code: "BAD_VARIANTS" }).length > 0) return [{ scenario }];
  const names = Object.keys(variants);
  const bad = names.find((name) => !/^[\w][\w .-]{0,39}$/.test(name));
  if (names.length === 0 || bad !== undefined) {
    throw usageError({
      code: "BAD_VARIANTS",
      where: `${id}: variants`,
      message: bad === undefined ? "is empty" : `has the name "${bad}"`,
      remedy: 'Name each of 1 to 40 letters, digits, spaces, dots and dashes, as { "write-back": shop({ … }) }.',
    });
  }
  const chosen = names.filter((name) => wanted === eachVariant || (wanted ?? names[0]) === name);
  return chosen.map((name) => {
    const system = variants[name]!;
    // The system may be a variant already, as with a seeded bug.
    const variant = system.variant === undefined ? name : `${name}, ${system.variant}`;
    return { scenario: { ...scenario, system: { ...system, variant } }, variant: name };
  });
}

/** @throws FaultlineError UNKNOWN_VARIANT: for a name that no scenario's variant has */
export function unknownVariant(wanted: string, scenarios: readonly Scenario[]): never {
  const known = [...new Set(scenarios.flatMap(({ variants }) => Object.keys(variants ?? {})))];
  const message = `no scenario has a variant "${wanted}"`;
  const remedy = known.length === 0 ? "Leave it out: none of them has variants." : didYouMean(wanted, known);
  throw usageError({ code: "UNKNOWN_VARIANT", where: "--variant", message, remedy });
}
