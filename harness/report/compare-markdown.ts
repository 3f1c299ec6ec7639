import type { Comparison } from "../model/compare/comparison.ts";
import { ruleOfChange } from "../model/compare/rule-of-change.ts";
import { type CompareGroup, type CompareLine, compareView } from "./compare-view.ts";
import { markdown } from "./markdown.ts";
import { oneLine } from "./text.ts";

/** A comparison as Markdown, as for a comment on a pull request. */
export function compareMarkdown(comparison: Comparison): string {
  const view = compareView(comparison);
  return [
    `## ${view.sign} ${view.headline}: ${markdown(view.scenario)}`,
    "",
    `${markdown(view.summary)}.`,
    "",
    ...view.sides.map(({ name, text }) => `- ${name}: ${markdown(text)}`),
    ...view.warnings.map((one) => `- **!** ${markdown(one)}`),
    ...view.undecided.map((one) => `- **?** ${markdown(one)}`),
    ...view.remedy.flatMap((one) => ["", `    ${oneLine(one, 1000)}`]),
    ...view.groups.filter(({ lines }) => lines.length > 0).flatMap(table),
    "",
    `No change found in ${markdown(view.unchanged)}.`,
    ...(view.tooFew === "" ? [] : ["", `Too few to tell: ${markdown(view.tooFew)}.`]),
    "",
    markdown(ruleOfChange),
    "",
  ].join("\n");
}

const marks = { worse: "✗ ", better: "✓ ", "": "" } as const;

function table({ title, lines, columns }: CompareGroup): readonly string[] {
  const cellsOf = ({ what, before, after, by, range, sure }: CompareLine): readonly string[] =>
    [what, ...[before, after, by, range, sure].slice(0, columns.length)].map(markdown);
  return [
    "",
    `### ${markdown(title)}`,
    "",
    `| | ${columns.join(" | ")} |`,
    `| --- | ${columns.map((_, place) => (place < 2 ? "---:" : "---")).join(" | ")} |`,
    ...lines.map((line) => `| ${marks[line.mark]}${cellsOf(line).join(" | ")} |`),
  ];
}
