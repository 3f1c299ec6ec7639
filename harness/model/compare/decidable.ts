import { waysOf } from "./relabelling.ts";

/** How likely it is at most that any metric is called worse or better although nothing differs. */
export const level = 0.05;

/**
 * What so many runs a side can show at all. The smallest p-value of a relabelling is 1 ÷ the ways to choose the base.
 * `worse`: both directions share the 5 %, each would need half of it, and only one is asked for.
 */
export type Decidable = "nothing" | "worse" | "worse and better";

export function decidable(base: number, run: number): Decidable {
  const ways = waysOf(base, run);
  if (base === 0 || run === 0 || ways * level < 1) return "nothing";
  return ways * (level / 2) < 1 ? "worse" : "worse and better";
}

/** How many runs each side needs at least, when both have the same number: for `worse`, and for `better` as well. */
export const fewestRuns = { worse: 3, better: 4 } as const;

/** More runs than this are not asked for in one comparison. */
const mostAsked = 8;

/** How many runs the second side needs beside so many of the first to show `worse`; undefined when both need more. */
export function runsBeside(base: number): number | undefined {
  for (let run = 1; run <= mostAsked; run += 1) {
    if (decidable(base, run) !== "nothing") return run;
  }
  return undefined;
}
