import type { OperationInfo, WorkloadInfo } from "../model/check.ts";
import type { ProblemCode } from "../model/error-codes/index.ts";
import { exits, FaultlineError, messageOf, type Problem } from "../model/errors.ts";
import type { DrawnInjections, Injection } from "../model/fault.ts";
import { loadPhases } from "../model/history.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import { type Random, randomFrom } from "../model/random.ts";
import { type Scenario, workloadsOf } from "../model/scenario.ts";
import { instancesNamed } from "../model/system.ts";
import { type Duration, isDuration } from "../model/units.ts";
import { commonKeyspace, type NamedOperation, operationsOf, type Workload } from "../model/workload.ts";
import { problemsOfCheck } from "../schema/check.ts";
import { readAs, shown } from "../schema/problems.ts";
import { scenarioSchema } from "../schema/scenario.ts";
import { digestOf, drawArrivals } from "./arrivals.ts";
import { cannotDecide, factsOf, problemsInPlan, problemsOfStrikes } from "./decidable.ts";
import { accumulated } from "./rate.ts";
import { type PlanContext, problemsOfInjections, schedule } from "./schedule.ts";
import { problemsOfSystem } from "./system-problems.ts";
import { readLoad } from "./workload-problems.ts";

/** A run of which everything is decided. */
export interface Decided {
  readonly plan: Plan;
  readonly arrivals: Arrivals;
  /** The scenario as it was read: with plain numbers of milliseconds for durations. */
  readonly scenario: Scenario;
  /**
   * What a run of this plan cannot decide, each with what it would take: a check with too few operations, a fault that is over
   * before its proof. Such a run is possible, and inconclusive.
   */
  readonly warnings: readonly Problem[];
}

/**
 * Decides everything before anything starts.
 * @param id the scenario's id, as its file is called
 * @throws FaultlineError (64) with everything that is wrong, each with its remedy
 */
export function planRun(id: string, given: Scenario, seed: string, context: PlanContext): Decided {
  const random = randomFrom(seed);
  const itself = readAs(scenarioSchema, given, { where: "", code: "BAD_SCENARIO" });
  const load = readLoad(given);
  const system = problemsOfSystem(given.system, context);
  const drawn = drawFaults(given, random);
  const isUnknownSystem = !system.every(({ code }) => leavesTargets.has(code));
  const scheduled = scheduleOf(given, drawn, isUnknownSystem, random, context);
  const named = (problem: Problem): Problem => ({ ...problem, where: `${id}: ${problem.where}` });
  const problems = [
    ...("problems" in itself ? itself.problems : []),
    ...system,
    ...("problems" in load ? load.problems : []),
    ...drawn.problems,
    ...scheduled.problems.filter(isMistake),
    ...problemsOfChecks(given),
  ].map(named);
  if ("problems" in load || "problems" in itself || isUnknownSystem) throw new FaultlineError(exits.usage, problems);

  const scenario: Scenario = { ...given, ...load, ...restOf(itself.value) };
  const arrivals = drawArrivals(load.workload, phasesOf(load), random.stream("workload"));
  const stated = problems.length > 0 ? { ...scenario, checks: [] } : scenario;
  const plan = planOf(id, stated, seed, scheduled.schedule, arrivals);
  const facts = factsOf(plan, arrivals, scenario);
  const inPlan = [...problemsInPlan(scenario, facts), ...problemsOfStrikes(plan, facts, given)];
  const wrong = [...problems, ...inPlan.filter(isMistake).map(named)];
  if (wrong.length > 0) throw new FaultlineError(exits.usage, wrong);
  const warnings = [...scheduled.problems, ...inPlan].filter((problem) => !isMistake(problem)).map(named);
  return { plan, arrivals, scenario, warnings };
}

/** What is no mistake, but makes a run inconclusive: `validate` refuses it, `run` warns. */
const inconclusiveCodes: readonly ProblemCode[] = [cannotDecide, "SHORTER_THAN_ITS_PROOF"];
const isMistake = ({ code }: Problem): boolean => !inconclusiveCodes.includes(code);

/** Problems of a system whose components and links are known all the same: what acts on them is looked at, too. */
const leavesTargets: ReadonlySet<ProblemCode> = new Set([
  "BAD_ADDRESS",
  "BAD_MARK",
  "BAD_METRICS",
  "BAD_PORT",
  "BAD_SETTING",
  "COMMAND_NOT_FOUND",
  "NO_PORT",
  "PORT_SHARED",
  "UNKNOWN_SETTING",
]);

const phasesOf = ({ phases }: Pick<Scenario, "phases">) =>
  loadPhases.map((phase) => ({ phase, lengthMs: phases[phase] }));

