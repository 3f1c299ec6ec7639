import type { Comparison, Outcome } from "../model/compare/comparison.ts";
import { fewestRuns } from "../model/compare/decidable.ts";
import type { Change, MetricRow } from "../model/compare/metric-rows.ts";
import { metrics } from "../model/compare/metrics.ts";
import { type Side, type SideCheck, type SidePhase, sidePhases } from "../model/compare/side.ts";
import type { FigureRow, VerdictRow } from "../model/compare/verdict-rows.ts";
import { count, plural, probability } from "../model/quantities.ts";
import { valuesOf } from "./compare-values.ts";
import { phaseLabels } from "./words.ts";

/** A comparison in words, for every form that it is shown in; the texts are still those of the system under test. */
export interface CompareView {
  readonly outcome: Outcome;
  readonly headline: string;
  /** Beside the headline: never colour alone. */
  readonly sign: string;
  /** The colours of a verdict; of an outcome that is unknown neither red nor green. */
  readonly tone: "fail" | "pass" | "inconclusive";
  readonly scenario: string;
  readonly summary: string;
  readonly sides: readonly { readonly name: string; readonly text: string }[];
  /** Why metrics cannot be judged; empty when they can. */
  readonly undecided: readonly string[];
  /** Commands that give as many runs as it takes. */
  readonly remedy: readonly string[];
  readonly warnings: readonly string[];
  readonly groups: readonly CompareGroup[];
  readonly unchanged: string;
  /** What had too few runs for a test; empty when everything had enough, or nothing. */
  readonly tooFew: string;
}

/** Lines of one kind. */
export interface CompareGroup {
  readonly id: "verdicts" | "worse" | "better" | "untested" | "figures";
  readonly title: string;
  readonly lines: readonly CompareLine[];
  /** What stands there when it has no line; such a group is left out where there is little room. */
  readonly none: string;
  readonly columns: readonly string[];
}

/** One thing that is not as it was. */
export interface CompareLine {
  readonly mark: "worse" | "better" | "";
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** By how much; or what a check counted. */
  readonly by: string;
  /** The interval of the difference, or empty. */
  readonly range: string;
  /** How sure that is; empty where nothing was tested. */
  readonly sure: string;
}

const outcomes: Readonly<Record<Outcome, Pick<CompareView, "headline" | "sign" | "tone">>> = {
  worse: { headline: "Worse", sign: "✗", tone: "fail" },
  better: { headline: "Better", sign: "✓", tone: "pass" },
  "no change": { headline: "No change found", sign: "✓", tone: "pass" },
  "cannot tell": { headline: "Cannot tell", sign: "?", tone: "inconclusive" },
};

/** So many differences that were not tested are shown, the largest first. */
const untestedAtMost = 8;
const testedColumns = ["base", "run", "difference", "95 % interval", "p"];
const shownColumns = ["base", "run", "difference"];

/** Puts a comparison into words. */
export function compareView(comparison: Comparison): CompareView {
  const { base, run, warnings, outcome, undecided, remedy } = comparison;
  const of = (change: Change): readonly CompareLine[] =>
    bySize(comparison.metrics.filter((row) => row.change === change)).map(metricLine);
  const [worse, better] = [of("worse"), of("better")];
  return {
    outcome,
    ...outcomes[outcome],
    scenario: run.scenario,
    summary: summaryOf(comparison, worse.length, better.length),
    sides: [
      { name: "base", text: sideText(base) },
      { name: "run", text: sideText(run) },
    ],
    undecided,
    remedy,
    warnings,
    groups: [
      verdictGroup(comparison.verdicts),
      { id: "worse", title: "Worse", lines: worse, none: noneWorse(comparison), columns: testedColumns },
      { id: "better", title: "Better", lines: better, none: noneBetter(comparison), columns: testedColumns },
      untestedGroup(comparison.metrics),
      figureGroup(comparison.figures),
    ],
    unchanged: unchangedText(comparison),
    tooFew: comparison.decidable === "nothing" ? "" : tooFewText(comparison.metrics),
  };
}

function summaryOf({ base, run, verdicts, decidable }: Comparison, worse: number, better: number): string {
  const broken = verdicts.filter(({ change }) => change === "worse").length;
  const ofChecks = broken === 0 ? [] : [`${plural(broken, "safety check")} broken that held before`];
  const runs = `${plural(base.runs.length, "run")} against ${run.runs.length}`;
  if (decidable === "nothing") return [...ofChecks, `${runs}, too few for metrics`].join("; ");
  const ofMetrics = `${worse} worse, ${better} better of ${plural(run.series.length === 0 ? 0 : metricsOf(run), "metric")}`;
  const half = decidable === "worse" ? [`${fewestRuns.better} runs a side can show what got better as well`] : [];
  return [...ofChecks, `${ofMetrics}, ${runs}`, ...half].join("; ");
}

const metricsOf = ({ series }: Side): number => series.length * Object.keys(metrics).length;

const sideText = ({ runs, system }: Side): string =>
  `${runs.length === 1 ? "" : `${plural(runs.length, "run")}: `}${runs.join(", ")} (${system})`;

const noneWorse = ({ decidable }: Comparison): string =>
  decidable === "nothing" ? "So few runs cannot show it." : "Nothing was found to be worse.";
