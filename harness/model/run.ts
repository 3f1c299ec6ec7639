import type { Cause } from "./cause.ts";
import type { FinalState, GeneratorReport, Interval } from "./check.ts";
import type { RunEvent } from "./events.ts";
import type { History, LoadPhase } from "./history.ts";
import type { Plan } from "./plan.ts";
import type { Json } from "./units.ts";
import type { CheckResult, Verdict } from "./verdict.ts";

/** The version of `run.json`; a reader refuses what it does not know. */
export const runSchemaVersion = 2;

/** How far a run has come. `complete` only when every stage was gone through. */
export type RunStatus = "running" | "complete" | "interrupted" | "failed";

/** How a passing run passed: without any effect on users, or with one inside the declared budget. */
export type PassedHow = "tolerated" | "degraded as designed";

/** `run.json`: the authority on a run. Written anew, whole, after each stage. */
export interface RunRecord {
  readonly schemaVersion: typeof runSchemaVersion;
  readonly faultline: string;
  readonly id: string;
  readonly status: RunStatus;
  readonly verdict: Verdict;
  readonly passed?: PassedHow;
  /** One sentence from fault to failure, or to its absence. */
  readonly sentence: string;
  /** Why the run as a whole is in doubt, or did not complete; the most important first. */
  readonly reasons: readonly string[];
  /**
   * Of an inconclusive run: the one cause that explains the others, and its remedy. Absent in runs of earlier versions
   * until they are judged again.
   */
  readonly cause?: Cause;
  /** How the run went, whatever the checks say: what is judged again is judged with this. */
  readonly course: { readonly isComplete: boolean; readonly reasons: readonly string[] };
  /** Which of several runs of one plan this is, counted from 1. */
  readonly repeat?: { readonly index: number; readonly of: number };
  readonly scenario: {
    readonly id: string;
    /** Where it is stated, from the working folder of the run. */
    readonly file: string;
    readonly name: string;
    readonly expects: string;
    readonly tags: readonly string[];
    /** Which of the scenario's variants this is, where it has some. */
    readonly variant?: string;
  };
  readonly system: { readonly name: string; readonly variant?: string; readonly topology: Topology };
  readonly seed: string;
  readonly environment: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly plan: Plan;
  /** When each load phase really was, on the run's clock. */
  readonly phases: Readonly<Partial<Record<LoadPhase, Interval>>>;
  readonly checks: readonly CheckResult[];
  readonly generator?: GeneratorReport;
  readonly versions: Readonly<Record<string, string>>;
  readonly host: {
    readonly platform: string;
    readonly cores: number;
    readonly memoryMb: number;
    readonly node: string;
    /** How many programs wanted a processor, on average over the last minute, when the run began and when it ended. */
    readonly load?: { readonly atStart: number; readonly atEnd?: number };
  };
  readonly commit?: string;
  /** How to see it again. */
  readonly replay: string;
}

/** The system as a picture: what there is, and who talks to whom. */
export interface Topology {
  readonly components: readonly {
    readonly name: string;
    readonly kind: string;
    readonly instances: readonly string[];
  }[];
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

/** A run folder as it was read: everything but the record may be missing, and says so in `missing`. */
export interface StoredRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly history?: History;
  /** The texts that the history's error numbers stand for; index 0 is the empty text. */
  readonly errors: readonly string[];
  readonly finalState?: FinalState;
  /** Why the final state that was stored cannot be judged. */
  readonly finalStateProblem?: string;
  /** Operation id → what its judgement kept as `evidence`. Absent when none did. */
  readonly kept?: ReadonlyMap<number, Json>;
  /** How many operations gave `evidence` that was too large to be kept. Absent when all was kept. */
  readonly cut?: number;
  /** Instance → the lines of its log, with the place where it was cut when it was. */
  readonly logs: Readonly<Record<string, readonly string[]>>;
  /** What is not there or could not be read, one sentence each. */
  readonly missing: readonly string[];
}
