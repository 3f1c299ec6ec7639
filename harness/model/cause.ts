/**
 * Why a run is inconclusive. The order is the precedence: of several causes the first one is shown as *the* cause, since
 * it explains those after it. What ended the run comes before what the run lacks for it; what Faultline, the host or the
 * load generator did comes before what the system did without a fault; then what the faults lack, then what the audit
 * lacks, and last what a single check could not decide.
 */
export const causeCodes = [
  "interrupted",
  "notCompleted",
  "recordIncomplete",
  "toolReplaced",
  "hostOverloaded",
  "generatorOverflow",
  "workloadUnsettled",
  "steadyUnhealthy",
  "noEvidence",
  "notHealed",
  "nothingCrossed",
  "auditFailed",
  "notAtRest",
  "leftBroken",
  "checkCrashed",
  "auditMissing",
  "tooFewSamples",
  "noCheck",
  "undecided",
] as const;
export type CauseCode = (typeof causeCodes)[number];

/** One cause, and what to do about it. */
export interface Cause {
  readonly code: CauseCode;
  /** In words, without a full stop: `the host was overloaded (load 13 on 2 cores, requests up to 776 ms late)`. */
  readonly text: string;
  /** An imperative sentence. */
  readonly remedy: string;
}

/**
 * Causes for which a budget that was missed may be due to something else than the system: it is not a failure then. A
 * safety law needs no such excuse, and what happens after the load changes no budget.
 */
export const excusesBudgets: ReadonlySet<CauseCode> = new Set([
  "interrupted",
  "notCompleted",
  "recordIncomplete",
  "toolReplaced",
  "hostOverloaded",
  "generatorOverflow",
  "workloadUnsettled",
  "steadyUnhealthy",
  "noEvidence",
  "notHealed",
  "nothingCrossed",
]);

/** The first by the precedence; of one code, the first as they come. */
export function byPrecedence(causes: readonly Cause[]): readonly Cause[] {
  return causes.toSorted((one, other) => causeCodes.indexOf(one.code) - causeCodes.indexOf(other.code));
}

/** What to do, where a cause has no remedy of its own. */
export const remedies: Readonly<Record<CauseCode, string>> = {
  interrupted: "Run it again, and let it come to its end.",
  notCompleted: "See the error and the run folder's logs, remove what ended the run, and run it again.",
  recordIncomplete: "Run it again, on a disk with enough room: what is stored of this run is not whole.",
  toolReplaced: "Run it again. If it happens again, see logs/toxiproxy.log in the run folder.",
  hostOverloaded: "Free the host, or lower the rate.",
  generatorOverflow: "Lower the rate, or shorten the deadlines of the operations.",
  workloadUnsettled: "End each call of `perform` when its signal is aborted.",
  steadyUnhealthy:
    "Find out why these operations fail without a fault, and mend that first, or lengthen the warm-up. See logs/ in the run folder.",
  noEvidence:
    "See the fault's receipt in the report. Check that its target is up, and make the fault large enough to measure.",
  notHealed: "See the fault's receipt and its target's log: find out why the target did not come back.",
  nothingCrossed:
    "Send operations over the target while it acts: raise the rate, lengthen the fault, or let clients connect by the proxy.",
  auditFailed: "Correct the scenario's `audit`, then run it again.",
  notAtRest: "Raise the scenario's `restWithin`, or find out what keeps the system busy.",
  leftBroken: "Restore what could not be cleaned up, then run it again.",
  checkCrashed: "Correct the check: its `judge` must not throw.",
  auditMissing: "Give the scenario an `audit` that reads what the check needs.",
  tooFewSamples: "Raise the rate, or lengthen the phases.",
  noCheck: "Give the scenario a check.",
  undecided: "Give the check what it lacks, or leave it out.",
};
