import type { PlanFacts } from "../model/check.ts";
import type { Problem } from "../model/errors.ts";
import { type LoadPhase, loadPhases } from "../model/history.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import { count, statedDuration } from "../model/quantities.ts";
import type { Scenario } from "../model/scenario.ts";

/** The code of what no run of a plan can decide: no mistake, but a run that will be inconclusive. */
export const cannotDecide = "CANNOT_DECIDE";

/** What is known of a run before it begins, counted from the drawn arrivals. */
export function factsOf(plan: Plan, arrivals: Arrivals, { audit }: Pick<Scenario, "audit">): PlanFacts {
  const due = Object.fromEntries(loadPhases.map((phase) => [phase, plan.operations.map(() => 0)]));
  let fromMs = 0;
  const phases = Object.fromEntries(
    plan.phases.map(({ phase, lengthMs }) => {
      const interval = { fromMs, toMs: fromMs + lengthMs };
      fromMs = interval.toMs;
      return [phase, interval];
    }),
  ) as PlanFacts["phases"];
  for (let index = 0; index < arrivals.count; index += 1) {
    due[loadPhases[arrivals.phase[index]!]!]![arrivals.operation[index]!]! += 1;
  }
  const { operations, workloads, schedule } = plan;
  const counts = due as unknown as Record<LoadPhase, readonly number[]>;
  return { operations, workloads, due: counts, phases, schedule, hasAudit: audit !== undefined };
}

/** What is wrong with the checks under this plan, and what they could not decide. */
export function problemsInPlan({ checks }: Scenario, facts: PlanFacts): readonly Problem[] {
  // What is no list, or no check, is refused by itself.
  if (!Array.isArray(checks)) return [];
  return (checks as Scenario["checks"]).flatMap((check, index) =>
    (check?.problemsIn?.(facts) ?? []).map((one) => ({ ...one, where: `checks[${index}]: ${one.where}` })),
  );
}

/** Of faults that no run of this plan could see strike: those that the seed did not draw, and those that wait too long. */
export function problemsOfStrikes(
  { schedule, seed }: Plan,
  facts: PlanFacts,
  { faults }: Pick<Scenario, "faults">,
): readonly Problem[] {
  const isDrawn = typeof faults === "function" || (Array.isArray(faults) && faults.length > 0);
  if (schedule.length === 0 && isDrawn) {
    const remedy = "Choose another seed, or let them come more often.";
    return [{ code: cannotDecide, where: "faults", message: `are drawn, and the seed ${seed} draws none`, remedy }];
  }
  return schedule.flatMap(({ after, atMs, title }) => {
    if (after?.kind !== "accepted") return [];
    const { count: awaited, operations } = after;
    const due = dueDuringFaults(facts, operations);
    if (due >= awaited) return [];
    const which = operations === undefined ? "operations" : operations.join(" and ");
    const message = `"${title}" waits for ${count(awaited)} ${which} from ${statedDuration(atMs)} on, and ${count(due)} are due in the phase faults`;
    const remedy = "Lower the count, raise the rate, or make phases.faults longer.";
    return [{ code: cannotDecide, where: "faults", message, remedy }];
  });
}

function dueDuringFaults({ operations, due }: PlanFacts, names: readonly string[] | undefined): number {
  const counts = operations.map(({ name }, index) => ((names?.includes(name) ?? true) ? due.faults[index]! : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}
