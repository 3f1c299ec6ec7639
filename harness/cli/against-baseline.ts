import { type Comparison, compare } from "../model/compare/comparison.ts";
import type { Side } from "../model/compare/side.ts";
import { usageError } from "../model/errors.ts";
import { readBaseline } from "../store/baseline-file.ts";
import { readRun } from "../store/read-run.ts";
import { sideOfRuns } from "./sides.ts";

/**
 * The baseline that runs are to be held against, once it is sure that it is one of theirs.
 * @param planned the ids of all scenarios that will run
 * @throws FaultlineError (64) before anything is started
 */
export function baselineFor(path: string, planned: readonly string[]): Side {
  const base = readBaseline(path);
  const others = planned.filter((id) => id !== base.scenario);
  if (others.length === 0) return base;
  throw usageError({
    code: "BASELINE_OF_ANOTHER_SCENARIO",
    where: "--baseline",
    message: `${path} is of ${base.scenario}, and this runs ${others.join(", ")}`,
    remedy: `Run ${base.scenario} alone, or name a baseline of what is run.`,
  });
}

/** The runs of the command together, against the baseline. @returns undefined when none of them saw an operation */
export function againstBaseline(base: Side, folders: readonly string[]): Comparison | undefined {
  const runs = folders.map(readRun).filter(({ history }) => (history?.count ?? 0) > 0);
  return runs.length === 0 ? undefined : compare(base, sideOfRuns(runs, "--baseline", base));
}
