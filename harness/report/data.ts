import type { Cause } from "../model/cause.ts";
import type { GeneratorReport, Interval } from "../model/check.ts";
import { storedEvidence } from "../model/evidence.ts";
import { timingOf } from "../model/fault.ts";
import { type Coverage, coverageOf } from "../model/measure/coverage.ts";
import { type Crossing, crossingsOf } from "../model/measure/crossings.ts";
import { type Figures, figuresOf } from "../model/measure/figures.ts";
import { firstInjectionMs } from "../model/measure/moments.ts";
import { bytes, count, multiple, plural, rate } from "../model/quantities.ts";
import type { PassedHow, RunRecord, RunStatus, StoredRun } from "../model/run.ts";
import type { CheckResult, Verdict } from "../model/verdict.ts";
import { type Callout, calloutsOf } from "./callouts.ts";
import { type CauseChain, causeChainOf, noChain } from "./cause-chain.ts";
import { bandsOf, type HeatCell, heatOf } from "./heat.ts";
import { excerptsOf, type LogExcerpt } from "./logs.ts";
import { type OperationTable, operationTables } from "./operations.ts";
import { type ChartSeries, emptySeries, seriesOf } from "./series.ts";
import { type Timeline, timelineOf } from "./timeline.ts";
import { pictureOf, type TopologyPicture } from "./topology.ts";
import {
  actedFrom,
  actedUntil,
  type FaultWindow,
  neverInjected,
  type PhaseSpan,
  phasesOf,
  windowsOf,
} from "./windows.ts";
import { otherReasons } from "./words.ts";

/**
 * Everything that a report shows, as plain JSON; templates only place it. Times in ms on the run's clock unless they
 * say otherwise. Its texts are still those of the system under test: nothing here is escaped.
 */
export interface ReportData {
  readonly id: string;
  readonly status: RunStatus;
  readonly verdict: Verdict;
  readonly passed: PassedHow | null;
  readonly sentence: string;
  /** Beside the cause. */
  readonly reasons: readonly string[];
  /** Of an inconclusive run; null also in one that an earlier version judged. */
  readonly cause: Cause | null;
  readonly replay: string;
  readonly scenario: RunRecord["scenario"];
  readonly callouts: readonly Callout[];
  /** Empty without a history. */
  readonly chain: CauseChain;
  readonly checks: readonly CheckResult[];
  readonly phases: readonly PhaseSpan[];
  readonly windows: readonly FaultWindow[];
  /** What each fault met; empty without a history. */
  readonly crossings: readonly Crossing[];
  /** Fault by operation; empty without a history. */
  readonly coverage: readonly Coverage[];
  /** When the first injection was requested; null when there was none. */
  readonly firstFaultMs: number | null;
  readonly operationsSeen: number;
  readonly series: ChartSeries;
  readonly heat: readonly HeatCell[];
  /** For each row of the series' table, how many operations were ok in which time. */
  readonly bands: readonly (readonly number[])[];
  readonly operations: readonly OperationTable[];
  /** Null without a history. */
  readonly figures: Figures | null;
  readonly timeline: Timeline;
  readonly logs: readonly LogExcerpt[];
  readonly topology: TopologyPicture;
  readonly facts: readonly Fact[];
  readonly generator: GeneratorReport | null;
  /** What is not there, one sentence each. */
  readonly missing: readonly string[];
}

/** A line of the small print. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Computes the report of a run, whatever of the run there is. */
export function reportData(run: StoredRun): ReportData {
  const { record } = run;
  const windows = windowsOf(run);
  const phases = phasesOf(run);
  const history = run.history !== undefined && run.history.count > 0 ? run.history : undefined;
  const evidence = history === undefined ? undefined : storedEvidence(run);
  const span = spanOf(run, windows);
  const edges = windows.flatMap((window) => [window.requestedMs, actedFrom(window), actedUntil(window, span.toMs)]);
  const operations = history === undefined ? [] : operationTables(history, record.plan);
  const series = history === undefined ? emptySeries(span) : seriesOf(history, span, edges);
  const figures = evidence === undefined ? null : figuresOf(evidence);
  const firstFaultMs = windows.length === 0 ? null : firstInjectionMs(storedEvidence(run));
  return {
    id: record.id,
    status: record.status,
    verdict: record.verdict,
    passed: record.passed ?? null,
    sentence: record.sentence,
    reasons: otherReasons(record),
    cause: record.cause ?? null,
    replay: record.replay,
    scenario: record.scenario,
    callouts: calloutsOf(run, operations, windows, figures),
    chain: evidence === undefined ? noChain : causeChainOf(run, evidence, windows),
    checks: record.checks,
    phases,
    windows,
    crossings: evidence === undefined ? [] : crossingsOf(evidence),
    coverage: evidence === undefined ? [] : coverageOf(evidence, record.checks),
    firstFaultMs,
    operationsSeen: history?.count ?? 0,
    series,
    heat: history === undefined ? [] : heatOf(history, span),
    bands: history === undefined ? [] : bandsOf(history, series.rows),
    operations,
    figures,
    timeline: timelineOf(run.events, firstFaultMs),
    logs: excerptsOf(run),
    topology: pictureOf(record.system.topology, injectedOf(run)),
    facts: factsOf(record),
    generator: record.generator ?? null,
    missing: missingOf(run),
  };
}

