import { randomBytes } from "node:crypto";
import { faultKinds } from "../faults/index.ts";
import type { Check } from "../model/check.ts";
import { exits, FaultlineError, type Problem, usageError } from "../model/errors.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import { notHere } from "../plan/fault-problems.ts";
import { planRun } from "../plan/plan.ts";
import type { PlanContext } from "../plan/schedule.ts";
import { onVariants, unknownVariant } from "../plan/variants.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { inEnvironment } from "./environments.ts";
import { type LoadedScenario, loadScenario, selectScenarios } from "./scenarios.ts";

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
}

/** Plans every scenario that the filters name. @throws FaultlineError with all that is wrong with any of them */
export async function planAll(
  filters: readonly string[],
  flags: PlanFlags,
  environment: PlanContext["environment"],
): Promise<{ readonly planned: readonly Planned[]; readonly skipped: readonly Skipped[] }> {
  const seed = checkedSeed(flags.seed ?? randomBytes(4).toString("hex"));
  const files = selectScenarios(filters, flags.scenarios);
  const loaded = (await Promise.all(files.map(loadScenario))).map((one) => withBudgets(one, flags.budgets ?? []));
  const tagged = flags.tag === undefined ? loaded : withTag(loaded, flags.tag);
  const context = { faultKinds, environment };
  const problems: FaultlineError[] = [];
  const skipped: Skipped[] = [];
  const planned = tagged.flatMap((one) => {
    try {
      const variants = onVariants(one.id, one.scenario, flags.variant);
      return variants.map((on) => {
        const system = inEnvironment(on.scenario.system, environment.name, `${one.id}: system`);
        const decided = planRun(one.id, { ...on.scenario, system }, seed, context);
        return { ...one, ...on, ...decided };
      });
    } catch (error) {
      if (!(error instanceof FaultlineError)) throw error;
      if (error.problems.every(({ code }) => code === notHere)) {
        skipped.push({ scenario: one.id, why: error.problems.map(({ message, remedy }) => `${message}. ${remedy}`) });
      } else problems.push(error);
      return [];
    }
  });
  if (problems.length > 0)
    throw new FaultlineError(
      exits.usage,
      problems.flatMap((error) => error.problems),
    );
  if (planned.length + skipped.length > 0) return { planned, skipped };
  if (flags.variant !== undefined && tagged.length > 0) {
    unknownVariant(
      flags.variant,
      tagged.map(({ scenario }) => scenario),
    );
  }
  const remedy = "`faultline list` shows what there is.";
  throw new FaultlineError(exits.inconclusive, [
    { code: "NOTHING_TO_RUN", where: flags.scenarios, message: "no scenario is there to run", remedy },
  ]);
}

/** A scenario's own check of the same name wins: it knows better. */
function withBudgets(loaded: LoadedScenario, budgets: readonly Check[]): LoadedScenario {
  const { checks } = loaded.scenario;
  const missing = budgets.filter(({ name }) => !checks.some((check) => check.name === name));
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

function withTag(loaded: readonly LoadedScenario[], tag: string): readonly LoadedScenario[] {
  const known = [...new Set(loaded.flatMap(({ scenario }) => scenario.tags ?? []))];
  if (!known.includes(tag)) {
    throw usageError({
      code: "UNKNOWN_TAG",
      where: "--tag",
      message: `no scenario has the tag "${tag}"`,
      remedy: didYouMean(tag, known),
    });
  }
  return loaded.filter(({ scenario }) => scenario.tags?.includes(tag));
}
