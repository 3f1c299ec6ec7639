import type { PlanFacts } from "../model/check.ts";
import type { Problem } from "../model/errors.ts";
import { type LoadPhase, loadPhases } from "../model/history.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import type { Scenario } from "../model/scenario.ts";

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
