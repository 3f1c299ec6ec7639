import pc from "picocolors";
import type { VariantsCompared } from "../model/compare/variants.ts";
import { oneLine } from "./text.ts";
import { type VariantCell, variantsView } from "./variants-view.ts";
import { verdictIcons } from "./words.ts";

/** Variants for a terminal: a column for each, and what each check saw where they differ. */
export function variantsLines(
  compared: VariantsCompared,
  options: { readonly colour: boolean; readonly page: string },
): readonly string[] {
  const view = variantsView(compared);
  const colours = pc.createColors(options.colour);
  const signs = { better: colours.green("✓"), worse: colours.red("✗"), "": " " } as const;
  const rows = [...view.rows, ...view.operations];
  const what = Math.max(0, ...rows.map((row) => oneLine(row.what, 60).length));
  const variants = view.columns.map(({ name }) => oneLine(name, 24));
  const told = view.operations.flatMap((one) => one.cells);
  const cells = [...variants, ...told, ...view.rows.flatMap(({ cells: own }) => own.map(textOf))];
  const width = Math.max(...cells.map((text) => text.length));
  const row = (first: string, texts: readonly string[]): string =>
    `  ${first.padEnd(what)}  ${texts.join("  ")}`.trimEnd();
  const cell = (one: VariantCell): string => `${signs[one.change]} ${textOf(one).padEnd(width)}`;
  const differing = view.checks.filter(({ cells: own }) => new Set(own.map(({ actual }) => actual)).size > 1);
  const names = Math.max(...variants.map((name) => name.length));
  return [
    `${colours.bold("Variants")}  ${oneLine(compared.scenario, 60)}, seed ${oneLine(compared.seed, 40)}, one plan`,
    row(
      "",
      variants.map((name) => `  ${name.padEnd(width)}`),
    ),
    row(
      "verdict",
      view.columns.map(({ verdict }) => `${verdictIcons[verdict]} ${verdict.padEnd(width)}`),
    ),
    "",
    "  While the faults lasted",
    ...view.operations.map((one) =>
      row(
        oneLine(one.what, 60),
        one.cells.map((text) => `  ${text.padEnd(width)}`),
      ),
    ),
    "",
    "  Where they differ: metrics as their difference from the first, ✓ better, ✗ worse",
    ...view.rows.map((one) => row(oneLine(one.what, 60), one.cells.map(cell))),
    "",
    "  What the checks saw, where that differs",
    ...differing.flatMap(({ title, cells: own }) => [
      `  ${oneLine(title, 60)}`,
      ...own.map(
        ({ verdict, actual }, place) =>
          `    ${verdictIcons[verdict]} ${variants[place]!.padEnd(names)}  ${oneLine(actual)}`,
      ),
    ]),
    ...view.warnings.map((one) => `  ${colours.yellow("!")} ${oneLine(one)}`),
    ...view.undecided.map((one) => `  ${colours.yellow("?")} ${oneLine(one)}`),
    ...view.remedy.map((one) => `      ${oneLine(one, 1000)}`),
    `  table     ${options.page}`,
  ];
}

const textOf = ({ text }: VariantCell): string => oneLine(text, 24);
