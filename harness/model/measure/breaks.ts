import type { Evidence } from "../check.ts";

/**
 * How an operation's error text begins when its connection broke after the request was on the wire: before the answer's
 * head had come, and after it. Operations of a workload's own client, and runs of earlier versions, have neither.
 */
export const breakTexts = { unanswered: "no answer: ", cut: "answer cut off: " } as const;

/** Where in its answer an operation's connection broke; `undefined` where the history does not say so. */
export function breakOf({ history, errors }: Evidence, row: number): keyof typeof breakTexts | undefined {
  const text = errors[history.error[row]!] ?? "";
  if (text.startsWith(breakTexts.cut)) return "cut";
  return text.startsWith(breakTexts.unanswered) ? "unanswered" : undefined;
}
