import type { Check } from "../model/check.ts";
import type { Json } from "../model/units.ts";
import { availability } from "./availability.ts";
import { noLostWrites } from "./no-lost-writes.ts";
import { noStaleReads } from "./no-stale-reads.ts";
import { recoversWithin } from "./recovers-within.ts";

/** Every check by its name; a new one is one file and one line here. */
const checks = { availability, noLostWrites, noStaleReads, recoversWithin } as const;

/** The names of all checks of Faultline. */
export const checkNames: readonly string[] = Object.keys(checks);

/**
 * The check that a stored run was judged with.
 * @param parameters what it was made from
 * @returns undefined for a name that is none of ours: the scenario has a check of its own
 * @throws FaultlineError BAD_CHECK when its parameters mean nothing to this version
 */
export function checkNamed(name: string, parameters: Json): Check | undefined {
  const make = (checks as unknown as Readonly<Record<string, (parameters: Json) => Check>>)[name];
  return make?.(parameters);
}
