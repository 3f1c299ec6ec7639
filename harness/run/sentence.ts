import type { Evidence } from "../model/check.ts";
import type { ScheduledInjection } from "../model/fault.ts";
import { outcomes } from "../model/history.ts";
import type { Judged } from "./verdict.ts";

/** One sentence from the fault to the failure, or to its absence; for a person who was woken up. */
export function sentenceFor(judged: Judged, evidence: Evidence): string {
  const fault = describeFaults(evidence.schedule);
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

function describeFaults(schedule: readonly ScheduledInjection[]): string {
  if (schedule.length === 0) return "no fault";
  return schedule.map(({ title, lastingMs }) => `${title} for ${lastingMs / 1000} s`).join(", ");
}

function describeAnswers({ history }: Evidence): string {
  const counts = outcomes.map(() => 0);
  for (let row = 0; row < history.count; row += 1) counts[history.outcome[row]!]! += 1;
  const total = history.count.toLocaleString("en");
  const bad = counts.slice(1).reduce((sum, count) => sum + count, 0);
  return bad === 0
    ? `and each of ${total} operations was answered well`
    : `and ${bad} of ${total} operations were not ok`;
}
