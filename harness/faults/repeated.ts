import type { Injection } from "../model/fault.ts";
import { type Duration, milliseconds } from "../model/units.ts";

/** The same injection, again and again: the first at its own `at`, the others each `every` later. */
export function repeated<const Target extends string>(
  injection: Injection<Target> & { readonly at: Duration },
  options: { every: Duration; times: number },
): readonly Injection<Target>[] {
  return Array.from({ length: options.times }, (_, index) => ({
    ...injection,
    at: milliseconds(injection.at + index * options.every),
  }));
}
