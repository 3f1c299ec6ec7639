import { plural } from "../quantities.ts";
import { type Decidable, decidable, fewestRuns, runsBeside } from "./decidable.ts";
import { type Change, type MetricRow, metricRowsOf } from "./metric-rows.ts";
import type { MetricName } from "./metrics.ts";
import { type Side, type SidePhase, sidePhases } from "./side.ts";
import { type FigureRow, figureRowsOf, type VerdictRow, verdictRowsOf } from "./verdict-rows.ts";

/**
 * What a comparison comes to. `cannot tell` does not pass: there were too few runs, or too little of them could be
 * measured.
 */
export type Outcome = "worse" | "better" | "no change" | "cannot tell";

/** Two sides, side by side. */
export interface Comparison {
  readonly base: Side;
  readonly run: Side;
  readonly outcome: Outcome;
  /** Why metrics cannot be judged, one sentence each; empty when they can. */
  readonly undecided: readonly string[];
  /** Commands that give as many runs as it takes; empty when there are enough. */
  readonly remedy: readonly string[];
  /** What the numbers of runs can show at all. */
  readonly decidable: Decidable;
  /** Why the numbers may not mean what they seem to, one sentence each. */
  readonly warnings: readonly string[];
  readonly verdicts: readonly VerdictRow[];
  readonly metrics: readonly MetricRow[];
  readonly figures: readonly FigureRow[];
  /** The outcome is `worse`. */
  readonly isWorse: boolean;
}

/**
 * Compares two sides that were asked the same (`differencesOfPlans`). The unit is the run: each run gives one number for
 * each metric, so that neither what its operations have in common nor how runs differ among themselves is taken for a
 * change. A metric is `worse` or `better` when its p-value is at most 5 % (`relabelled`, over all metrics together), its
 * interval leaves out 0, and the difference is notable (`isNotable`).
 *
 * What this assumes: that without a change the runs of both sides are exchangeable. Runs of another day, or beside other
 * work, are not.
 */
export function compare(base: Side, run: Side): Comparison {
  const can = decidable(base.runs.length, run.runs.length);
  const verdictRows = verdictRowsOf(base, run);
  const metricRows = metricRowsOf(base, run, can);
  const undecided = undecidedOf({ base, run, can, rows: metricRows });
  const changes = [...verdictRows, ...metricRows].map(({ change }) => change);
  const outcome = outcomeOf(changes, undecided);
  return {
    base,
    run,
    outcome,
    undecided,
    remedy: can === "nothing" ? remedyFor(base, run) : [],
    decidable: can,
    warnings: warningsOf(base, run),
    verdicts: verdictRows,
    metrics: metricRows,
    figures: figureRowsOf(base, run),
    isWorse: outcome === "worse",
  };
}

function outcomeOf(changes: readonly (Change | VerdictRow["change"])[], undecided: readonly string[]): Outcome {
  if (changes.includes("worse")) return "worse";
  if (undecided.length > 0) return "cannot tell";
  return changes.includes("better") ? "better" : "no change";
}

function warningsOf(base: Side, run: Side): readonly string[] {
  const [before, after] = [base.faultline, run.faultline].map((versions) => versions.toSorted().join(", "));
  return [
    ...(before === after ? [] : [`The sides were run by different versions of Faultline: ${before} and ${after}.`]),
    ...base.caveats.map((one) => `base: ${one}`),
    ...run.caveats.map((one) => `run: ${one}`),
  ];
}

interface Measured {
  readonly base: Side;
  readonly run: Side;
  readonly can: Decidable;
  readonly rows: readonly MetricRow[];
}

function undecidedOf({ base, run, can, rows }: Measured): readonly string[] {
  if (can === "nothing") {
    const { worse, better } = fewestRuns;
    return [
      `${plural(base.runs.length, "run")} against ${run.runs.length} cannot tell a change from chance: ${worse} runs a side can show that something got worse, ${better} that something got better.`,
    ];
  }
  const unseen = sidePhases.filter((phase) => isUnknown(rows, phase, "notOkShare"));
  if (unseen.length > 0) {
    return [`Unknown for ${unseen.join(", ")}: too few runs measured it.`];
  }
  const silent = sidePhases.filter((phase) => isUnknown(rows, phase, "p50Ms") && isLatencyMissing([base, run], phase));
  return silent.length === 0
    ? []
    : [`Unknown for the latency in ${silent.join(", ")}: the load generator itself was late in too many runs.`];
}

/** Of all operations together, or of the only kind that there is. */
const isUnknown = (rows: readonly MetricRow[], phase: SidePhase, metric: MetricName): boolean =>
  rows.find((row) => row.phase === phase && row.metric === metric)?.change === "too few";

/** So many operations that were ok have a median, unless the generator was late. */
const enoughForMedian = 20;

/** Where next to nothing was ok there is no latency to miss. */
function isLatencyMissing(sides: readonly Side[], phase: SidePhase): boolean {
  return sides.some(({ series }) => {
    const all = series.find((one) => one.phase === phase);
    return all?.due.some(
      (due, place) => all.p50Ms[place] === null && due * (1 - (all.notOkShare[place] ?? 1)) >= enoughForMedian,
    );
  });
}

function remedyFor(base: Side, run: Side): readonly string[] {
  const beside = runsBeside(base.runs.length);
  if (beside !== undefined && base.runs.length > 1) return [`${run.replay} --repeat ${beside}`];
  const commands = [base.replay, run.replay].map((replay) => `${replay} --repeat ${fewestRuns.worse}`);
  return [...new Set(commands)];
}
