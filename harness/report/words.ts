import type { RunPhase } from "../model/events.ts";
import type { Outcome } from "../model/history.ts";
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
