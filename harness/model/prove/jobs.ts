import type { CauseCode } from "../cause.ts";
import type { Verdict } from "../verdict.ts";

/** How many runs may be under way at a time, and what that rests on. */
export interface Jobs {
  readonly now: number;
  /** No more than this: as many as there are cores, and fewer once runs could not tell beside each other. */
  readonly most: number;
  /** The share of all cores that one run took, of each of the latest runs in a row that came to a verdict. */
  readonly quiet: readonly number[];
}

/** What was measured while a run was under way. */
export interface Measured {
  readonly verdict: Verdict;
  /** Why it could not tell. */
  readonly cause?: CauseCode;
  /** How many were allowed at a time when it began. */
  readonly allowed: number;
  /** How many were under way with it, itself among them. */
  readonly beside: number;
  /** The mean share of all cores that were idle, from 0 to 1; absent where the machine does not report it. */
  readonly idle?: number;
}

/**
 * Runs compete for the processor only in moments, and mostly wait: beside a process that keeps one of two cores busy, 60 of
 * 60 runs of the reference system came to their verdict. Where they fill more than this share of all cores on average, those
 * moments meet.
 */
const fullAt = 0.85;
/** So many runs in a row must have been quiet before there is one more at a time. */
const quietRuns = 6;

/** What a busy machine does to a run; another mutant beside it can be the reason of each. */
const ofBusyMachine: ReadonlySet<CauseCode> = new Set([
  "toolReplaced",
  "hostOverloaded",
  "generatorOverflow",
  "steadyUnhealthy",
]);

/**
 * Where nothing has been measured: one for two cores.
 * @param cores how many this process may use
 */
export function firstJobs(cores: number): Jobs {
  return { now: Math.max(1, cores >> 1), most: Math.max(1, cores), quiet: [] };
}

/** How many runs of that share of all cores fit on them. */
const fitting = (shares: readonly number[]): number => {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return mean === 0 ? Number.POSITIVE_INFINITY : Math.floor(fullAt / mean);
};

/**
 * What the first run shows that was alone: as many as fit, from one to as many as there are cores. What else the machine
 * has to do counts as the run's, so that it errs on the safe side.
 */
export function afterFirst(jobs: Jobs, { idle, verdict }: Pick<Measured, "idle" | "verdict">): Jobs {
  if (verdict === "inconclusive") return { ...jobs, now: 1 };
  if (idle === undefined) return jobs;
  return { ...jobs, now: Math.max(1, Math.min(jobs.most, fitting([1 - idle]))) };
}

/**
 * One fewer, for the rest, after each run that a busy machine kept from a verdict beside others; one more when several in
 * a row came to a verdict and left room for it.
 */
export function afterRun(jobs: Jobs, { verdict, cause, allowed, beside, idle }: Measured): Jobs {
  const isOfBusyMachine = verdict === "inconclusive" && cause !== undefined && ofBusyMachine.has(cause);
  // Those that were under way together are one sign, not several.
  if (isOfBusyMachine && beside > 1 && allowed <= jobs.now) {
    const now = Math.max(1, jobs.now - 1);
    return { now, most: now, quiet: [] };
  }
  if (verdict === "inconclusive" || idle === undefined) return { ...jobs, quiet: [] };
  // One that began under fewer says nothing of as many as there are now.
  if (allowed !== jobs.now) return jobs;
  const quiet = [...jobs.quiet, (1 - idle) / beside].slice(-quietRuns);
  if (quiet.length < quietRuns || jobs.now >= jobs.most || fitting(quiet) <= jobs.now) return { ...jobs, quiet };
  return { ...jobs, now: jobs.now + 1, quiet: [] };
}
