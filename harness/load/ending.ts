import { messageOf } from "../model/errors.ts";
import { flagsOf, grantCode, type Outcome } from "../model/history.ts";
import { breakTexts } from "../model/measure/breaks.ts";
import { stopTexts } from "../model/measure/own-doing.ts";
import type { Json } from "../model/units.ts";
import type { Draw, Effect, HttpOperation, HttpReply, Judgement } from "../model/workload.ts";
import { problemOfEvidence, tooLarge } from "./evidence.ts";
import { problemOfJudgement } from "./judgement.ts";

export { tooLarge } from "./evidence.ts";

/** How an operation ended, and what was learned from it. */
export interface Ending {
  readonly outcome: Outcome;
  /** A few words for a witness; empty when there is nothing to say. */
  readonly detail: string;
  /** Of the key, as the answer told it; `NaN` when it did not. */
  readonly version: number;
  /** The id of the write whose value was returned; `NaN` when there is none. */
  readonly value: number;
  /** Whether the caller was let in, as a number of `grants`. */
  readonly granted: number;
  /** Bits of `operationFlags`. */
  readonly flags: number;
  /** What a check of the user's own needs; `tooLarge` when it gave more than is kept. */
  readonly evidence?: Json | typeof tooLarge;
}

/** An ending without an answer that could be judged. */
export function endingWithout(outcome: Outcome, detail: string): Ending {
  return { outcome, detail, version: Number.NaN, value: Number.NaN, granted: 0, flags: 0 };
}

/**
 * The meaning of a complete answer. A judge that throws, or whose judgement contradicts itself, leaves the answer `wrong`.
 */
export function endingOf(operation: HttpOperation, reply: HttpReply, draw: Draw): Ending {
  try {
    return judged(operation.judge(reply, draw), operation.effect, "its judge");
  } catch (error) {
    return endingWithout("wrong", `its judge threw: ${messageOf(error)}`);
  }
}

/**
 * The meaning of a judgement; one that is wrongly typed, misspelt or contradicts itself is `wrong`, with the reason.
 * @param by what returned it, for the detail
 */
export function judged(judgement: Judgement, effect: Effect, by: string): Ending {
  const problem = problemOfJudgement(judgement, effect);
  if (problem !== undefined) return endingWithout("wrong", `${by} ${problem}`);
  const { outcome, version, value, detail, granted, absent, notExecuted, evidence } = judgement;
  const kept = problemOfEvidence(evidence);
  if (kept !== undefined && kept !== tooLarge) return endingWithout("wrong", `${by} ${kept}`);
  const flags = outcome === "wrong" ? 0 : flagsOf({ absent: absent === true, notExecuted: notExecuted === true });
  const ending = {
    outcome,
    detail: detail ?? "",
    version: version ?? Number.NaN,
    value: value ?? Number.NaN,
    granted: grantCode(granted),
    flags,
  };
  if (evidence === undefined) return ending;
  return { ...ending, evidence: kept ?? evidence };
}

/** What a broken connection means: before the first byte was written nothing happened, after it anything may have. */
export function endingOfBreak(error: unknown, wasOnWire: boolean): Ending {
  return endingWithout(wasOnWire ? "unknown" : "failed", messageOf(error));
}

/**
 * What a connection means that broke under a request: the text says whether the answer had begun, which the one who asked
 * would otherwise have to guess.
 * @param status of the answer whose head had come; an interim one (1xx) is no answer, and 0 is none
 */
export function endingOfBrokenRequest(error: unknown, wasOnWire: boolean, status: number): Ending {
  if (!wasOnWire) return endingOfBreak(error, false);
  const { cut, unanswered } = breakTexts;
  return endingWithout("unknown", `${status >= 200 ? cut : unanswered}${messageOf(error)}`);
}

/** What the deadline means, by the same rule. */
export function endingAtDeadline(wasOnWire: boolean): Ending {
  if (wasOnWire) return endingWithout("unknown", "no answer within the deadline");
  return endingWithout("failed", "expired before the wire");
}

/** What the end of the run means, by the same rule. */
export function endingAtStop(wasOnWire: boolean): Ending {
  if (wasOnWire) return endingWithout("unknown", stopTexts.onWire);
  return endingWithout("failed", stopTexts.beforeWire);
}
