import type { Cause } from "../cause.ts";
import { median } from "../compare/median.ts";
import { type Range, wilson } from "../measure/proportion.ts";
import type { Verdict } from "../verdict.ts";

/** One run of a proof: a scenario against the system as it is, or with one bug. */
export interface Cell {
  /** The mutant's name; null for the system as it is. */
  readonly mutant: string | null;
  readonly scenario: string;
  readonly seed: string;
  /** Of all that its verdict may depend on: the plan, the checks, the switch, and the code on both sides of it. */
  readonly fingerprint: string;
  readonly verdict: Verdict;
  /** The checks that failed, or, where none did, were undecided. */
  readonly checks: readonly { readonly name: string; readonly actual: string }[];
  /** Of a run that failed: no safety law was broken, so that a busy machine may be why. */
  readonly brokeBudgetsOnly?: true;
  /** The run's own sentence: what it showed, or why it could not tell. Absent in what was run before it was kept. */
  readonly said?: string;
  /** Of a run without a verdict: why it could not tell, and what to do about it. */
  readonly cause?: Cause;
  /** How many runs of the same cell came to no verdict before this one. Absent: none. */
  readonly repeated?: number;
  /** All mutants that were switched on in the run, where there were several. */
  readonly shared?: readonly string[];
  readonly tookMs: number;
  /** The run folder's name. */
  readonly run: string;
}

/** What the runs of one scenario against one mutant, or against none, came to. */
export interface Tally {
  readonly scenario: string;
  readonly runs: number;
  readonly failed: number;
  readonly passed: number;
  readonly inconclusive: number;
  /** How many further runs came to no verdict, and were made again. Absent: none. */
  readonly repeated?: number;
  /** How many of the runs had other mutants switched on, too. Absent: none. */
  readonly shared?: number;
  /** Check → how many of the runs failed by it. */
  readonly checks: Readonly<Record<string, number>>;
  readonly medianMs: number;
  /** The newest run that failed; the newest that could not tell where none did, and the newest of all after that. */
  readonly run: string;
  /** What that run says of itself. */
  readonly said?: string;
}

/** `caught`: some run failed. `survived`: none did, at least one could tell, and none is left. `untold`: anything else. */
export type Fate = "caught" | "survived" | "untold";

/** What became of one mutant. */
export interface MutantProof {
  readonly name: string;
  readonly description: string;
  readonly fate: Fate;
  /** The scenario that catches it most surely: the highest lower bound of its share, then the fastest. */
  readonly best: string | null;
  /** Whether the proof ended before all its runs were made: what passed then does not show that it survives. */
  readonly isUnfinished?: true;
  readonly scenarios: readonly Tally[];
}

/** Why a proof ended before all its runs were made. */
export interface Incomplete {
  /** In words, without a full stop: `interrupted by SIGINT`. */
  readonly reason: string;
  /** An imperative sentence. */
  readonly remedy: string;
  /** How many of its runs were made, and how many there are at most. */
  readonly done: number;
  readonly of: number;
}

/** What a proof came to. */
export interface Proof {
  readonly version: 1;
  readonly seed: string;
  readonly faultline: string;
  readonly verdict: Verdict;
  /** A sentence: the verdict, and why. */
  readonly sentence: string;
  /** Absent when all its runs were made. */
  readonly incomplete?: Incomplete;
  /** The scenario that must fail, and whether it did; null where there is none. */
  readonly canary: Tally | null;
  readonly scenarios: readonly { readonly id: string; readonly name: string }[];
  readonly correct: readonly Tally[];
  readonly mutants: readonly MutantProof[];
}

/** How surely a tally's runs fail, of those that could tell: Wilson's interval. */
export const sureness = ({ failed, passed }: Pick<Tally, "failed" | "passed">): Range =>
  wilson(failed, failed + passed);

/** The runs of one mutant, by scenario, in the order in which they were first met. */
export function tallies(cells: readonly Cell[]): readonly Tally[] {
  return [...Map.groupBy(cells, ({ scenario }) => scenario)].map(([scenario, own]) => {
    const failing = own.filter(({ verdict }) => verdict === "fail");
    const untold = own.findLast(({ verdict }) => verdict === "inconclusive");
    const { run, said } = failing.at(-1) ?? untold ?? own.at(-1)!;
    const repeated = own.reduce((sum, one) => sum + (one.repeated ?? 0), 0);
    const shared = own.filter((one) => one.shared !== undefined).length;
    const names = failing.flatMap(({ checks }) => checks.map(({ name }) => name));
    return {
      scenario,
      runs: own.length,
      failed: failing.length,
      passed: own.filter(({ verdict }) => verdict === "pass").length,
      inconclusive: own.filter(({ verdict }) => verdict === "inconclusive").length,
      checks: Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length])),
      medianMs: Math.round(median(own.map(({ tookMs }) => tookMs))),
      run,
      ...(said === undefined ? {} : { said }),
      ...(repeated === 0 ? {} : { repeated }),
      ...(shared === 0 ? {} : { shared }),
    };
  });
}

/** Those that catch, the surest first; then, of equals, the fastest. The others follow as they came. */
export function bySureness(all: readonly Tally[]): readonly Tally[] {
  return all.toSorted((one, other) => {
    if (one.failed === 0 || other.failed === 0) return Math.sign(other.failed) - Math.sign(one.failed);
    return sureness(other).lower - sureness(one).lower || one.medianMs - other.medianMs;
  });
}

