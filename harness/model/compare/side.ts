import type { LoadPhase } from "../history.ts";
import type { Verdict } from "../verdict.ts";
import type { Better, MetricName, Unit } from "./metrics.ts";

/** The version of a baseline file; a reader refuses what it does not know. */
export const baselineSchemaVersion = 1;
export const baselineKind = "faultline baseline";

/** The load phases that are compared: those in which the system should be at its best, at its worst, and back. */
export const sidePhases = ["steady", "faults", "recovery"] as const satisfies readonly LoadPhase[];
export type SidePhase = (typeof sidePhases)[number];

/**
 * One side of a comparison: one run, or several of one scenario as their medians. Plain JSON; kept in a file it is a
 * baseline.
 */
export interface Side {
  readonly kind: typeof baselineKind;
  readonly schemaVersion: typeof baselineSchemaVersion;
  /** Its id. */
  readonly scenario: string;
  /** The runs' ids. */
  readonly runs: readonly string[];
  readonly system: string;
  readonly plan: PlanIdentity;
  /** What a reader must know to trust the numbers, one sentence each: a late generator, an unfinished run. */
  readonly caveats: readonly string[];
  /** The worst of all runs. */
  readonly verdict: Verdict;
  readonly checks: readonly SideCheck[];
  readonly figures: readonly Figure[];
  readonly series: readonly Series[];
}

/** Whether two sides were asked the same. */
export interface PlanIdentity {
  /** One when all runs had the same, else all of them. */
  readonly seeds: readonly string[];
  /** SHA-256 of all arrivals: the same only when the same operations were due at the same times. */
  readonly arrivals: readonly string[];
  readonly faults: readonly string[];
  readonly host: string;
}

/** What a check came to. */
export interface SideCheck {
  readonly title: string;
  /** The worst of all runs. */
  readonly verdict: Verdict;
  /** What it counted, as the median of all runs: violations among it. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** One number a run, as the median of all runs. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly better: Better;
  /** `null` when it did not happen: no impact, never detected, never recovered. */
  readonly value: number | null;
}

/** One kind of operation in one phase, cut into buckets of equal length; the i-th entry belongs to the i-th bucket. */
export interface Series extends Readonly<Record<MetricName, readonly (number | null)[]>> {
  /** `null`: all operations together. */
  readonly operation: string | null;
  readonly phase: SidePhase;
  /** How far apart the runs are among themselves: the range of their own medians; `null` of fewer than two runs. */
  readonly spread: Readonly<Record<MetricName, number | null>>;
}
