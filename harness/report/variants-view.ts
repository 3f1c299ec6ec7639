import type { VariantSide, VariantsCompared } from "../model/compare/variants.ts";
import { duration, percent } from "../model/quantities.ts";
import type { Verdict } from "../model/verdict.ts";
import { figureLine, metricLine } from "./compare-view.ts";

/** The variants of a scenario's system beside each other, in words; a cell of each row is that of the variant above it. */
export interface VariantsView {
  readonly columns: readonly { readonly name: string; readonly verdict: Verdict; readonly runs: readonly string[] }[];
  /** How each kind of operation fared while the faults lasted. */
  readonly operations: readonly { readonly what: string; readonly cells: readonly string[] }[];
  /** What any of them does better or worse than the first. */
  readonly rows: readonly { readonly what: string; readonly cells: readonly VariantCell[] }[];
  readonly checks: readonly {
    readonly title: string;
    readonly cells: readonly { readonly verdict: Verdict; readonly actual: string }[];
  }[];
  /** Of each but the first: what it gains and loses. */
  readonly balances: readonly {
    readonly name: string;
    readonly gains: readonly string[];
    readonly loses: readonly string[];
  }[];
  /** Why their metrics cannot be judged, one sentence each. */
  readonly undecided: readonly string[];
  /** Commands that give as many runs as it takes. */
  readonly remedy: readonly string[];
  readonly warnings: readonly string[];
}

/** The first's number; of the others what a metric is shifted by against it, with its interval, or their own figure. */
export interface VariantCell {
  readonly text: string;
  /** `(−2.5 to −1.1 ms)`, or empty. */
  readonly range: string;
  readonly change: "better" | "worse" | "";
}

/** Puts variants into words. */
export function variantsView({ variants }: VariantsCompared): VariantsView {
  const all = variants.map(linesOf);
  const isShown = (what: string): boolean => all.some((lines) => lines.get(what)?.isShown === true);
  const told = [...new Set(all.flatMap((lines) => [...lines.keys()]))].filter(isShown);
  return {
    columns: variants.map(({ name, verdict, runs }) => ({ name, verdict, runs })),
    operations: (variants[0]?.operations ?? []).flatMap(({ name }) => operationRows(name, variants)),
    rows: told.map((what) => ({ what, cells: all.map((lines, place) => cellOf(lines, what, place === 0, all)) })),
    checks: (variants[0]?.checks ?? []).map(({ title }) => ({
      title,
      cells: variants.map(
        ({ checks }) =>
          checks.find((one) => one.title === title) ?? { verdict: "inconclusive", actual: "was not judged" },
      ),
    })),
    balances: variants.flatMap(({ name }, place) => (place === 0 ? [] : [balanceOf(name, all[place]!)])),
    undecided: [...new Set(variants.flatMap(({ comparison }) => comparison?.undecided ?? []))],
    remedy: remedyOf(variants),
    warnings: warningsOf(variants),
  };
}

/** One command runs all of them. */
function remedyOf(variants: readonly VariantSide[]): readonly string[] {
  const commands = variants.flatMap(({ comparison }) => comparison?.remedy ?? []);
  return [...new Set(commands.map((one) => one.replace(/ --variant (?:'[^']*'|\S+)/, "")))].slice(0, 1);
}

/** What a side's own runs ask to be known is told by the variant's name. */
function warningsOf(variants: readonly VariantSide[]): readonly string[] {
  const compared = variants.flatMap(({ comparison }) => comparison ?? []);
  const caveats = variants.flatMap(
    ({ name, comparison }) => (comparison?.run ?? compared[0]?.base)?.caveats.map((one) => `${name}: ${one}`) ?? [],
  );
  const ofBoth = compared.flatMap(({ warnings }) => warnings.filter((one) => !/^(base|run): /.test(one)));
  return [...new Set([...ofBoth, ...caveats])];
}

function operationRows(name: string, variants: readonly VariantSide[]): VariantsView["operations"] {
  const own = variants.map(({ operations }) => operations.find((one) => one.name === name));
  const rows = [
    { what: `${name}: ok`, cells: own.map((one) => percent(one?.okShare ?? undefined)) },
    { what: `${name}: p50`, cells: own.map((one) => duration(one?.p50Ms)) },
    { what: `${name}: p99`, cells: own.map((one) => duration(one?.p99Ms)) },
  ];
  // A percentile that no variant has enough operations for is no row.
  return rows.filter(({ cells }) => cells.some((text) => text !== "–"));
}

/** What one variant's comparison says of one thing. */
interface Line extends VariantCell {
  /** Of the first. */
  readonly before: string;
  readonly sentence: string;
  /** Whether it is worth a row. */
  readonly isShown: boolean;
}

/** By what they are about; of the first variant, which is held against nothing, there are none. */
function linesOf({ comparison }: VariantSide): ReadonlyMap<string, Line> {
  const metrics = (comparison?.metrics ?? []).map((row): readonly [string, Line] => {
    const { what, before, by, range, mark } = metricLine(row);
    const within = range === "" ? "" : `(${range})`;
    const isShown = mark !== "" || (row.change === "too few" && row.isNotable);
    return [
      what,
      { before, text: by, range: within, change: mark, sentence: `${what} ${by} ${within}`.trim(), isShown },
    ];
  });
  const figures = (comparison?.figures ?? []).map((row): readonly [string, Line] => {
    const { what, before, after } = figureLine(row);
    const sentence = `${what} ${before} → ${after}`;
    return [what, { before, text: after, range: "", change: "", sentence, isShown: row.isNotable }];
  });
  return new Map([...metrics, ...figures]);
}

function cellOf(
  lines: ReadonlyMap<string, Line>,
  what: string,
  isFirst: boolean,
  all: readonly ReadonlyMap<string, Line>[],
): VariantCell {
  const none = { text: "–", range: "", change: "" } as const;
  if (!isFirst) return lines.get(what) ?? none;
  return { ...none, text: all.find((one) => one.has(what))?.get(what)?.before ?? "–" };
}

function balanceOf(name: string, lines: ReadonlyMap<string, Line>): VariantsView["balances"][number] {
  const of = (change: Line["change"]): readonly string[] =>
    [...lines.values()].filter((line) => line.change === change).map(({ sentence }) => sentence);
  return { name, gains: of("better"), loses: of("worse") };
}
