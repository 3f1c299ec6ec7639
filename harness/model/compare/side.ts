import type { LoadPhase } from "../history.ts";
import type { Guards, Verdict } from "../verdict.ts";
import type { Better, MetricName, Unit } from "./metrics.ts";
import type { PlanIdentity } from "./plan-identity.ts";

/** The version of a baseline file; a reader refuses what it does not know. Version 1 had medians in place of the runs. */
export const baselineSchemaVersion = 2;
export const baselineKind = "faultline baseline";

/** The load phases that are compared: those in which the system should be at its best, at its worst, and back. */
export const sidePhases = ["steady", "faults", "recovery"] as const satisfies readonly LoadPhase[];
export type SidePhase = (typeof sidePhases)[number];

/** One side of a comparison: one run, or several of one plan. Plain JSON; kept in a file it is a baseline. */
export interface Side {
  readonly kind: typeof baselineKind;
  readonly schemaVersion: typeof baselineSchemaVersion;
  /** Its id. */
  readonly scenario: string;
  /** The runs' ids. */
  readonly runs: readonly string[];
  readonly system: string;
  /** The versions of Faultline that ran them. */
  readonly faultline: readonly string[];
  /** The command that runs the first of them again. */
  readonly replay: string;
  readonly plan: PlanIdentity;
  /** What a reader must know to trust the numbers, one sentence each: a late generator, an unfinished run. */
  readonly caveats: readonly string[];
  /** The worst of all runs. */
  readonly verdict: Verdict;
  readonly checks: readonly SideCheck[];
  readonly figures: readonly Figure[];
  readonly series: readonly Series[];
}

/** The results of one check. */
export interface SideCheck {
  readonly title: string;
  readonly guards: Guards;
  /** The worst of all runs. */
  readonly verdict: Verdict;
  /** In how many runs it came to what. */
  readonly counts: Readonly<Record<Verdict, number>>;
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

/** One kind of operation in one phase; the i-th entry of each metric belongs to the i-th run. `null`: not measurable. */
export interface Series extends Readonly<Record<MetricName, readonly (number | null)[]>> {
  /** `null`: all operations together. */
  readonly operation: string | null;
  readonly phase: SidePhase;
  /** How many operations were due. */
  readonly due: readonly number[];
}
