import { exits, FaultlineError } from "../model/errors.ts";
import type { Undecided } from "../model/explore/exploration.ts";
import type { RunRecord } from "../model/run.ts";

/** A run of some part of a schedule. */
export interface Seen {
  readonly record: RunRecord;
  /** Names of the checks that failed. */
  readonly failed: readonly string[];
  /** Whether it came to no verdict, and broke no safety law either. */
  readonly isUndecided: boolean;
}

/**
 * What a run shows to be broken. A safety law that is broken is, whatever else was true of the run; a budget that was
 * missed in a run without a verdict may have been missed by what took the verdict away.
 */
export const brokenIn = ({ checks, verdict }: RunRecord): RunRecord["checks"] =>
  checks.filter((one) => one.verdict === "fail" && (verdict === "fail" || one.guards === "safety"));

/** A run, as far as an exploration cares. */
export function seenIn(record: RunRecord): Seen {
  const failed = brokenIn(record).map(({ name }) => name);
  return { record, failed, isUndecided: record.verdict === "inconclusive" && failed.length === 0 };
}

/** Why a run came to no verdict, and what to do about it, as far as it says. */
export function whyUndecided(record: RunRecord): Pick<Undecided, "reason" | "remedy"> {
  const { cause } = record as { readonly cause?: { readonly text: string; readonly remedy: string } };
  if (cause !== undefined) return { reason: cause.text, remedy: cause.remedy };
  const check = record.checks.find(({ verdict }) => verdict === "inconclusive");
  const ofCheck = check === undefined ? "no reason is known" : `${check.title}: ${check.actual}`;
  return { reason: record.reasons[0] ?? ofCheck };
}

/** A share while it is counted. */
export type Counted = { failed: number; runs: number; undecided?: number };

/** Counts a run with those that came to a verdict, or with the others. */
export function count(share: Counted, seen: Seen, isSame: (seen: Seen) => boolean): void {
  if (seen.isUndecided) share.undecided = (share.undecided ?? 0) + 1;
  else share.runs += 1;
  if (isSame(seen)) share.failed += 1;
}

/** What is thrown where something fails without any fault. */
export function unsound(id: string, record: RunRecord): FaultlineError {
  const failed = brokenIn(record).map(({ title, actual }) => `${title}: ${actual}`);
  const remedy = "Let it pass first: nothing that is found then could be blamed on a fault.";
  return new FaultlineError(exits.inconclusive, [
    { code: "FAILS_WITHOUT_FAULT", where: id, message: `fails without any fault (${failed.join("; ")})`, remedy },
  ]);
}
