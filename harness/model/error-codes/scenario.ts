import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with the faults, the workload, the checks or the audit of a scenario. */
export const scenarioCodes = {
  BAD_AT_REST: {
    exit: exits.inconclusive,
    meaning: "`atRest` of an audit returned neither true nor false.",
    remedy: "Return the answer, as `atRest: async () => (await waiting()) === 0`.",
  },
  BAD_CHECK: {
    exit: exits.usage,
    meaning: "An option of a check, or a field of one of your own, does not fit.",
    remedy: "Give what the error states; `docs/checks.md` has the options of each check.",
  },
  BAD_FAULTS: {
    exit: exits.usage,
    meaning: "`faults` is not a list of injections, or an injection lacks a field.",
    remedy: "Give an array of `{ at, lasting, inject }`, or a function of the seed's randomness that returns one.",
  },
  BAD_FINAL_STATE: {
    exit: exits.inconclusive,
    meaning: "An audit returned a final state with a field that does not fit.",
    remedy: "Return what `docs/audits.md` describes; cast numbers that the client gives as text.",
  },
  BAD_GAUGES: {
    exit: exits.inconclusive,
    meaning: "`gauges` of an audit returned something else than finite numbers by name.",
    remedy: "Return them by name, as `{ queued: 3 }`.",
  },
  BAD_MILESTONE: {
    exit: exits.usage,
    meaning: "A field of a milestone does not fit.",
    remedy: 'Give one as `accepted(200)` or `commits("db", 100)`.',
  },
  BAD_ON: {
    exit: exits.usage,
    meaning: "`on` of an injection is neither `all` nor `one`.",
    remedy: "Give one of them, or leave it out for all instances.",
  },
  BAD_OPERATIONS: {
    exit: exits.usage,
    meaning: "A workload has no operation, too many, or one that does not fit.",
    remedy: "Give from 1 to 254 operations by their names.",
  },
  BAD_RATE: {
    exit: exits.usage,
    meaning: "The corners of a rate are none, or not in the order of their times.",
    remedy: "Give a number, or corners as `{ at: seconds(5), perSecond: 200 }` in the order of their times.",
  },
  BAD_REQUEST: {
    exit: exits.usage,
    meaning: "`request` of an operation returned what HTTP cannot carry.",
    remedy: 'Return `{ method: "GET", path: "/products/17" }`, and perhaps headers and body, all of them strings.',
  },
  BAD_RESULT: {
    exit: exits.inconclusive,
    meaning: "`judge` of a check of your own returned what is not a result.",
    remedy: "Return a verdict with what was expected and what was found.",
  },
  BAD_SCENARIO: {
    exit: exits.usage,
    meaning: "A field of a scenario does not fit.",
    remedy: "Give what the error states.",
  },
  BAD_TIME: {
    exit: exits.usage,
    meaning: "`at` of an injection is not a time of the phase, nor a window in which the later end comes last.",
    remedy: "Give a time of 0 s or more, a window `{ from, to }`, or a milestone as `after`.",
  },
  BAD_VARIANTS: {
    exit: exits.usage,
    meaning: "`variants` of a scenario has none, one that is not a system, or a name that cannot be one.",
    remedy: 'Name each of 1 to 40 letters, digits, spaces, dots and dashes, as `{ "write-back": shop({ … }) }`.',
  },
  BAD_WORKLOAD: {
    exit: exits.usage,
    meaning: "A field of a workload does not fit.",
    remedy: "Give what the error states; `docs/workloads.md` shows one.",
  },
  CANNOT_DECIDE: {
    exit: [exits.usage, exits.inconclusive],
    meaning: "No run of this plan could decide the check: `validate` refuses it, `run` warns and is inconclusive.",
    remedy: "Give the plan the rate, the length or the part that the error names.",
  },
  CHECK_CANNOT_FAIL: {
    exit: exits.usage,
    meaning: "The budget of a check is so large that no outage could break it.",
    remedy: "Give a smaller one.",
  },
  DUPLICATE_OPERATION: {
    exit: exits.usage,
    meaning: "Two operations of a run have one name.",
    remedy: "Give each operation of a run a name of its own.",
  },
  FAULT_NOT_HEALED: {
    exit: exits.leftBroken,
    meaning: "A fault of `withFault` was not seen to be gone.",
    remedy: "Stop the system: what acts may go on acting until then.",
  },
  FAULT_NOT_PROVEN: {
    exit: exits.inconclusive,
    meaning: "A fault of `withFault` was not seen to act, so that the body was not run.",
    remedy: "See that the target is up, and that the fault is large enough to be felt.",
  },
  FAULT_OUTLASTS_PHASE: {
    exit: exits.usage,
    meaning: "A fault ends after the phase of the faults.",
    remedy: "Make `phases.faults` longer, or the fault shorter.",
  },
  KEYSPACE_CONFLICT: {
    exit: exits.usage,
    meaning: "A keyspace has two sizes in one run.",
    remedy: "Give it one size.",
  },
  MISSING_CAPABILITY: {
    exit: exits.usage,
    meaning: "A fault needs what the environment, or the component as it is attached, does not offer.",
    remedy: "Run it in an environment that has the capability, or give what the error names.",
  },
  NO_CHECKS: {
    exit: exits.usage,
    meaning: "A scenario states no check, so that nothing could fail.",
    remedy: "Give a list of at least one, as `[noLostWrites()]`.",
  },
  NO_TARGET: {
    exit: exits.usage,
    meaning: "A fault does not say what it acts on.",
    remedy: "Name it, as `api` or `api->cache`.",
  },
  NO_WORKLOAD: {
    exit: exits.usage,
    meaning: "A scenario has no workload.",
    remedy: "Give one made with `workload({ … })`, or an array of them.",
  },
  NOT_A_CHECK: {
    exit: exits.usage,
    meaning: "What stands among the checks is not one.",
    remedy: "Give a check, as `noLostWrites()`; call the function that makes it.",
  },
  NOT_A_FUNCTION: {
    exit: exits.usage,
    meaning: "A field that must be a function is something else.",
    remedy: "Give a function.",
  },
  NOT_ON_THIS_MACHINE: {
    exit: [exits.usage, exits.inconclusive],
    meaning: "A fault needs what this machine or this environment lacks: `run` skips the scenario, and is never green.",
    remedy: "Run it where the error says that it can be.",
  },
  NOT_UNDOABLE: {
    exit: exits.usage,
    meaning: "A fault would change what Faultline did not start in a way that it could not undo.",
    remedy: "Try it on a copy of the system that Faultline starts, as with `--env local`.",
  },
  OVERLAPPING_FAULTS: {
    exit: exits.usage,
    meaning: "Two faults of one kind act on one target at one time.",
    remedy: "Let one end before the other begins, or make them one.",
  },
  PARAMETER_OUT_OF_BOUNDS: {
    exit: exits.usage,
    meaning: "An option of a fault is missing, is of another type, or is too small or too large.",
    remedy: "Give what the error states; `docs/faults.md` has the options of each fault.",
  },
  PARAMETER_UNKNOWN_VALUE: {
    exit: exits.usage,
    meaning: "An option of a fault that takes one of a few words has another one.",
    remedy: "Give one of those that the error names.",
  },
  SHORTER_THAN_ITS_PROOF: {
    exit: [exits.usage, exits.inconclusive],
    meaning:
      "A fault is over before it could be proven that it acts: `validate` refuses it, `run` warns and is inconclusive.",
    remedy: "Let it last longer, or make the fault smaller.",
  },
  SILENCED_FAULT: {
    exit: exits.usage,
    meaning: "A fault could not be proven or healed while another one keeps its target silent.",
    remedy: "Let one end before the other begins, or aim them at different instances.",
  },
  TOO_MANY_IN_FLIGHT: {
    exit: exits.usage,
    meaning: "More operations could be in flight at once than the load generator holds.",
    remedy: "Lower the rate or the deadlines: their product is what may be in flight.",
  },
  TOO_MUCH_LOAD: {
    exit: exits.usage,
    meaning: "The plan has more operations than a run can hold.",
    remedy: "Lower the rate or the phases.",
  },
  UNKNOWN_ARRIVALS: {
    exit: exits.usage,
    meaning: "`arrivals` of a workload is neither `poisson` nor `constant`.",
    remedy: "Give one of them, or leave it out.",
  },
  UNKNOWN_CREDENTIAL: {
    exit: exits.usage,
    meaning: "`credential` of an operation is not a kind of credential.",
    remedy: "Give one of those that the error names, as `expired`.",
  },
  UNKNOWN_EFFECT: {
    exit: exits.usage,
    meaning: "`effect` of an operation is not a kind of effect.",
    remedy: "Give one of those that the error names, as `read`.",
  },
  UNKNOWN_FAULT: {
    exit: exits.usage,
    meaning: "There is no fault of that name, or `inject` is not a fault.",
    remedy: "Correct the name; `faultline list --faults` lists all of them.",
  },
  UNKNOWN_FIELD: {
    exit: exits.usage,
    meaning: "An object has a field that it cannot have.",
    remedy: "Correct the name, or leave it out.",
  },
  UNKNOWN_KEYSPACE: {
    exit: exits.usage,
    meaning: "A check names a keyspace that no operation has.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_MILESTONE: {
    exit: exits.usage,
    meaning: "`after` of an injection is not a milestone.",
    remedy: 'Give one as `accepted(200)` or `commits("db", 100)`.',
  },
  UNKNOWN_OPERATION: {
    exit: exits.usage,
    meaning: "A check or a milestone names an operation that no workload has.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_OPTION: {
    exit: exits.usage,
    meaning: "A check or a fault has no option of that name.",
    remedy: "Correct the name, or leave it out.",
  },
  UNKNOWN_WORKLOAD: {
    exit: exits.usage,
    meaning: "A check names a workload that the scenario does not have.",
    remedy: "Use one of those that the error names.",
  },
  WORKLOAD_NOT_PREPARED: {
    exit: exits.system,
    meaning: "`prepare` of a workload failed.",
    remedy: "See the system's logs in the run folder; it runs once the system is up, before the load.",
  },
  WORKLOAD_THREW: {
    exit: exits.usage,
    meaning: "`request` of an operation threw, so that nothing could be sent.",
    remedy: "Correct the operation: it gets a draw and returns method, path, and perhaps headers and body.",
  },
} as const satisfies CodeInfos;
