import type { RunPhase } from "../model/events.ts";
import type { Outcome } from "../model/history.ts";
import type { RunRecord } from "../model/run.ts";
import type { Verdict } from "../model/verdict.ts";

/** The stages of a run as people call them. */
export const phaseLabels: Readonly<Record<RunPhase, string>> = {
  provision: "provision",
  warmUp: "warm-up",
  steady: "steady",
  faults: "faults",
  recovery: "recovery",
  quiesce: "quiesce",
  audit: "audit",
  verdict: "verdict",
  tearDown: "tear down",
};

/** Never colour alone: a verdict has a word and a sign as well. */
export const verdictIcons: Readonly<Record<Verdict, string>> = { pass: "✓", inconclusive: "?", fail: "✗" };
export const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: "Passed",
  inconclusive: "Inconclusive",
  fail: "Failed",
};
/** An interrupted run says so, unless it proved a failure before. */
export function runWord({ verdict, status }: Pick<RunRecord, "verdict" | "status">): string {
  return isOnlyInterrupted({ verdict, status }) ? "Interrupted" : verdictWords[verdict];
}
export const isOnlyInterrupted = ({ verdict, status }: Pick<RunRecord, "verdict" | "status">): boolean =>
  verdict === "inconclusive" && status === "interrupted";

/** What else speaks against a run, beside the cause that is shown first. */
export const otherReasons = ({ reasons, cause }: Pick<RunRecord, "reasons" | "cause">): readonly string[] =>
  reasons.filter((reason) => reason !== cause?.text);

export const checkWords: Readonly<Record<Verdict, string>> = {
  pass: "held",
  inconclusive: "undecided",
  fail: "broken",
};

/** What each outcome means, for the legend. */
export const outcomeMeanings: Readonly<Record<Outcome, string>> = {
  ok: "answered well",
  wrong: "an answer that breaks the contract",
  rejected: "an honest refusal",
  failed: "certainly not executed",
  unknown: "may have happened",
  overflow: "the generator had no place for it",
};