const restOf = ({ restWithin }: { readonly restWithin?: Duration | undefined }): Pick<Scenario, "restWithin"> =>
  restWithin === undefined ? {} : { restWithin };

function scheduleOf(
  { system, phases, workload }: Scenario,
  { injections, places }: Drawn,
  isUnknownSystem: boolean,
  random: Random,
  context: PlanContext,
) {
  // Where a target is, and when it must end, cannot be known of a system or phases that are wrong themselves.
  if (isUnknownSystem || !isDuration(phases?.faults))
    return { schedule: [], problems: problemsOfInjections(injections, places) };
  const workloads = workloadsOf({ workload }).filter((one) => isObject(one?.operations));
  const stage = {
    system,
    faultsMs: Number(phases?.faults),
    operations: operationsOf(workloads).map(({ name }) => name),
    random: random.stream("faults"),
    places,
  };
  return schedule(injections, stage, context);
}

function planOf(id: string, scenario: Scenario, seed: string, scheduled: Plan["schedule"], arrivals: Arrivals): Plan {
  const phases = phasesOf(scenario);
  const workloads = workloadsOf(scenario);
  const totalMs = phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  return {
    scenario: id,
    seed,
    phases,
    schedule: scheduled,
    workloads: workloads.map((workload) => workloadInfo(workload, totalMs)),
    operations: operationsOf(workloads).map(operationInfo),
    entry: instancesNamed(scenario.system, scenario.system.entry),
    arrivals: { count: arrivals.count, sha256: digestOf(arrivals) },
    checks: scenario.checks.map(({ name, parameters }) => ({ name, parameters })),
  };
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
    ...(operation.perform === undefined ? {} : { isPerformed: true as const }),
  };
}

/** Injections, and where the scenario states each of them. */
interface Drawn {
  readonly injections: readonly Injection[];
  readonly places: readonly string[];
  readonly problems: readonly Problem[];
}

function drawFaults({ faults }: Scenario, random: Random): Drawn {
  try {
    const stream = random.stream("faults");
    const stated: unknown = typeof faults === "function" ? faults(stream) : faults;
    const whole = typeof faults === "function" ? "faults()" : "faults";
    if (!Array.isArray(stated)) return notFaults(whole, `is ${shown(stated)}`);
    const lists = Array.from(stated as readonly unknown[], (one, index) => {
      if (typeof faults === "function" && hasProblems(one)) return [["faults", one] as const];
      const where = `${whole}[${index}]`;
      return typeof one === "function"
        ? drawnBy(one as DrawnInjections, stream.stream(`draw ${index}`), where)
        : [[where, one] as const];
    });
    const all = lists.flat();
    const odd = all.filter(([, one]) => !isObject(one));
    const injections = all.filter((entry): entry is readonly [string, Injection] => isObject(entry[1]));
    return {
      injections: injections.map(([, one]) => one),
      places: injections.map(([where]) => where),
      problems: odd.flatMap(([where, one]) => notFaults(where, `is ${shown(one)}`).problems),
    };
  } catch (error) {
    return notFaults("faults", `threw: ${messageOf(error)}`);
  }
}

function drawnBy(draw: DrawnInjections, random: Random, where: string): readonly (readonly [string, unknown])[] {
  const drawn: unknown = draw(random);
  if (!Array.isArray(drawn)) return [[`${where}()`, drawn]];
  return Array.from(
    drawn as readonly unknown[],
    (one, index) => [hasProblems(one) ? where : `${where}()[${index}]`, one] as const,
  );
}

/** Whether it stands in for a helper's injections whose options are wrong, and not for one that was drawn. */
const hasProblems = (one: unknown): boolean => isObject(one) && (one as Partial<Injection>).problems !== undefined;

function notFaults(where: string, message: string): Drawn {
  const remedy = "Give an array of { at, lasting, inject }, or a function of the seed's randomness that returns one.";
  return { injections: [], places: [], problems: [{ code: "BAD_FAULTS", where, message, remedy }] };
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is wrong with the checks as they are stated. */
export function problemsOfChecks({ checks }: Scenario): readonly Problem[] {
  if (!Array.isArray(checks) || checks.length === 0) {
    const isList = Array.isArray(checks);
    const message = isList ? "is empty: nothing could fail" : `is ${shown(checks)}`;
    const remedy = isList
      ? "Give at least one check, as noLostWrites()."
      : "Give a list of checks, as [noLostWrites()].";
    return [{ code: "NO_CHECKS", where: "checks", message, remedy }];
  }
  // Not `flatMap`: it passes over the holes of an array, which `[, noLostWrites()]` has.
  return Array.from(checks as readonly unknown[], (check, index) => problemsOfCheck(check, `checks[${index}]`)).flat();
}
