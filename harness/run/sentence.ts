import type { Evidence } from "../model/check.ts";
import { lastingOf } from "../model/measure/lasted.ts";
import { answersSinceFault } from "../model/measure/steady.ts";
import { count } from "../model/quantities.ts";
import type { CheckResult } from "../model/verdict.ts";
import type { Judged } from "./verdict.ts";

/** One sentence from the fault to the failure, or to its absence; for a person who was woken up. */
export function sentenceFor(judged: Judged, evidence: Evidence): string {
  const fault = describeFaults(evidence);
  const broken = judged.checks.find((check) => check.verdict === "fail");
  if (judged.verdict === "fail" && broken !== undefined) return failure(fault, broken, judged, evidence);
  if (judged.verdict === "inconclusive") {
    const { code, text = "no check was judged" } = judged.cause ?? {};
    return code === "interrupted" ? `${capitalised(text)}.` : `Inconclusive: ${text}.`;
  }
  const judgements = judged.checks.length;
  const held = judgements === 1 ? "the one check" : `all ${judgements} checks`;
  return `${fault} stayed a fault: ${held} held, ${describeAnswers(evidence)}.`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A law that was broken is broken, but where something else may be why, the fault is not accused of it. */
function failure(fault: string, broken: CheckResult, judged: Judged, evidence: Evidence): string {
  const { title, actual } = broken;
  if (evidence.schedule.length === 0) return `${title} was broken without a fault, as none was injected: ${actual}.`;
  const doubt = judged.otherCause;
  if (doubt === undefined) return `${fault} became a failure: ${title} was broken, ${actual}.`;
  return `${title} was broken: ${actual}. The fault (${fault}) may not be its cause: ${doubt}.`;
}

/** More than that and the end of the sentence is not read. */
const namedAtMost = 3;

function describeFaults({ schedule, receipts }: Evidence): string {
  if (schedule.length === 0) return "no fault";
  const named = schedule.slice(0, namedAtMost).map((one) => `${one.title} ${lastingOf(one, receipts)}`);
  const others = schedule.length - named.length;
  return others === 0 ? named.join(", ") : `${named.join(", ")} and ${others} more faults`;
}

/** What a fault may have touched: the warm-up is no evidence, and the steady phase had no fault. */
function describeAnswers(evidence: Evidence): string {
  const { total, ok } = answersSinceFault(evidence);
  const [all, bad] = [count(total), total - ok];
  if (bad === 0) return `and each of ${all} operations during and after it was ok`;
  return `and ${count(bad)} of ${all} operations during and after it ${bad === 1 ? "was" : "were"} not ok`;
}
