import { usageError } from "../model/errors.ts";
import type { System } from "../model/system.ts";
import { didYouMean } from "../schema/did-you-mean.ts";

/**
 * A system as it is in one environment.
 * @param known the names of all environments
 * @param where the system is stated, for what is wrong with it
 * @throws FaultlineError UNKNOWN_ENVIRONMENT: for a component that says what it is in one that there is not
 */
export function systemIn<S extends System>(system: S, name: string, known: readonly string[], where = "system"): S {
  const definitions = Object.entries(system?.components ?? {});
  for (const [component, definition] of definitions) {
    const unknown = Object.keys(definition?.otherwiseIn ?? {}).find((one) => !known.includes(one));
    if (unknown === undefined) continue;
    throw usageError({
      code: "UNKNOWN_ENVIRONMENT",
      where: `${where}.components.${component}.${unknown}`,
      message: `there is no environment "${unknown}"`,
      remedy: didYouMean(unknown, known),
    });
  }
  if (!definitions.some(([, definition]) => definition?.otherwiseIn?.[name] !== undefined)) return system;
  const components = definitions.map(([component, definition]) => {
    const other = definition?.otherwiseIn?.[name];
    // Of what it is elsewhere it is known which faults are not meant for it here.
    return [component, other === undefined ? definition : { ...other, otherwiseIn: { otherwise: definition } }];
  });
  return { ...system, components: Object.fromEntries(components) };
}
