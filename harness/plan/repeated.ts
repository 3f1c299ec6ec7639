import { z } from "zod";
import type { Injection } from "../model/fault.ts";
import { type Duration, milliseconds } from "../model/units.ts";
import { injectionsOf } from "../schema/fault-options.ts";
import { duration, whole } from "../schema/fields.ts";

const dayMs = 86_400_000;

const repetition = z.strictObject({
  // The rest of it is for the plan to read.
  injection: z.looseObject({ at: duration({ atLeast: 0, atMost: dayMs }, "seconds(1)", "BAD_TIME") }),
  every: duration({ above: 0, atMost: dayMs }, "seconds(2)"),
  times: whole({ atLeast: 1, atMost: 1000, unit: "injections" }),
});

/** The same injection, again and again: the first at its own `at`, the others each `every` later. */
export function repeated<const Target extends string>(
  injection: Injection<Target> & { readonly at: Duration },
  options: { every: Duration; times: number },
): readonly Injection<Target>[] {
  const given = typeof options === "object" && options !== null ? { ...options, injection } : options;
  return injectionsOf("repeated", repetition, given, ({ injection: { at }, every, times }) =>
    Array.from({ length: times }, (_, index) => ({ ...injection, at: milliseconds(at + index * every) })),
  );
}
