import type { ScheduledInjection } from "../fault.ts";
import type { Verdict } from "../verdict.ts";

/** How many of several runs failed by the same check. */
export interface Share {
  readonly failed: number;
  /** Those that came to a verdict. */
  readonly runs: number;
  /** How many more came to none; absent where there are none. */
  readonly undecided?: number;
}

/** Why schedules could not be judged. */
export interface Undecided {
  /** In words, without a full stop. */
  readonly reason: string;
  /** An imperative sentence, where there is one. */
  readonly remedy?: string;
  /** How many schedules it was. */
  readonly schedules: number;
  /** The run folder of the first, where it was kept. */
  readonly run?: string;
}

/** A schedule that was found to fail, as small as it could be made. */
export interface Reproducer {
  /** As `1-3`: the seed, and the schedule's place. */
  readonly name: string;
  /** The checks that failed, with what the first run of it saw. */
  readonly checks: readonly { readonly name: string; readonly actual: string }[];
  readonly schedule: readonly ScheduledInjection[];
  /** Whether every smaller part was tried and judged: there was time, and the whole failed again where it had to. */
  readonly isMinimal: boolean;
  /** How many of its parts could not be judged; absent where there are none. */
  readonly undecidedParts?: number;
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
  /** Of all runs, those of parts and repeats included. */
  readonly inconclusive: number;
  /** Schedules that were tried, not counting parts; this and the next three are absent in what earlier versions wrote. */
  readonly schedules?: number;
  /** Schedules that passed or failed; only of these is it known whether something was found. */
  readonly judged?: number;
  readonly undecided?: number;
  /** Why some could not be judged, the most frequent first. */
  readonly reasons?: readonly Undecided[];
  readonly singles: readonly Tried[];
  readonly pairs: number;
  readonly reproducers: readonly Reproducer[];
}

/** How many schedules were tried and how many of them judged, also of an exploration by an earlier version. */
export function judgedOf(exploration: Exploration): { readonly schedules: number; readonly judged: number } {
  const { runs, inconclusive } = exploration;
  return { schedules: exploration.schedules ?? runs, judged: exploration.judged ?? runs - inconclusive };
}
