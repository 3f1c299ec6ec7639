import type { Comparison } from "../model/compare/comparison.ts";
import { ruleOfChange } from "../model/compare/rule-of-change.ts";
import { type CompareLine, columnNames, compareView } from "./compare-view.ts";
import { markdown } from "./markdown.ts";

/** A comparison as Markdown, as for a comment on a pull request. */
export function compareMarkdown(comparison: Comparison): string {
  const view = compareView(comparison);
  const table = (title: string, lines: readonly CompareLine[]): readonly string[] =>
    lines.length === 0 ? [] : ["", `### ${title}`, "", ...rowsOf(lines)];
  const sign = view.headline === "Worse" ? "✗" : "✓";
  return [
    `## ${sign} ${view.headline}: ${markdown(view.scenario)}`,
    "",
    ...view.sides.map(({ name, text }) => `- ${name}: ${markdown(text)}`),
    ...view.warnings.map((one) => `- **!** ${markdown(one)}`),
    ...table("Worse", view.worse),
    ...table("Better", view.better),
    ...table("Told, not tested", view.told),
    "",
    `Unchanged: ${markdown(view.unchanged)}.`,
    ...(view.tooFew === "" ? [] : ["", `Too few pairs to tell: ${markdown(view.tooFew)}.`]),
    "",
    markdown(ruleOfChange),
    "",
  ].join("\n");
}

function rowsOf(lines: readonly CompareLine[]): readonly string[] {
  const rows = lines.map(({ what, before, after, by, sure }) => [what, before, after, by, sure].map(markdown));
  return [
    `| | ${columnNames(lines).join(" | ")} |`,
    "| --- | ---: | ---: | --- | --- |",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
  ];
}
