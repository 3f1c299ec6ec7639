import type { Change, Comparison, FigureRow, MetricRow, VerdictRow } from "../model/compare/comparison.ts";
import { metrics, type Unit } from "../model/compare/metrics.ts";
import { type Side, type SidePhase, sidePhases } from "../model/compare/side.ts";
import { count, duration, percent, plural } from "./format.ts";
import { phaseLabels } from "./words.ts";

/** A comparison in words, for every form that it is shown in; the texts are still those of the system under test. */
export interface CompareView {
  readonly headline: "Worse" | "Better" | "No change";
  readonly scenario: string;
  readonly summary: string;
  readonly sides: readonly { readonly name: string; readonly text: string }[];
  readonly warnings: readonly string[];
  readonly worse: readonly CompareLine[];
  readonly better: readonly CompareLine[];
  /** What differs without being judged. */
  readonly told: readonly CompareLine[];
  readonly unchanged: string;
  /** What had too few pairs for a test; empty when everything could be told. */
  readonly tooFew: string;
}

/** One thing that is not as it was. */
export interface CompareLine {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** By how much, with the interval of 95 %; or what a check counted. */
  readonly by: string;
  /** How sure that is; empty where nothing was tested. */
  readonly sure: string;
}

/** What stands above the columns of a table of lines. */
export const columnNames = (lines: readonly CompareLine[]): readonly string[] =>
  lines.some(({ sure }) => sure !== "")
    ? ["base", "run", "by (95 % interval)", "after Holm"]
    : ["base", "run", "what differs", ""];

/** Puts a comparison into words. */
export function compareView(comparison: Comparison): CompareView {
  const { base, run, warnings, isWorse } = comparison;
  const of = (change: Change): readonly CompareLine[] => [
    ...comparison.verdicts.filter((row) => row.change === change).map(verdictLine),
    ...bySize(comparison.metrics.filter((row) => row.change === change)).map(metricLine),
  ];
  const [worse, better] = [of("worse"), of("better")];
  return {
    headline: isWorse ? "Worse" : better.length > 0 ? "Better" : "No change",
    scenario: run.scenario,
    summary: `${worse.length} worse, ${better.length} better`,
    sides: [
      { name: "base", text: sideText(base) },
      { name: "run", text: sideText(run) },
    ],
    warnings,
    worse,
    better,
    told: [...toldVerdicts(comparison.verdicts), ...comparison.figures.filter(isChanged).map(figureLine)],
    unchanged: unchangedText(comparison),
    tooFew: tooFewText(comparison.metrics),
  };
}

const sideText = ({ runs, system }: Side): string =>
  `${runs.length === 1 ? "" : `${plural(runs.length, "run")}: `}${runs.join(", ")} (${system})`;

const isChanged = ({ change }: FigureRow): boolean => change === "worse" || change === "better";

/** The largest part of what it was first. */
function bySize(rows: readonly MetricRow[]): readonly MetricRow[] {
  const size = ({ shift, base }: MetricRow): number => Math.abs(shift ?? 0) / Math.max(Math.abs(base ?? 0), 1e-9);
  return rows.toSorted((one, other) => size(other) - size(one));
}

/** One metric in words. */
export function metricLine({
  operation,
  phase,
  metric,
  pairs,
  base,
  run,
  shift,
  range,
  adjustedP,
}: MetricRow): CompareLine {
  const { title, unit } = metrics[metric];
  const within = range === null ? "" : ` (${interval(signed(unit, range.lower), signed(unit, range.upper))})`;
  return {
    what: `${title}: ${operationName(operation)}, ${phaseLabels[phase]}`,
    before: spoken(unit, base),
    after: spoken(unit, run),
    by: shift === null ? "" : `${signed(unit, shift)}${within}`,
    sure: `p ${adjustedP === null ? "–" : probability(adjustedP)}, ${plural(pairs, "pair")}`,
  };
}

const verdictLine = ({ check, base, run, counts }: VerdictRow): CompareLine => ({
  what: check ?? "the run",
  before: base ?? "not judged",
  after: run ?? "not judged",
  by: counts.map((one) => `${one.name} ${number(one.base)} → ${number(one.run)}`).join(", "),
  sure: "",
});

/** Of checks that stay broken, what they counted; and those that only one side has. */
const toldVerdicts = (rows: readonly VerdictRow[]): readonly CompareLine[] =>
  rows
    .filter(({ change, counts }) => change === "too few" || (change === "unchanged" && counts.length > 0))
    .map(verdictLine);

/** One number a run in words. */
export const figureLine = ({ name, unit, base, run, change }: FigureRow): CompareLine => ({
  what: name,
  before: base === null ? "never" : spoken(unit, base),
  after: run === null ? "never" : spoken(unit, run),
  by: change,
  sure: "",
});

function unchangedText({ verdicts, metrics: rows, figures }: Comparison): string {
  const counts = [
    { one: "verdict", rows: verdicts },
    { one: "metric", rows },
    { one: "figure", rows: figures },
  ].map(({ one, rows: all }) => plural(all.filter(({ change }) => change === "unchanged").length, one));
  return counts.join(", ");
}

/** What had too few operations at all, and what only too few whose latency can be believed. */
function tooFewText(rows: readonly MetricRow[]): string {
  const phases = new Map<string, Set<SidePhase>>();
  const isTooFew = ({ change }: MetricRow): boolean => change === "too few";
  for (const row of rows.filter(isTooFew)) {
    const { operation, phase } = row;
    const others = rows.filter((one) => one.operation === operation && one.phase === phase);
    const name = `${others.every(isTooFew) ? "" : "the latency of "}${operationName(operation)}`;
    phases.set(name, (phases.get(name) ?? new Set()).add(phase));
  }
  return [...phases]
    .map(([name, found]) =>
      found.size === sidePhases.length ? name : `${name} (${[...found].map((one) => phaseLabels[one]).join(", ")})`,
    )
    .join("; ");
}

const operationName = (operation: string | null): string => operation ?? "all operations";

function spoken(unit: Unit, value: number | null): string {
  if (value === null) return "–";
  if (unit === "share") return percent(value);
  if (unit === "perSecond") return `${Number(value.toPrecision(4))}/s`;
  return unit === "ratio" ? value.toFixed(2) : duration(value);
}

/** A difference, with its sign. */
function signed(unit: Unit, value: number): string {
  const sign = value > 0 ? "+" : "";
  if (unit === "share") return `${sign}${(value * 100).toFixed(1).replace("-", "−")} points`;
  if (unit === "perSecond") return `${sign}${String(Number(value.toPrecision(3))).replace("-", "−")}/s`;
  return `${sign}${spoken(unit, value)}`;
}

/** A unit that both have is told once. */
function interval(lower: string, upper: string): string {
  const [unit = ""] = /[^\d.]+$/.exec(upper) ?? [];
  return `${lower.endsWith(unit) ? lower.slice(0, lower.length - unit.length) : lower} to ${upper}`;
}

const probability = (p: number): string => (p < 0.001 ? "< 0.001" : p.toPrecision(2));
const number = (value: number | null): string => (value === null ? "–" : count(value));
