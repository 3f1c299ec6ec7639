import { randomBytes } from "node:crypto";
import { faultKinds } from "../faults/index.ts";
import type { Check } from "../model/check.ts";
import { describeProblem, exits, FaultlineError, type Problem, usageError } from "../model/errors.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import { notHere } from "../plan/fault-problems.ts";
import { planRun } from "../plan/plan.ts";
import type { PlanContext } from "../plan/schedule.ts";
import { type OnVariant, onVariants, unknownVariant } from "../plan/variants.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { inEnvironment } from "./environments.ts";
import { type LoadedScenario, loadScenarios, selectScenarios, tagsOf } from "./scenarios.ts";

/** A scenario, on one variant of its system where it has some, with everything decided. */
export interface Planned extends LoadedScenario {
  readonly variant?: string;
  readonly plan: Plan;
  readonly arrivals: Arrivals;
  /** What its checks cannot decide under this plan. */
  readonly warnings: readonly Problem[];
}

/** A scenario that this machine cannot run, and what it lacks. */
export interface Skipped {
  readonly scenario: string;
  readonly why: readonly string[];
}

/** What is planned. */
interface PlanFlags {
  readonly scenarios: string;
  readonly seed?: string;
  readonly tag?: string;
  /** Of which variant of their systems, or `eachVariant`; the first when it is left out. */
  readonly variant?: string;
  /** Of the project's configuration. */
  readonly budgets?: readonly Check[];
  /** Refuse what no run of the plan could decide. Default: such a run is possible, and inconclusive. */
  readonly mustDecide?: boolean;
}

/** Plans every scenario that the filters name. @throws FaultlineError with all that is wrong with any of them */
export async function planAll(
  filters: readonly string[],
  flags: PlanFlags,
  environment: PlanContext["environment"],
): Promise<{ readonly planned: readonly Planned[]; readonly skipped: readonly Skipped[] }> {
  const seed = checkedSeed(flags.seed ?? randomBytes(4).toString("hex"));
  const { loaded, problems: unloaded } = await loadScenarios(selectScenarios(filters, flags.scenarios));
  const budgeted = loaded.map((one) => withBudgets(one, flags.budgets ?? []));
  const tagged = flags.tag === undefined ? budgeted : withTag(budgeted, flags.tag, unloaded.length > 0);
  const context = { faultKinds, environment };
  const problems: Problem[] = [...unloaded];
  const skipped: Skipped[] = [];
  const planned: Planned[] = [];
  for (const one of tagged) {
    const own: Problem[] = [];
    const variants = collecting(own, () => onVariants(one.id, one.scenario, flags.variant));
    const plans = variants.flatMap((on) => collecting(own, () => [planOn(one, on, seed, context)]));
    if (flags.mustDecide === true) own.push(...plans.flatMap(({ warnings }) => warnings));
    if (own.length === 0) planned.push(...plans);
    else if (own.every(({ code }) => code === notHere)) skipped.push({ scenario: one.id, why: reasonsOf(own) });
    else problems.push(...own);
  }
  if (problems.length > 0) throw new FaultlineError(exits.usage, distinct(problems));
  if (planned.length + skipped.length > 0) return { planned, skipped };
  if (flags.variant !== undefined && tagged.length > 0) {
    unknownVariant(
      flags.variant,
      tagged.map(({ scenario }) => scenario),
    );
  }
  const remedy =
    loaded.length > 0 ? "`faultline list` shows what there is." : "Make a first one: `faultline new my-first`.";
  throw new FaultlineError(exits.inconclusive, [
    { code: "NOTHING_TO_RUN", where: flags.scenarios, message: "no scenario is there to run", remedy },
  ]);
}

function planOn(one: LoadedScenario, on: OnVariant, seed: string, context: PlanContext): Planned {
  const system = inEnvironment(on.scenario.system, context.environment.name, `${one.id}: system`);
  return { ...one, ...on, ...planRun(one.id, { ...on.scenario, system }, seed, context) };
}

/** What `make` returns; nothing when it throws problems, which are added to the others. */
function collecting<T>(problems: Problem[], make: () => readonly T[]): readonly T[] {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof FaultlineError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

const reasonsOf = (lacking: readonly Problem[]): readonly string[] => [
  ...new Set(lacking.map(({ message, remedy }) => `${message}. ${remedy}`)),
];

/** Variants of one scenario share most of their mistakes. */
const distinct = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((problem) => [describeProblem(problem), problem])).values(),
];

/**
 * The scenario with the configuration's budgets among its checks. A scenario's own check of the same name wins: it knows
 * better.
 */
export function withBudgets(loaded: LoadedScenario, budgets: readonly Check[]): LoadedScenario {
  const { checks } = loaded.scenario as { readonly checks: unknown };
  // What is wrong with them is for the plan to say.
  if (!Array.isArray(checks)) return loaded;
  const missing = budgets.filter(
    ({ name }) => !checks.some((check: Partial<Check> | undefined) => check?.name === name),
  );
  return { ...loaded, scenario: { ...loaded.scenario, checks: [...checks, ...missing] } };
}

/** The seed is part of the run folder's name. */
function checkedSeed(seed: string): string {
  if (/^[A-Za-z0-9._-]{1,40}$/.test(seed)) return seed;
  throw usageError({
    code: "BAD_SEED",
    where: "--seed",
    message: `is "${seed}"`,
    remedy: "Give from 1 to 40 letters, digits, dots, dashes or underscores, as --seed 7.",
  });
}

/** @param isPartial whether there are others, which may have the tag and could not be loaded */
function withTag(loaded: readonly LoadedScenario[], tag: string, isPartial: boolean): readonly LoadedScenario[] {
  const known = [...new Set(loaded.flatMap(({ scenario }) => tagsOf(scenario)))];
  if (!known.includes(tag) && !isPartial) {
    throw usageError({
      code: "UNKNOWN_TAG",
      where: "--tag",
      message: `no scenario has the tag "${tag}"`,
      remedy:
        known.length === 0
          ? `No scenario has tags. Add tags: ["${tag}"] to those that are meant.`
          : didYouMean(tag, known),
    });
  }
  return loaded.filter(({ scenario }) => tagsOf(scenario).includes(tag));
}
