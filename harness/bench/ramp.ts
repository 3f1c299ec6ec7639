import type { Arrivals } from "../model/plan.ts";
import { randomFrom } from "../model/random.ts";
import { milliseconds } from "../model/units.ts";
import { peakOf, type Workload } from "../model/workload.ts";
import { drawArrivals } from "../plan/arrivals.ts";

/**
 * Arrivals whose rate grows evenly from nothing to its full height within the warm-up, and then stays. A system that has
 * just started compiles its code and opens its connections under the first requests; all of the rate at once would pile
 * up, and what expires takes its connection with it, so that the pile would never get smaller.
 */
export function rampedArrivals(
  workload: Workload,
  { warmUpMs, steadyMs }: { warmUpMs: number; steadyMs: number },
): Arrivals {
  const phases = [
    { phase: "warmUp", lengthMs: warmUpMs },
    { phase: "steady", lengthMs: steadyMs },
  ] as const;
  const perSecond = [
    { at: milliseconds(0), perSecond: 0 },
    { at: milliseconds(warmUpMs), perSecond: peakOf(workload.perSecond) },
  ];
  return drawArrivals([{ ...workload, perSecond }], phases, randomFrom("bench"));
}
