import type { RunEvent } from "../events.ts";

/** The gauges that were read last at that time; undefined where they were not read. */
export function lastGauges(
  events: readonly RunEvent[],
  when: "steady" | "rest",
): Readonly<Record<string, number>> | undefined {
  return events.flatMap((event) => (event.type === "gauges" && event.when === when ? [event.values] : [])).at(-1);
}

/** A gauge that is larger than it was. */
export interface Growth {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** A pool may be a little larger than it was; what grows with every fault soon is much larger. */
export const growthSlack = 2;
export const usualGrowth = 0.1;

/**
 * What there is more of than before, by more than a share of it and the slack. What was not there before was none.
 * @param within a share of what there was
 */
export function grownSince(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  within: number = usualGrowth,
): readonly Growth[] {
  return Object.entries(after)
    .map(([name, value]) => ({ name, before: before[name] ?? 0, after: value }))
    .filter((one) => one.after > one.before * (1 + within) + growthSlack);
}
