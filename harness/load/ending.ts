import { messageOf } from "../model/errors.ts";
import { grantCode, type Outcome } from "../model/history.ts";
import { stopTexts } from "../model/measure/own-doing.ts";
import type { Draw, HttpOperation, HttpReply, Judgement } from "../model/workload.ts";

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
}

/** An ending without an answer that could be judged. */
export function endingWithout(outcome: Outcome, detail: string): Ending {
  return { outcome, detail, version: Number.NaN, value: Number.NaN, granted: 0 };
}

/** What a complete answer means. A judge that throws, or says what it cannot mean, leaves the answer `wrong`. */
export function endingOf(operation: HttpOperation, reply: HttpReply, draw: Draw): Ending {
  try {
    return judged(operation.judge(reply, draw), "its judge");
  } catch (error) {
    return endingWithout("wrong", `its judge threw: ${messageOf(error)}`);
  }
}

/**
 * What a judgement means; whatever is none is `wrong`.
 * @param by whose it is, for the detail
 */
export function judged(judgement: Judgement, by: string): Ending {
  if (typeof judgement !== "object" || judgement === null)
    return endingWithout("wrong", `${by} said ${String(judgement)}`);
  const { outcome, version, value, detail, granted } = judgement;
  if (!judgements.includes(outcome)) return endingWithout("wrong", `${by} said ${String(outcome)}`);
  if (version !== undefined && typeof version !== "number") {
    return endingWithout("wrong", `${by} gave the version ${String(version)}`);
  }
  if (value !== undefined && !isOperationId(value)) {
    return endingWithout("wrong", `${by} gave the value ${String(value)}`);
  }
  return {
    outcome,
    detail: detail === undefined ? "" : String(detail),
    version: version ?? Number.NaN,
    value: value ?? Number.NaN,
    granted: grantCode(granted),
  };
}

/** What a broken connection means: before the first byte was written nothing happened, after it anything may have. */
export function endingOfBreak(error: unknown, wasOnWire: boolean): Ending {
  return endingWithout(wasOnWire ? "unknown" : "failed", messageOf(error));
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

const judgements: readonly Outcome[] = ["ok", "wrong", "rejected"];

/** Ids are stored in 32 bits, of which one number says "none". */
const isOperationId = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32 - 1;
