import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { Comparison } from "../model/compare/comparison.ts";
import { type CompareLine, type CompareView, compareView } from "./compare-view.ts";
import { oneLine } from "./text.ts";

/** A comparison as lines for a terminal: what differs in groups; what did not change is folded. */
export function compareLines(
  comparison: Comparison,
  options: { readonly colour: boolean; readonly width: number },
): readonly string[] {
  const view = compareView(comparison);
  const colours = pc.createColors(options.colour);
  const paint = { fail: colours.red, pass: colours.green, inconclusive: colours.yellow }[view.tone];
  const marks = { worse: colours.red("✗"), better: colours.green("✓"), "": "·" } as const;
  const groups = view.groups.filter(({ lines }) => lines.length > 0);
  const width = Math.max(40, options.width);
  const columns = columnsOf(
    groups.flatMap(({ lines }) => lines.map(plainLine)),
    width,
  );
  const sentence = (text: string, first = "  "): readonly string[] => wrapped(oneLine(text), width, first);
  return [
    `${colours.bold(paint(`${view.sign} ${view.headline.toUpperCase()}`))}  ${oneLine(view.scenario, 120)}`,
    ...sentence(`${view.summary}.`),
    ...sides(view, width),
    ...view.warnings.flatMap((one) => sentence(one, `  ${colours.yellow("!")} `)),
    ...view.undecided.flatMap((one) => sentence(one, `  ${colours.yellow("?")} `)),
    ...view.remedy.map((one) => `      ${oneLine(one, 1000)}`),
    ...groups.flatMap(({ title, lines }) => [
      "",
      title,
      ...lines.map(plainLine).flatMap((line) => columns(line, marks[line.mark])),
    ]),
    "",
    ...sentence(`No change found in ${view.unchanged}.`, ""),
    ...(view.tooFew === "" ? [] : sentence(`Too few to tell: ${view.tooFew}.`, "")),
  ];
}

/** Ids of runs are long: one a line where they do not fit. */
function sides({ sides: all }: CompareView, width: number): readonly string[] {
  return all.flatMap(({ name, text }) => wrapped(oneLine(text), width, `  ${name.padEnd(4)}  `));
}

const plainLine = (line: CompareLine): CompareLine => ({
  mark: line.mark,
  what: oneLine(line.what, 100),
  before: oneLine(line.before, 40),
  after: oneLine(line.after, 40),
  by: oneLine(line.by),
  range: oneLine(line.range, 60),
  sure: oneLine(line.sure, 60),
});

/** Lays lines out below each other; what does not fit beside the name stands below it. */
function columnsOf(lines: readonly CompareLine[], width: number) {
  const widest = (of: (line: CompareLine) => string): number => Math.max(0, ...lines.map((line) => of(line).length));
  const fromTo = ({ before, after }: CompareLine): string => `${before} → ${after}`;
  const restOf = ({ by, range, sure }: CompareLine): string =>
    [by, range === "" ? "" : `(${range})`, sure].filter((part) => part !== "").join("  ");
  const [what, values] = [widest((line) => line.what), widest(fromTo)];
  const isWide = 4 + what + 2 + values + 2 + widest(restOf) <= width;
  return (line: CompareLine, mark: string): readonly string[] => {
    const first = fromTo(line).padEnd(values);
    const rest = restOf(line);
    if (isWide) return [`  ${mark} ${line.what.padEnd(what)}  ${first}  ${rest}`.trimEnd()];
    return [...wrapped(line.what, width, `  ${mark} `), ...wrapped(`${first}  ${rest}`.trimEnd(), width, "      ")];
  };
}

/** Breaks a line between words; what follows is indented as the text of the first one. A longer word stays whole. */
function wrapped(text: string, width: number, first: string): readonly string[] {
  const indent = stripVTControlCharacters(first).length;
  const lines: string[] = [];
  let line = "";
  // Several spaces are a column, and stay.
  for (const word of text.split(/(?<=\S)(?= +\S)/)) {
    if (line !== "" && indent + line.length + word.length > width) {
      lines.push(line);
      line = word.trimStart();
    } else line += word;
  }
  return [...lines, line].map((one, place) => `${place === 0 ? first : " ".repeat(indent)}${one}`);
}
