import { type Range, samplesFor, shareRange, shareVerdict, verdictError } from "../model/measure/proportion.ts";
import { ratioFloor } from "../model/measure/series.ts";
import type { Verdict } from "../model/verdict.ts";

/** How many operations were ok, and how many of the others can have been but for the load generator or the machine. */
export interface Counted {
  readonly total: number;
  readonly ok: number;
  readonly doubtful: number;
}

/** The share that must be reached. One that depends on the steady phase is an estimate itself. */
export interface Target {
  readonly seen: number;
  /** What it surely is not below, and not above. */
  readonly range: Range;
  /** How often a verdict may be false that relies on the range. */
  readonly error: number;
}

/** @param ofSteady the factor; without it, or without a steady phase, the target is `atLeast` itself */
export function targetOf(atLeast: number, ofSteady: number | undefined, steady: Counted | undefined): Target {
  if (ofSteady === undefined || steady === undefined) {
    return { seen: atLeast, range: { lower: atLeast, upper: atLeast }, error: verdictError };
  }
  const error = verdictError / 2;
  const { ok, doubtful, total } = steady;
  const { lower } = shareRange(ok, total, { error });
  const { upper } = shareRange(ok + doubtful, total, { error });
  const least = (share: number): number => Math.max(atLeast, ofSteady * share);
  return { seen: least(ok / total), range: { lower: least(lower), upper: least(upper) }, error };
}

/** The verdict by the rules above: `fail` only against the lowest target with all doubts in favour, `pass` the other way round. */
export function verdictOf({ ok, doubtful, total }: Counted, { range, error }: Target): Verdict {
  if (range.lower === 1)
    return ok + doubtful < total ? "fail" : ok < total || total < ratioFloor ? "inconclusive" : "pass";
  if (shareVerdict({ hits: ok + doubtful, total }, range.lower, { fail: error }) === "fail") return "fail";
  const isProven = shareVerdict({ hits: ok, total }, range.upper, { pass: error }) === "pass";
  return isProven && total >= samplesFor(range.upper) ? "pass" : "inconclusive";
}

/**
 * How many operations it takes at the least until a `pass` is possible: when all of them are ok, in the steady phase, too.
 * 100 % of the steady phase's share is for none to prove; what is returned for it can show a failure.
 */
export function leastTotal(atLeast: number, ofSteady: number | undefined): number {
  const share = Math.max(atLeast, ofSteady ?? 0);
  if (share === 1) return ratioFloor;
  const error = ofSteady === undefined ? verdictError : verdictError / 2;
  return Math.max(samplesFor(share), Math.ceil(Math.log(error) / Math.log(share)));
}
