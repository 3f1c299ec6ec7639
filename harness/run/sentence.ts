import type { Evidence } from "../model/check.ts";
import { lastingOf } from "../model/measure/lasted.ts";
import { answersIn } from "./answers.ts";
import type { Judged } from "./verdict.ts";

/** One sentence from the fault to the failure, or to its absence; for a person who was woken up. */
export function sentenceFor(judged: Judged, evidence: Evidence): string {
  const fault = describeFaults(evidence);
  const broken = judged.checks.find((check) => check.verdict === "fail");
  if (judged.verdict === "fail" && broken !== undefined) {
    return `${fault} became a failure: ${broken.title} was broken, ${broken.actual}.`;
  }
  if (judged.verdict === "inconclusive") {
    const undecided = judged.checks.find((check) => check.verdict === "inconclusive");
    const reason =
      judged.reasons[0] ?? (undecided === undefined ? "no check" : `${undecided.title}: ${undecided.actual}`);
    return `Whether ${fault} became a failure cannot be told: ${reason}.`;
  }
  const count = judged.checks.length;
  const held = count === 1 ? "the one check" : `all ${count} checks`;
  return `${fault} stayed a fault: ${held} held, ${describeAnswers(evidence)}.`;
}

/** More than that and nobody reads on to what became of them. */
const namedAtMost = 3;

function describeFaults({ schedule, receipts }: Evidence): string {
  if (schedule.length === 0) return "no fault";
  const named = schedule.slice(0, namedAtMost).map((one) => `${one.title} ${lastingOf(one, receipts)}`);
  const others = schedule.length - named.length;
  return others === 0 ? named.join(", ") : `${named.join(", ")} and ${others} more faults`;
}

/** While the fault acted and after it: the warm-up is nobody's evidence, and the steady phase had no fault. */
function describeAnswers({ history }: Evidence): string {
  const { total, ok } = answersIn(history, ["faults", "recovery"]);
  const [all, bad] = [total.toLocaleString("en"), total - ok];
  if (bad === 0) return `and each of ${all} operations during and after it was ok`;
  return `and ${bad} of ${all} operations during and after it ${bad === 1 ? "was" : "were"} not ok`;
}