/** @param isUnfinished whether runs of it are left that were not made: one of them might catch it */
export function proofOfMutant(
  { name, description = "" }: { readonly name: string; readonly description?: string },
  cells: readonly Cell[],
  isUnfinished = false,
): MutantProof {
  const scenarios = bySureness(tallies(cells));
  const best = scenarios[0] !== undefined && scenarios[0].failed > 0 ? scenarios[0].scenario : null;
  const couldTell = !isUnfinished && scenarios.some(({ passed }) => passed > 0);
  const fate = best !== null ? "caught" : couldTell ? "survived" : "untold";
  return { name, description, fate, best, ...(isUnfinished ? { isUnfinished } : {}), scenarios };
}

/** What a proof's verdict rests on. */
type Parts = Pick<Proof, "canary" | "correct" | "mutants" | "incomplete">;

/**
 * What it all comes to. `fail`: a mutant survived, the system as it is failed, or the canary passed. `inconclusive`: no
 * such thing, but the proof is incomplete, or something has no verdict: all runs of a mutant, of a scenario or of the
 * canary, or nothing was run against the system as it is.
 */
export function verdictOf({ canary, correct, mutants, incomplete }: Parts): {
  readonly verdict: Verdict;
  readonly sentence: string;
} {
  const failed = correct.filter((one) => one.failed > 0).map(({ scenario }) => scenario);
  const survivors = mutants.filter(({ fate }) => fate === "survived");
  const isMuted = canary !== null && canary.passed > 0;
  const untold = untoldOf({ canary, correct, mutants });
  const unmade = mutants.filter(({ isUnfinished, fate }) => isUnfinished === true && fate === "untold");
  const unjudged = [...unjudgedRuns(correct), ...survivors.flatMap(unjudgedOf)];
  const [caught, ran] = countsOf({ correct, mutants });
  const parts = [
    ...(isMuted ? ["the canary did not fail: this harness can't fail"] : []),
    ...(failed.length === 0 ? [] : [`the correct system failed: ${failed.join(", ")}`]),
    ...(survivors.length === 0 ? [] : [`survived: ${survivors.map(({ name }) => name).join(", ")}`]),
    ...(untold.length === 0 ? [] : [`could not tell: ${untold.join(", ")}`]),
    ...(unmade.length === 0 ? [] : [`not finished: ${unmade.map(({ name }) => name).join(", ")}`]),
    ...(unjudged.length === 0 ? [] : [`without a verdict: ${unjudged.join(", ")}`]),
  ];
  const isFailed = isMuted || failed.length + survivors.length > 0;
  const isDone = incomplete === undefined && untold.length === 0;
  return {
    verdict: isFailed ? "fail" : isDone ? "pass" : "inconclusive",
    sentence: [...incompleteWords(incomplete), caught, ran, ...parts].join("; "),
  };
}

const incompleteWords = (incomplete: Proof["incomplete"]): readonly string[] =>
  incomplete === undefined
    ? []
    : [`incomplete, ${incomplete.done} of at most ${incomplete.of} runs made: ${incomplete.reason}`];

function countsOf({ correct, mutants }: Pick<Parts, "correct" | "mutants">): readonly [string, string] {
  const sum = (count: (one: Parts["correct"][number]) => number): number =>
    correct.reduce((total, one) => total + count(one), 0);
  const caught = mutants.filter(({ fate }) => fate === "caught").length;
  const again = sum(({ repeated = 0 }) => repeated);
  const beside = again === 0 ? "" : `, and ${again} without a verdict ${again === 1 ? "was" : "were"} made again`;
  return [
    `${caught} of ${mutants.length} mutants caught`,
    `the correct system passed ${sum(({ passed }) => passed)} of ${sum(({ runs }) => runs)} runs${beside}`,
  ];
}

/** What no run could tell of, although it was run. */
function untoldOf({ canary, correct, mutants }: Pick<Parts, "canary" | "correct" | "mutants">): readonly string[] {
  return [
    ...(canary !== null && canary.failed + canary.passed === 0 ? ["the canary"] : []),
    ...(correct.length === 0 ? ["the correct system: no scenario was run"] : []),
    ...correct.filter((one) => one.failed + one.passed === 0).map(({ scenario }) => scenario),
    ...mutants.filter(({ fate, isUnfinished }) => fate === "untold" && isUnfinished !== true).map(({ name }) => name),
  ];
}

function unjudgedRuns(correct: Parts["correct"]): readonly string[] {
  const runs = correct.reduce((sum, one) => sum + one.runs, 0);
  const undecided = correct.reduce((sum, one) => sum + one.inconclusive, 0);
  return undecided === 0 ? [] : [`${undecided} of ${runs} runs of the correct system`];
}

/** The scenarios that never came to a verdict on a mutant: one of them might have caught it. */
function unjudgedOf({ name, scenarios }: MutantProof): readonly string[] {
  const undecided = scenarios.filter((one) => one.failed + one.passed === 0).map(({ scenario }) => scenario);
  return undecided.length === 0 ? [] : [`${name} by ${undecided.join(" and ")}`];
}
