import type { Measured } from "./capabilities.ts";
import type { CauseCode } from "./cause.ts";
import type { RunPhase } from "./events.ts";

/** Did a fault become a failure? `inconclusive` when the run cannot tell. */
export const verdicts = ["pass", "inconclusive", "fail"] as const;
export type Verdict = (typeof verdicts)[number];

/** The worst wins: `fail` > `inconclusive` > `pass`; nothing at all is `inconclusive`. */
export function worst(all: readonly Verdict[]): Verdict {
  if (all.length === 0) return "inconclusive";
  return verdicts[Math.max(...all.map((verdict) => verdicts.indexOf(verdict)))] ?? "inconclusive";
}

/** One operation of the evidence for a verdict, readable by a person. */
export interface Witness {
  readonly id: number;
  readonly operation: string;
  readonly outcome: string;
  readonly session: number;
  readonly key: number;
  /** Both in ms relative to the first injection (negative: before it); null when it never happened. */
  readonly fromFaultMs: number;
  readonly toFaultMs: number | null;
  /** Whether it breaks the law itself; false for an operation that only shows why another one does. */
  readonly violates: boolean;
  /** What is remarkable about it, as `returned version 3, 4 was acknowledged 2.1 s before`. */
  readonly note: string;
}

/** At most this many operations are shown as a witness. */
export const witnessLimit = 10;

/**
 * What a check is about. `safety`: one violation is one too many, and no other run makes up for it. `budget`: so much is
 * allowed, and several runs tell better than one.
 */
export type Guards = "safety" | "budget";

/** What a budget was measured to be in one run, so that several runs can be taken together. */
export interface Measure {
  /** `null` when it was beyond what the run could see, as a recovery that never came. */
  readonly value: number | null;
  readonly limit: number;
  readonly better: "higher" | "lower";
  readonly unit: "share" | "ms" | "ratio";
}

/** What one check found. */
export interface CheckResult {
  /** As it is called in a scenario: `noStaleReads`. */
  readonly name: string;
  /** With its parameters, for people: `no stale reads beyond 2 s`. */
  readonly title: string;
  readonly law: string;
  readonly guards: Guards;
  readonly verdict: Verdict;
  readonly expected: string;
  readonly actual: string;
  /** Where the evidence lies, when it lies in one phase. */
  readonly phase?: RunPhase;
  readonly witness: readonly Witness[];
  readonly numbers: Measured;
  /** Of a budget, where the run could measure it. */
  readonly measure?: Measure;
  /** Of one that is inconclusive: why, where the check knows; otherwise it is derived when the run is judged. */
  readonly cause?: CauseCode;
  /** Of one that is inconclusive: an imperative sentence, as the rate or the length that the check would take. */
  readonly remedy?: string;
}