const noneBetter = ({ decidable }: Comparison): string =>
  decidable === "worse and better" ? "Nothing was found to be better." : "So few runs cannot show it.";

/** The largest part of what it was first. */
function bySize(rows: readonly MetricRow[]): readonly MetricRow[] {
  const size = ({ shift, base }: MetricRow): number => Math.abs(shift ?? 0) / Math.max(Math.abs(base ?? 0), 1e-9);
  return rows.toSorted((one, other) => size(other) - size(one));
}

/** One metric in words. */
export function metricLine({ operation, phase, metric, base, run, shift, range, p, change }: MetricRow): CompareLine {
  const { title, unit } = metrics[metric];
  const values = valuesOf(unit, { base, run, shift, range });
  return {
    mark: change === "worse" || change === "better" ? change : "",
    what: `${title}: ${operationName(operation)}, ${phaseLabels[phase]}`,
    before: values.base,
    after: values.run,
    by: values.by,
    range: values.range,
    sure: p === null ? "" : probability(p),
  };
}

function verdictGroup(rows: readonly VerdictRow[]): CompareGroup {
  const shown = rows.filter(({ change, counts }) => change !== "unchanged" || counts.length > 0);
  const [worse, others] = [true, false].map((isWorse) =>
    shown.filter(({ change }) => (change === "worse") === isWorse),
  );
  return {
    id: "verdicts",
    title: "Verdicts that differ",
    lines: [...worse!, ...others!].map(verdictLine),
    none: "No verdict differs.",
    columns: ["base", "run", "what it counted"],
  };
}

const verdictLine = ({ check, base, run, runs, counts, change }: VerdictRow): CompareLine => ({
  mark: change === "worse" ? "worse" : "",
  what: check ?? "the run",
  before: runs === null ? (base ?? "not judged") : verdictText(base, runs.base),
  after: runs === null ? (run ?? "not judged") : verdictText(run, runs.run),
  by: counts.map((one) => `${one.name} ${number(one.base)} → ${number(one.run)}`).join(", "),
  range: "",
  sure: "",
});

/** `fail in 2 of 3`: the worst of all runs, and in how many. */
function verdictText(verdict: VerdictRow["base"], counts: SideCheck["counts"]): string {
  if (verdict === null) return "not judged";
  const all = counts.pass + counts.inconclusive + counts.fail;
  return all < 2 ? verdict : `${verdict} in ${counts[verdict]} of ${all}`;
}

/** What looks different, and may be nothing but chance. */
function untestedGroup(rows: readonly MetricRow[]): CompareGroup {
  const lines = bySize(rows.filter(({ change, isNotable }) => change === "too few" && isNotable)).map(metricLine);
  const more = lines.length - untestedAtMost;
  return {
    id: "untested",
    title:
      more > 0 ? `Differs, and may be chance (${untestedAtMost} of ${lines.length})` : "Differs, and may be chance",
    lines: lines.slice(0, untestedAtMost),
    none: "",
    columns: shownColumns,
  };
}

function figureGroup(rows: readonly FigureRow[]): CompareGroup {
  return {
    id: "figures",
    title: "Figures of the fault, not tested",
    lines: rows.filter(({ isNotable }) => isNotable).map(figureLine),
    none: "No figure differs by as much as is worth a word.",
    columns: shownColumns,
  };
}

/** One number a run in words. */
export function figureLine({ name, unit, base, run, shift }: FigureRow): CompareLine {
  const values = valuesOf(unit, { base, run, shift }, "never");
  return { mark: "", what: name, before: values.base, after: values.run, by: values.by, range: "", sure: "" };
}

function unchangedText({ verdicts, metrics: rows, figures, decidable }: Comparison): string {
  const unchanged = (all: readonly { readonly change: string }[]): number =>
    all.filter(({ change }) => change === "unchanged").length;
  return [
    plural(unchanged(verdicts), "verdict"),
    ...(decidable === "nothing" ? [] : [plural(unchanged(rows), "metric")]),
    plural(figures.filter(({ isNotable }) => !isNotable).length, "figure"),
  ].join(", ");
}

/** What had too few operations at all, and what only too few whose latency can be believed. */
function tooFewText(rows: readonly MetricRow[]): string {
  const phases = new Map<string, Set<SidePhase>>();
  const isTooFew = ({ change }: MetricRow): boolean => change === "too few";
  for (const row of rows.filter(isTooFew)) {
    const { operation, phase } = row;
    const others = rows.filter((one) => one.operation === operation && one.phase === phase);
    const latency = others.filter(({ metric }) => metrics[metric].unit === "latencyMs");
    const what = latency.every(isTooFew) ? "the latency" : "p99";
    const name = `${others.every(isTooFew) ? "" : `${what} of `}${operationName(operation)}`;
    phases.set(name, (phases.get(name) ?? new Set()).add(phase));
  }
  return [...phases]
    .map(([name, found]) =>
      found.size === sidePhases.length ? name : `${name} (${[...found].map((one) => phaseLabels[one]).join(", ")})`,
    )
    .join("; ");
}

const operationName = (operation: string | null): string => operation ?? "all operations";
const number = (value: number | null): string => (value === null ? "–" : count(value));
