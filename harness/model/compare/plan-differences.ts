import type { Problem } from "../errors.ts";
import { count, roundedTo } from "../quantities.ts";
import type { Draw, Named, PlanIdentity } from "./plan-identity.ts";
import type { Side } from "./side.ts";

/** What is compared with what. */
export type Asked = Pick<Side, "scenario"> & {
  readonly plan: PlanIdentity;
  readonly series?: Side["series"];
};

/**
 * Why two sides cannot be compared: they were not asked the same, so that what differs need not be the system's doing.
 * The system itself, its variant and its servers may differ, since that is what is compared; so may the version of
 * Faultline, which `compare` warns of.
 * @returns one problem for each thing that differs; none when the comparison makes sense
 */
export function differencesOfPlans(base: Asked, run: Asked): readonly Problem[] {
  const [before, after] = [base.plan, run.plan];
  return [
    ...differing("SCENARIOS_DIFFER", "scenario", base.scenario, run.scenario),
    ...differing("PHASES_DIFFER", "phases", before.phases, after.phases),
    ...differingNames("LOADS_DIFFER", "workload", before.workloads, after.workloads),
    ...differingNames("LOADS_DIFFER", "operation", before.operations, after.operations),
    ...differing("ENVIRONMENTS_DIFFER", "environment", before.environment, after.environment),
    ...differing("MACHINES_DIFFER", "machine", before.machine, after.machine),
    ...differingChecks(before.checks, after.checks),
    ...differingDraws(base, run),
  ];
}

type Code = keyof typeof remedies;
const remedies = {
  SCENARIOS_DIFFER: "Compare runs of one scenario.",
  PHASES_DIFFER: "Compare runs with the same phases: run the base again with the phases of now.",
  LOADS_DIFFER: "Compare runs with the same load: run the base again with the workload of now.",
  ENVIRONMENTS_DIFFER: "Compare runs of one environment: give both the same --env.",
  MACHINES_DIFFER: "Compare runs of one machine, or of machines of one size: run the base again on this one.",
  CHECKS_DIFFER: "Compare runs with the same parameters of their checks: run the base again with those of now.",
  FAULTS_DIFFER: "Compare runs with the same faults at the same times: run the base again with those of now.",
  SEEDS_DIFFER: "Run both sides with the same --seed, or give each run of both sides a seed of its own.",
} as const;

const problem = (code: Code, where: string, message: string): Problem => ({
  code,
  where,
  message,
  remedy: remedies[code],
});

function differing(code: Code, where: string, before: string, after: string): readonly Problem[] {
  if (before === after) return [];
  return [problem(code, where, `differs: base has ${before || "none"}, run has ${after || "none"}`)];
}

function differingNames(code: Code, what: string, before: Named, after: Named): readonly Problem[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => differing(code, `${what} ${name}`, before[name] ?? "", after[name] ?? ""));
}

/** A check that one side alone has is no difference between what both have. */
function differingChecks(before: Named, after: Named): readonly Problem[] {
  const shared = Object.keys(before).filter((name) => after[name] !== undefined);
  return shared.flatMap((name) => differing("CHECKS_DIFFER", `check ${name}`, before[name]!, after[name]!));
}

/**
 * The same seeds must have drawn the same. Where each run has a seed of its own, both sides are draws from one scenario,
 * and only what those draws have in common can be held against each other. One seed a side that is not the same one
 * compares two stories, and not two systems.
 */
function differingDraws(base: Asked, run: Asked): readonly Problem[] {
  const [before, after] = [base.plan.draws, run.plan.draws];
  const same = sharedSeeds(before, after);
  const drawnOtherwise = same.flatMap(([one, other]) => [
    ...differing("FAULTS_DIFFER", `faults of seed ${one.seed}`, one.faults, other.faults),
    ...(one.arrivals === other.arrivals ? [] : [problem("LOADS_DIFFER", `load of seed ${one.seed}`, otherArrivals)]),
  ]);
  if (drawnOtherwise.length > 0) return [...new Map(drawnOtherwise.map((one) => [one.where, one])).values()];
  const [seeds, others] = [before, after].map((draws) => draws.map(({ seed }) => seed).toSorted());
  if (new Set(seeds).size === 1 && new Set(others).size === 1 && seeds![0] === others![0]) return [];
  if (String(seeds) === String(others)) return [];
  const isOwn = (all: readonly string[]): boolean => new Set(all).size === all.length;
  if (!isOwn(seeds!) || !isOwn(others!)) {
    return differing("SEEDS_DIFFER", "seed", listed(seeds!), listed(others!));
  }
  return [...differingStories(before, after), ...differingKeys(before, after), ...differingDue(base, run)];
}

const otherArrivals = "differs: other operations were due, at other times or on other keys";
/** `7`, or `7 (2 runs), 8`. */
function listed(seeds: readonly string[]): string {
  const times = [...Map.groupBy(seeds, (seed) => seed)].map(([seed, all]) => [seed, all.length] as const);
  return times.map(([seed, runs]) => (runs === 1 ? seed : `${seed} (${runs} runs)`)).join(", ");
}

function sharedSeeds(before: readonly Draw[], after: readonly Draw[]): readonly (readonly [Draw, Draw])[] {
  return before.flatMap((one) => {
    const other = after.find(({ seed }) => seed === one.seed);
    return other === undefined ? [] : [[one, other] as const];
  });
}

/** Faults that are not drawn are the same for every seed; of those that are, one cannot tell from the runs. */
function differingStories(before: readonly Draw[], after: readonly Draw[]): readonly Problem[] {
  const [stories, others] = [before, after].map((draws) => new Set(draws.map(({ faults }) => faults)));
  if (stories!.size > 1 || others!.size > 1) return [];
  return differing("FAULTS_DIFFER", "faults", [...stories!].join(), [...others!].join());
}

/** Twice as many keys are another load; the highest one of several draws is close to the number of keys. */
function differingKeys(before: readonly Draw[], after: readonly Draw[]): readonly Problem[] {
  const names = [...new Set([...before, ...after].flatMap(({ highestKeys }) => Object.keys(highestKeys)))];
  const highest = (draws: readonly Draw[], name: string): number | undefined => {
    const found = draws.flatMap(({ highestKeys }) => highestKeys[name] ?? []);
    return found.length === 0 ? undefined : Math.max(...found);
  };
  return names.flatMap((name) => {
    const [low, high] = [highest(before, name), highest(after, name)];
    if (low === undefined || high === undefined || Math.max(low, high) < 2 * Math.min(low, high) + 10) return [];
    return [problem("LOADS_DIFFER", `keys of ${name}`, `differ: base has up to ${low}, run has up to ${high}`)];
  });
}

/** So many standard deviations of a number that is Poisson at most; beyond, chance is no explanation. */
const farOff = 5;

/** Rates that differ, or a mixture of operations that does, although each side's seeds are its own. */
function differingDue(base: Asked, run: Asked): readonly Problem[] {
  return (base.series ?? []).flatMap(({ operation, phase, due }) => {
    const others = run.series?.find((one) => one.operation === operation && one.phase === phase)?.due ?? [];
    if (due.length === 0 || others.length === 0 || operation === null) return [];
    const [before, after] = [meanOf(due), meanOf(others)];
    const deviation = Math.sqrt(before / due.length + after / others.length);
    if (Math.abs(before - after) <= farOff * deviation) return [];
    const [ofBase, ofRun] = [before, after].map((mean) => count(roundedTo(mean, 0.1)));
    const text = `differs: base has ${ofBase} due a run in ${phase}, run has ${ofRun}`;
    return [problem("LOADS_DIFFER", `load of ${operation}`, text)];
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
