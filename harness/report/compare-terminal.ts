import pc from "picocolors";
import type { Comparison } from "../model/compare/comparison.ts";
import { type CompareLine, compareView } from "./compare-view.ts";
import { oneLine } from "./text.ts";

/** A comparison as lines for a terminal: what got worse first, then better; what did not change is folded. */
export function compareLines(
  comparison: Comparison,
  options: { readonly colour: boolean; readonly width: number },
): readonly string[] {
  const view = compareView(comparison);
  const colours = pc.createColors(options.colour);
  const { headline, worse, better, told } = view;
  const paint = headline === "Worse" ? colours.red : colours.green;
  const head = `${headline === "Worse" ? "✗" : "✓"} ${headline.toUpperCase()}`;
  const columns = columnsOf([...worse, ...better, ...told].map(plainLine), options.width);
  const group = (title: string, lines: readonly CompareLine[], sign: string): readonly string[] =>
    lines.length === 0 ? [] : ["", title, ...lines.map(plainLine).flatMap((line) => columns(line, sign))];
  return [
    `${colours.bold(paint(head))}  ${oneLine(view.scenario, 120)}: ${view.summary}`,
    ...view.sides.map(({ name, text }) => `  ${name.padEnd(4)}  ${oneLine(text)}`),
    ...view.warnings.map((one) => `  ${colours.yellow("!")} ${oneLine(one)}`),
    ...group("Worse", worse, colours.red("✗")),
    ...group("Better", better, colours.green("✓")),
    ...group("Told, not tested", told, "·"),
    "",
    `Unchanged: ${view.unchanged}.`,
    ...(view.tooFew === "" ? [] : [`Too few pairs to tell: ${oneLine(view.tooFew)}.`]),
  ];
}

const plainLine = ({ what, before, after, by, sure }: CompareLine): CompareLine => ({
  what: oneLine(what, 100),
  before: oneLine(before, 40),
  after: oneLine(after, 40),
  by: oneLine(by),
  sure: oneLine(sure, 60),
});

/** Lays lines out below each other; what is longer than the terminal goes on the next line. */
function columnsOf(lines: readonly CompareLine[], width: number) {
  const widest = (of: (line: CompareLine) => string): number => Math.max(0, ...lines.map((line) => of(line).length));
  const fromTo = ({ before, after }: CompareLine): string => `${before} → ${after}`;
  const [what, values] = [widest((line) => line.what), widest(fromTo)];
  return (line: CompareLine, sign: string): readonly string[] => {
    const first = `${line.what.padEnd(what)}  ${fromTo(line).padEnd(values)}`;
    const rest = [line.by, line.sure].filter((part) => part !== "").join("  ");
    if (first.length + rest.length + 6 <= width) return [`  ${sign} ${first}  ${rest}`.trimEnd()];
    return [`  ${sign} ${first}`.trimEnd(), ...(rest === "" ? [] : [`      ${rest}`])];
  };
}