function injectedOf(run: StoredRun): RunRecord["plan"]["schedule"] {
  const never = neverInjected(run);
  return run.record.plan.schedule.filter((injection) => !never.includes(injection));
}

/** What the time axis shows: the load, and every fault whole. */
function spanOf(run: StoredRun, windows: readonly FaultWindow[]): Interval {
  const times = phasesOf(run).flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  for (const window of windows) {
    for (const at of [window.requestedMs, window.provenMs, window.healRequestedMs, window.healProvenMs]) {
      if (at !== null) times.push(at);
    }
  }
  let [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
  const { history } = run;
  for (let row = 0; row < (history?.count ?? 0); row += 1) {
    const at = history!.intendedMs[row]!;
    if (at < fromMs) fromMs = at;
    // To is exclusive, and an operation that is due at the very end must be seen.
    if (at >= toMs) toMs = at + 1;
  }
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) return { fromMs: 0, toMs: 1000 };
  return { fromMs, toMs: Math.max(toMs, fromMs + 100) };
}

function factsOf(record: RunRecord): readonly Fact[] {
  const { host, plan, system } = record;
  const schedule = plan.schedule.map((injection) => `${injection.title} ${timingOf(injection)}`);
  const facts: [string, string | undefined][] = [
    ["run", record.id],
    ["seed", record.seed],
    ["commit", record.commit ?? "not known"],
    ["system", system.variant === undefined ? system.name : `${system.name} (${system.variant})`],
    ["environment", record.environment],
    ["started", record.startedAt],
    ["ended", record.endedAt ?? "not recorded"],
    ["load", `${loadOf(plan)}; ${plural(plan.arrivals.count, "operation")} planned`],
    ["planned faults", schedule.length === 0 ? "none" : schedule.join("; ")],
    ["arrivals (SHA-256)", plan.arrivals.sha256],
    [
      "host",
      `${host.platform}, ${plural(host.cores, "core")}, ${bytes(host.memoryMb * 1024 * 1024)}, node ${host.node}`,
    ],
    ["load of the host", hostLoadOf(record)],
    ["Faultline", record.faultline],
    ...Object.entries(record.versions),
    ["tags", record.scenario.tags.join(", ") || undefined],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** Above the number of its cores, what else ran there took of the time that was measured. */
function hostLoadOf({ host: { load, cores } }: RunRecord): string | undefined {
  if (load === undefined) return undefined;
  const { atStart, atEnd } = load;
  const words = atEnd === undefined ? "" : `, ${multiple(atEnd)} at the end`;
  return `${multiple(atStart)} at the start${words}, of ${plural(cores, "core")}`;
}

function missingOf(run: StoredRun): readonly string[] {
  const { record } = run;
  const missing = [...run.missing];
  if (record.status === "interrupted") missing.push("The run was interrupted: what came after is not there.");
  if (record.status === "failed") missing.push("The run did not go through all of its stages.");
  if (record.status === "running") missing.push("The run had not ended when this report was made.");
  if (run.history === undefined) missing.push("There is no history: nothing is known of any operation.");
  else if (run.history.count === 0) missing.push("The run saw no operation.");
  else if (run.history.count < record.plan.arrivals.count) {
    missing.push(
      `Of ${plural(record.plan.arrivals.count, "planned operation")} only ${count(run.history.count)} were recorded.`,
    );
  }
  for (const { title } of neverInjected(run))
    missing.push(`${title} was planned, but nothing tells that it was injected.`);
  if (run.events.length === 0) missing.push("There are no events: the timeline is empty, and no fault is proven.");
  if (Object.keys(run.logs).length === 0) missing.push("There are no logs.");
  if (record.generator === undefined) missing.push("The load generator did not report on itself.");
  return missing;
}

function loadOf({ workloads }: RunRecord["plan"]): string {
  return workloads.map(({ name, perSecond }) => `${name} ${rate(perSecond)}`).join(", ");
}
