import { median } from "../compare/median.ts";
import { type Range, wilson } from "../measure/proportion.ts";
import type { Verdict } from "../verdict.ts";

/** One run of a proof: a scenario against the system as it is, or with one bug. */
export interface Cell {
  /** The mutant's name; null for the system as it is. */
  readonly mutant: string | null;
  readonly scenario: string;
  readonly seed: string;
  /** Tells whether it is still the same that would be run now: the plan, the checks, and what switches the bug on. */
  readonly fingerprint: string;
  readonly verdict: Verdict;
  /** The checks that failed, or, where none did, were undecided. */
  readonly checks: readonly { readonly name: string; readonly actual: string }[];
  /** The run's own sentence: what it showed, or why it could not tell. Absent in what was run before it was kept. */
  readonly said?: string;
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
  /** Check → how many of the runs failed by it. */
  readonly checks: Readonly<Record<string, number>>;
  readonly medianMs: number;
  /** The newest run that failed; the newest that could not tell where none did, and the newest of all after that. */
  readonly run: string;
  /** What that run says of itself. */
  readonly said?: string;
}

/** `caught`: some run failed. `survived`: none did, and at least one could tell. `untold`: none could. */
export type Fate = "caught" | "survived" | "untold";

/** What became of one mutant. */
export interface MutantProof {
  readonly name: string;
  readonly description: string;
  readonly fate: Fate;
  /** The scenario that catches it most surely: the highest lower bound of its share, then the fastest. */
  readonly best: string | null;
  readonly scenarios: readonly Tally[];
}

/** What a proof came to. */
export interface Proof {
  readonly version: 1;
  readonly seed: string;
  readonly faultline: string;
  readonly verdict: Verdict;
  /** A sentence: the verdict, and why. */
  readonly sentence: string;
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

export function proofOfMutant(
  { name, description = "" }: { readonly name: string; readonly description?: string },
  cells: readonly Cell[],
): MutantProof {
  const scenarios = bySureness(tallies(cells));
  const best = scenarios[0] !== undefined && scenarios[0].failed > 0 ? scenarios[0].scenario : null;
  const couldTell = scenarios.some(({ passed }) => passed > 0);
  return { name, description, fate: best !== null ? "caught" : couldTell ? "survived" : "untold", best, scenarios };
}

/**
 * What it all comes to. `fail`: a mutant survived, the system as it is failed, or the canary did not. `inconclusive`: no
 * such thing, but a mutant of which no run could tell, a scenario that never could, a canary that could not, or nothing
 * that was run against the system as it is.
 */
export function verdictOf({ canary, correct, mutants }: Pick<Proof, "canary" | "correct" | "mutants">): {
  readonly verdict: Verdict;
  readonly sentence: string;
} {
  const failed = correct.filter((one) => one.failed > 0).map(({ scenario }) => scenario);
  const survivors = mutants.filter(({ fate }) => fate === "survived");
  const isMuted = canary !== null && canary.passed > 0;
  const untold = [
    ...(canary !== null && canary.failed + canary.passed === 0 ? ["the canary"] : []),
    ...(correct.length === 0 ? ["the correct system: no scenario was run"] : []),
    ...correct.filter((one) => one.failed + one.passed === 0).map(({ scenario }) => scenario),
    ...mutants.filter(({ fate }) => fate === "untold").map(({ name }) => name),
  ];
  const caught = `${mutants.filter(({ fate }) => fate === "caught").length} of ${mutants.length} mutants caught`;
  const runs = correct.reduce((sum, one) => sum + one.runs, 0);
  const passed = correct.reduce((sum, one) => sum + one.passed, 0);
  const undecided = correct.reduce((sum, one) => sum + one.inconclusive, 0);
  const unjudged = [
    ...(undecided === 0 ? [] : [`${undecided} of ${runs} runs of the correct system`]),
    ...survivors.flatMap(unjudgedOf),
  ];
  const parts = [
    ...(isMuted ? ["the canary did not fail: this harness can't fail"] : []),
    ...(failed.length === 0 ? [] : [`the correct system failed: ${failed.join(", ")}`]),
    ...(survivors.length === 0 ? [] : [`survived: ${survivors.map(({ name }) => name).join(", ")}`]),
    ...(untold.length === 0 ? [] : [`could not be told: ${untold.join(", ")}`]),
    ...(unjudged.length === 0 ? [] : [`without a verdict: ${unjudged.join(", ")}`]),
  ];
  const isFailed = isMuted || failed.length + survivors.length > 0;
  return {
    verdict: isFailed ? "fail" : untold.length > 0 ? "inconclusive" : "pass",
    sentence: [caught, `the correct system passed ${passed} of ${runs} runs`, ...parts].join("; "),
  };
}

/** The scenarios that never came to a verdict on a mutant: one of them might have caught it. */
function unjudgedOf({ name, scenarios }: MutantProof): readonly string[] {
  const undecided = scenarios.filter((one) => one.failed + one.passed === 0).map(({ scenario }) => scenario);
  return undecided.length === 0 ? [] : [`${name} by ${undecided.join(" and ")}`];
}
