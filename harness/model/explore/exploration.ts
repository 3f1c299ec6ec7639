import type { ScheduledInjection } from "../fault.ts";
import type { Verdict } from "../verdict.ts";

/** How many of several runs failed by the same check. */
export interface Share {
  readonly failed: number;
  readonly runs: number;
}

/** A schedule that was found to fail, as small as it could be made. */
export interface Reproducer {
  /** As `1-3`: the seed, and the schedule's place. */
  readonly name: string;
  /** The checks that failed, with what the first run of it saw. */
  readonly checks: readonly { readonly name: string; readonly actual: string }[];
  readonly schedule: readonly ScheduledInjection[];
  /** Whether every smaller part was tried: there was time, and the whole failed again where it had to. */
  readonly isMinimal: boolean;
  /** Runs with the schedule, and with the same load without it. */
  readonly with: Share;
  readonly without: Share;
  /** The scenario that states it. */
  readonly file: string;
  readonly replay: string;
  /** The run folder of a run that failed. */
  readonly run: string;
  /** When it was confirmed, after the start. */
  readonly afterMs: number;
}

/** What became of one thing that can be broken. */
export interface Tried {
  readonly title: string;
  readonly verdict: Verdict | "not tried";
}

/** What an exploration came to. */
export interface Exploration {
  readonly version: 1;
  readonly seed: string;
  readonly scenario: string;
  readonly tookMs: number;
  readonly runs: number;
  readonly inconclusive: number;
  readonly singles: readonly Tried[];
  readonly pairs: number;
  readonly reproducers: readonly Reproducer[];
}
