import type { OperationInfo, WorkloadInfo } from "../model/check.ts";
import { exits, FaultlineError, messageOf, type Problem } from "../model/errors.ts";
import type { Injection } from "../model/fault.ts";
import { loadPhases } from "../model/history.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import { type Random, randomFrom } from "../model/random.ts";
import { type Scenario, workloadsOf } from "../model/scenario.ts";
import { instancesNamed } from "../model/system.ts";
import { commonKeyspace, type NamedOperation, operationsOf, type Workload } from "../model/workload.ts";
import { digestOf, drawArrivals } from "./arrivals.ts";
import { accumulated } from "./rate.ts";
import { type PlanContext, schedule } from "./schedule.ts";
import { problemsOfSystem } from "./system-problems.ts";
import { problemsOfLoad } from "./workload-problems.ts";

/**
 * Decides everything before anything starts.
 * @param id the scenario's id, as its file is called
 * @throws FaultlineError (64) with everything that is wrong, each with its remedy
 */
export function planRun(
  id: string,
  scenario: Scenario,
  seed: string,
  context: PlanContext,
): { plan: Plan; arrivals: Arrivals } {
  const random = randomFrom(seed);
  const systemProblems = problemsOfSystem(scenario.system, context);
  const loadProblems = problemsOfLoad(scenario);
  const drawn = drawFaults(scenario, random);
  const scheduled =
    systemProblems.length > 0
      ? { schedule: [], problems: [] }
      : schedule(
          drawn.injections,
          {
            system: scenario.system,
            faultsMs: scenario.phases?.faults,
            operations: operationsOf(workloadsOf(scenario)).map(({ name }) => name),
            random: random.stream("faults"),
          },
          context,
        );
  const problems = [
    ...systemProblems,
    ...loadProblems,
    ...drawn.problems,
    ...scheduled.problems,
    ...problemsOfChecks(scenario),
  ];
  if (problems.length > 0) {
    const named = problems.map((problem) => ({ ...problem, where: `${id}: ${problem.where}` }));
    throw new FaultlineError(exits.usage, named);
  }

  const phases = loadPhases.map((phase) => ({ phase, lengthMs: scenario.phases[phase] }));
  const workloads = workloadsOf(scenario);
  const arrivals = drawArrivals(workloads, phases, random.stream("workload"));
  const totalMs = phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const plan: Plan = {
    scenario: id,
    seed,
    phases,
    schedule: scheduled.schedule,
    workloads: workloads.map((workload) => workloadInfo(workload, totalMs)),
    operations: operationsOf(workloads).map(operationInfo),
    entry: instancesNamed(scenario.system, scenario.system.entry),
    arrivals: { count: arrivals.count, sha256: digestOf(arrivals) },
    checks: scenario.checks.map(({ name, parameters }) => ({ name, parameters })),
  };
  return { plan, arrivals };
}

function workloadInfo({ name, perSecond, slo }: Workload, totalMs: number): WorkloadInfo {
  const info = { name, perSecond: (accumulated(perSecond, totalMs).count / totalMs) * 1000 };
  return slo === undefined ? info : { ...info, slo: { availability: slo.availability, withinMs: slo.within } };
}

function operationInfo({ name, workload, operation }: NamedOperation): OperationInfo {
  const { effect, deadline, keyspace, credential = "valid", poison = false } = operation;
  return {
    name,
    workload,
    effect,
    deadlineMs: deadline,
    keyspace: keyspace?.name ?? commonKeyspace,
    credential,
    isPoison: poison,
  };
}

function drawFaults(
  { faults }: Scenario,
  random: Random,
): { injections: readonly Injection[]; problems: readonly Problem[] } {
  const refused = (message: string) => {
    const remedy = "Give an array of { at, lasting, inject }, or a function of the seed's randomness that returns one.";
    return { injections: [], problems: [{ code: "BAD_FAULTS", where: "faults", message, remedy }] };
  };
  try {
    const stream = random.stream("faults");
    const stated = typeof faults === "function" ? faults(stream) : faults;
    if (!Array.isArray(stated)) return refused(`is ${typeof stated}`);
    const injections = stated.flatMap((one, index) =>
      typeof one === "function" ? one(stream.stream(`draw ${index}`)) : [one],
    );
    const odd = injections.findIndex((one) => typeof one !== "object" || one === null);
    return odd === -1 ? { injections, problems: [] } : refused(`has ${JSON.stringify(injections[odd])} at ${odd}`);
  } catch (error) {
    return refused(`threw: ${messageOf(error)}`);
  }
}

function problemsOfChecks({ checks }: Scenario): readonly Problem[] {
  const remedy = "Give at least one check, as noLostWrites().";
  if (!Array.isArray(checks) || checks.length === 0) {
    return [{ code: "NO_CHECKS", where: "checks", message: "is empty: nothing could fail", remedy }];
  }
  return checks.flatMap((check, index) =>
    typeof check?.judge === "function"
      ? []
      : [{ code: "NOT_A_CHECK", where: `checks[${index}]`, message: `is ${typeof check}`, remedy }],
  );
}
