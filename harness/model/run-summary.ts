import type { CoverageWord } from "./measure/coverage.ts";
import type { HarmName } from "./measure/harm.ts";
import type { RecoveryWord } from "./measure/recovery.ts";
import type { PassedHow, RunStatus } from "./run.ts";
import type { Verdict } from "./verdict.ts";

/** The version of a line of `history.jsonl`; a reader skips what it does not know. */
export const runSummaryVersion = 1;

/** What an overview of many runs needs of one: a line of `history.jsonl`. */
export interface RunSummary {
  readonly version: typeof runSummaryVersion;
  /** The name of the run's folder. */
  readonly id: string;
  readonly scenario: string;
  readonly name: string;
  readonly system: string;
  readonly variant?: string;
  readonly seed: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly status: RunStatus;
  readonly verdict: Verdict;
  readonly passed?: PassedHow;
  readonly sentence: string;
  /** Of operations that were ok in the fault phase; null when there were too few of them. */
  readonly p99Ms: number | null;
  /**
   * From the last heal until goodput was back for good, as in the report. 0 when it was back by then, and when it never left
   * its steady level; null when it did not come back, and when the run cannot tell: `recovery` says which.
   */
  readonly recoveryMs: number | null;
  /** Absent in what versions before this one wrote. */
  readonly recovery?: RecoveryWord;
  /** How much the checks counted of each; null where none looked. Absent in what versions before this one wrote. */
  readonly harm?: Readonly<Record<HarmName, number | null>>;
  /** Components and links (as `api->cache`, all instances together) that could be struck. */
  readonly targets: readonly string[];
  /** Those that were: into which a fault was injected. Absent in what versions before this one wrote. */
  readonly struck?: readonly string[];
  /** The titles of broken checks that point to no operation, as one of what was left behind; none when absent. */
  readonly unplaced?: readonly string[];
  /** What was struck, with what, and what became of each operation. */
  readonly coverage: readonly {
    readonly target: string;
    readonly kind: string;
    readonly operation: string;
    readonly word: CoverageWord;
  }[];
}
