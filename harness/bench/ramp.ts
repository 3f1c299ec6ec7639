import type { Arrivals } from "../model/plan.ts";
import { randomFrom } from "../model/random.ts";
import type { Workload } from "../model/workload.ts";
import { drawArrivals } from "../plan/arrivals.ts";

/**
 * Arrivals whose rate grows evenly from nothing to its full height within the warm-up, and then stays. A system that has
 * just started compiles its code and opens its connections under the first requests; all of the rate at once would pile
 * up, and what expires takes its connection with it, so that the pile would never get smaller.
 */
export function rampedArrivals(workload: Workload, { warmUpMs, steadyMs }: { warmUpMs: number; steadyMs: number }) {
  // Half as long at the full rate has as many arrivals as the ramp.
  const halfMs = warmUpMs / 2;
  const phases = [
    { phase: "warmUp", lengthMs: halfMs },
    { phase: "steady", lengthMs: steadyMs },
  ] as const;
  const arrivals: Arrivals = drawArrivals(workload, phases, randomFrom("bench"));
  const dueMs = arrivals.dueMs.map((ms) => (ms < halfMs ? warmUpMs * Math.sqrt(ms / halfMs) : ms + halfMs));
  return { ...arrivals, dueMs };
}
