import { type Comparison, compare } from "../model/compare/comparison.ts";
import { decidable, fewestRuns, runsBeside } from "../model/compare/decidable.ts";
import { planIdentity } from "../model/compare/plan-identity.ts";
import type { Side } from "../model/compare/side.ts";
import { usageError } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import { describeHost } from "../run/host.ts";
import { readBaseline } from "../store/baseline-file.ts";
import { readRun } from "../store/read-run.ts";
import { refuseOtherPlans, sideOfRuns } from "./sides.ts";

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
    code: "SCENARIOS_DIFFER",
    where: "--baseline",
    message: `${path} is of ${base.scenario}, and this runs ${others.join(", ")}`,
    remedy: `Run ${base.scenario} alone, or name a baseline of what is run.`,
  });
}

/** What a run will be asked, before it runs. */
interface AboutToRun {
  readonly id: string;
  readonly plan: Plan;
}

/** @throws FaultlineError (64) when what will run is not what the baseline's runs were asked */
export function refuseOtherThanBaseline(
  base: Side,
  planned: readonly AboutToRun[],
  { environment, repeats }: { readonly environment: string; readonly repeats: number },
): void {
  for (const { id, plan } of planned) {
    // How far the keys and the rates of other seeds go is seen when they have run.
    const identity = planIdentity(plan, environment, describeHost());
    const draws = Array.from({ length: repeats }, () => identity.draws[0]!);
    const asked = { scenario: id, plan: { ...identity, draws } };
    refuseOtherPlans({ scenario: base.scenario, plan: base.plan }, asked, "--baseline");
  }
}

/** That so many runs beside the baseline can show nothing is said before they run. @returns undefined when they can */
export function tooFewForBaseline(base: Side, repeats: number): string | undefined {
  const count = base.runs.length;
  if (decidable(count, repeats) !== "nothing") return undefined;
  const beside = runsBeside(count);
  const remedy =
    beside === undefined
      ? `Write the baseline from ${fewestRuns.worse} runs or more, and repeat as often: --repeat ${fewestRuns.worse}.`
      : `Repeat it: --repeat ${beside}.`;
  return `${plural(count)} in the baseline and ${repeats} now cannot show whether a metric got worse. ${remedy}`;
}

const plural = (runs: number): string => `${runs} ${runs === 1 ? "run" : "runs"}`;

/**
 * The runs of the command together, against the baseline.
 * @returns undefined when none of them saw an operation
 * @throws FaultlineError (64) when they turn out to have been asked something else
 */
export function againstBaseline(base: Side, folders: readonly string[]): Comparison | undefined {
  const runs = folders.map(readRun).filter(({ history }) => (history?.count ?? 0) > 0);
  if (runs.length === 0) return undefined;
  const side = sideOfRuns(runs, "--baseline");
  refuseOtherPlans(base, side, "--baseline");
  return compare(base, side);
}
