import { type Cause, type CauseCode, remedies } from "../model/cause.ts";
import type { Check, Evidence, GeneratorReport, Interval } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { outcomes } from "../model/history.ts";
import { stoppedMs } from "../model/measure/own-doing.ts";
import { isSteadyOf, steadyAnswers } from "../model/measure/steady.ts";
import { count, duration, multipleBeside, percentBeside, plural, roundedTo } from "../model/quantities.ts";
import type { RunRecord, RunStatus } from "../model/run.ts";
import type { CheckResult } from "../model/verdict.ts";

/** The steady phase is the control: below this share of good answers there is nothing to compare a fault with. */
const steadyOkAtLeast = 0.99;
/** A generator that was late in so much of the steady phase, and of what came after it, was late throughout. */
const throughoutAtLeast = 0.8;
/** A window in which the generator was late by less has cost the system no deadline. */
const harmlessLagMs = 100;

/** How a run went, whatever its checks say. Everything of it is in the run's record. */
export interface Course {
  readonly isComplete: boolean;
  readonly reasons: readonly string[];
  readonly status?: RunStatus;
  readonly host?: Partial<Pick<RunRecord["host"], "cores" | "load">>;
}

const causeOf = (code: CauseCode, text: string, remedy: string = remedies[code]): Cause => ({ code, text, remedy });

/** Causes that lie in how the run went, in the load generator and in the steady phase. */
export function causesOfRun(evidence: Evidence, course: Course): readonly Cause[] {
  return [
    ...ofCourse(course),
    ...lostRecords(evidence, course),
    ...replaced(evidence),
    ...(isLateThroughout(evidence) ? [lateGenerator(evidence, course)] : []),
    ...overflow(evidence),
    ...unsettled(evidence),
    ...unhealthySteady(evidence, course),
  ];
}

/** How the reasons begin that a run gives for how it went, with their causes. A run stores them as texts. */
const courseReasons: readonly (readonly [RegExp, CauseCode])[] = [
  [/^the audit failed: /, "auditFailed"],
  [/^the system had not come to rest /, "notAtRest"],
  [/^a fault could not be played: /, "noEvidence"],
  [/^an event could not be /, "recordIncomplete"],
];

function ofCourse({ isComplete, reasons, status }: Course): readonly Cause[] {
  const isInterrupted = status === "interrupted" || /^(run: )?interrupted by /.test(reasons[0] ?? "");
  const [first = isInterrupted ? "the run was interrupted" : "the run did not come to its end", ...others] = reasons;
  const texts = isComplete ? reasons : others;
  const ended: CauseCode = isInterrupted ? "interrupted" : "notCompleted";
  return [
    ...(isComplete ? [] : [causeOf(ended, first.replace(/^run: interrupted/, "the run was interrupted"))]),
    ...texts.map((text) => causeOf(courseReasons.find(([begin]) => begin.test(text))?.[1] ?? "leftBroken", text)),
  ];
}

/**
 * Operations that were under way, or had just ended, when the runner was killed, or that a torn file has lost: a write of
 * which nothing is known makes a correct answer look wrong, and a lost answer may have been wrong.
 */
export function lostRecords({ history, generator }: Evidence, { isComplete }: Course): readonly Cause[] {
  const isReported = generator.recorded > 0 || history.count === 0;
  if (history.count >= generator.recorded && (isReported || isComplete)) return [];
  if (isReported) {
    return [
      causeOf("recordIncomplete", `only ${history.count} of ${generator.recorded} operations are in the history`),
    ];
  }
  const text = "the load did not come to its end, so operations that were under way are not in the history";
  return [causeOf("recordIncomplete", text, remedies.interrupted)];
}

/** What was broken off then was not the fault's doing. In tear-down there is nothing left that it could disturb. */
function replaced({ events }: Evidence): readonly Cause[] {
  const tearDown = events.find((event) => event.type === "phase" && event.phase === "tearDown");
  return events.flatMap((event: RunEvent & Partial<Interval>) => {
    const isOver = tearDown !== undefined && event.fromMs !== undefined && event.fromMs >= tearDown.atMs;
    if (event.type !== "replaced" || isOver) return [];
    const text = `${event.what} hung (${event.why}) and was replaced, and every connection through it was broken off`;
    return [causeOf("toolReplaced", text)];
  });
}

/**
 * Whether the load generator was late in nearly all of the steady phase and in nearly all that came after it, and by more
 * than is harmless. One that is late only since a fault began may be so because of the system.
 */
function isLateThroughout({ generator, phases }: Evidence): boolean {
  const { steady, faults, recovery } = phases;
  const after = [faults, recovery].filter((phase) => phase !== undefined);
  if (steady === undefined) return false;
  const late = lateWindows(generator);
  return [[steady], after].every((spans) => spans.length === 0 || lateShare(late, spans) >= throughoutAtLeast);
}

/** When the load generator was late by more than is harmless. */
export const lateWindows = (generator: GeneratorReport): readonly Interval[] =>
  generator.tainted.filter((window) => lagOf(window, generator) >= harmlessLagMs);

/** By the window itself; else by what its reason names, as `lag up to 120 ms`; else the longest of the run. */
function lagOf(window: TaintedWindow & { readonly lagMaxMs?: number }, { lagMaxMs }: GeneratorReport): number {
  const named = Array.from(window.reason.matchAll(/([\d.]+) ms/g), ([, ms]) => Number(ms));
  return window.lagMaxMs ?? (named.length === 0 ? lagMaxMs : Math.max(...named));
}
type TaintedWindow = GeneratorReport["tainted"][number];

/** How much of these stretches of time lies in windows in which the generator was late; the windows do not overlap. */
function lateShare(windows: readonly Interval[], spans: readonly Interval[]): number {
  const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
  const within = (span: Interval): number =>
    sum(windows.map((one) => Math.max(0, Math.min(one.toMs, span.toMs) - Math.max(one.fromMs, span.fromMs))));
  return sum(spans.map(within)) / sum(spans.map(({ fromMs, toMs }) => toMs - fromMs));
}

/** The host's load explains a late generator where more programs wanted a core than there are. */
export function lateGenerator({ generator }: Evidence, { host }: Course): Cause {
  const late = `requests up to ${duration(generator.lagMaxMs)} late`;
  const { cores, load } = host ?? {};
  const most = Math.max(load?.atStart ?? 0, load?.atEnd ?? 0);
  if (cores === undefined || most <= cores) return causeOf("hostOverloaded", `the load generator was late (${late})`);
  const words = `load ${multipleBeside(most, cores)} on ${plural(cores, "core")}`;
  return causeOf("hostOverloaded", `the host was overloaded (${words}, ${late})`);
}

function overflow({ generator }: Evidence): readonly Cause[] {
  if (generator.overflow === 0) return [];
  const text = `the load generator did not send ${generator.overflow} of ${generator.planned} operations: too many were in flight`;
  return [causeOf("generatorOverflow", text)];
}

/** What such a call still does to the system, or to the process that measures it, is unknown. */
function unsettled({ generator }: Evidence): readonly Cause[] {
  if (generator.unsettled === 0) return [];
  const calls = generator.unsettled === 1 ? "1 call" : `${generator.unsettled} calls`;
  const text = `${calls} of perform had not settled a second after the load was over: let each of them end when its signal is aborted [WORKLOAD_NEVER_SETTLES]`;
  return [causeOf("workloadUnsettled", text)];
}

/** Of a run that was stopped in its steady phase, without the operations that the stop cut off. */
function unhealthySteady(evidence: Evidence, { isComplete }: Course): readonly Cause[] {
  const untilMs = stoppedMs(evidence);
  const { total, ok } = steadyAnswers(evidence, untilMs);
  // A run that was ended before it came to that says so.
  if (total === 0 && !isComplete) return [];
  if (total === 0) {
    const text =
      "no operation of the steady phase ended before the first fault, so there is nothing to compare it with";
    return [causeOf("steadyUnhealthy", text, "Lengthen the steady phase, or raise the rate.")];
  }
  if (ok / total >= steadyOkAtLeast) return [];
  const share = percentBeside(ok / total, steadyOkAtLeast);
  const text = `the steady phase was unhealthy without any fault: only ${count(ok)} of ${count(total)} operations (${share}) were ok`;
  const mostOften = mostOftenNotOk(evidence, untilMs);
  const ofJudge = /, "its (?:judge|perform) /.test(mostOften) ? "Correct the workload, then run it again." : undefined;
  return [causeOf("steadyUnhealthy", `${text}; most often: ${mostOften}`, ofJudge)];
}

/** The operation and the reason that most operations of the steady phase had which were not ok. */
function mostOftenNotOk(evidence: Evidence, untilMs: number): string {
  const { history, operations, errors } = evidence;
  const isSteady = isSteadyOf(evidence, untilMs);
  const counts = new Map<string, number>();
  for (let row = 0; row < history.count; row += 1) {
    const outcome = outcomes[history.outcome[row]!]!;
    if (outcome === "ok" || !isSteady(row)) continue;
    const detail = errors[history.error[row]!] ?? "";
    const why =
      detail === "" || detail === outcome ? "" : `, "${detail.length > 160 ? `${detail.slice(0, 159)}…` : detail}"`;
    const name = `${operations[history.operation[row]!]?.name ?? "an operation"} ${outcome}${why}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [[name, count] = ["unknown", 0]] = [...counts].toSorted(([, one], [, other]) => other - one);
  return `${name} (${count === 1 ? "once" : `${count} times`})`;
}

/** Which cause a sentence about an unproven fault names. */
export function causeOfUnproven(text: string): Cause {
  if (/never seen healed|: healing: |not healed/.test(text)) return causeOf("notHealed", text);
  if (/no operation was under way|nothing went through|crossed|no traffic/.test(text))
    return causeOf("nothingCrossed", text);
  return causeOf("noEvidence", text);
}

/** Of checks that do not say themselves what they lack, as those of a scenario's own: what their words mean. */
const wordsOfChecks: readonly (readonly [RegExp, CauseCode])[] = [
  [/the (stored )?final state cannot be judged|the final state was not read: the audit failed/, "auditFailed"],
  [/the final state was not read|the audit did not read/, "auditMissing"],
  [/too few|so few|too near the budget|it takes [\d,]+|only [\d,]+ samples?/, "tooFewSamples"],
];

/** Causes by which a run has no final state, though its scenario may have an audit. */
const leaveNoState: ReadonlySet<CauseCode> = new Set(["interrupted", "notCompleted", "auditFailed"]);

/**
 * An undecided result with the cause and the remedy that it does not have itself.
 * @param isLate whether the check decides where the load generator was never late
 * @param ofRun the causes of the run as a whole
 */
export function withCause(result: CheckResult, isLate: boolean, ofRun: readonly Cause[]): CheckResult {
  const words = wordsOfChecks.find(([pattern]) => pattern.test(result.actual))?.[1] ?? "undecided";
  const cause = result.cause ?? (isLate ? "hostOverloaded" : words);
  const noState = cause === "auditMissing" ? ofRun.find(({ code }) => leaveNoState.has(code)) : undefined;
  if (noState !== undefined) return { ...result, cause: noState.code, remedy: noState.remedy };
  const remedy = result.remedy ?? (cause === "tooFewSamples" ? remedyForSamples(result) : remedies[cause]);
  return { ...result, cause, remedy };
}

/** By how much the rate or the length must grow, where the check says how many operations it takes. */
function remedyForSamples({ actual, numbers }: CheckResult): string {
  const needed = Number(/takes ([\d,]+)/.exec(actual)?.[1]?.replaceAll(",", ""));
  const seen = Number(numbers["total"] ?? numbers["samples"]);
  if (!(needed > seen && seen > 0)) return remedies.tooFewSamples;
  const factor = count(roundedTo(needed / seen, 0.1, "up"));
  return `Raise the rate ${factor} times, or make the phases ${factor} times as long.`;
}

/** Whether a check that is undecided decides where nothing was late: then it is the lateness that keeps it from it. */
export function isUndecidedByLateness(check: Check, evidence: Evidence): boolean {
  const { generator } = evidence;
  if (generator.tainted.length === 0 && (generator.standstills ?? []).length === 0) return false;
  const inTime = { ...generator, lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, tainted: [], standstills: [] };
  try {
    return check.judge({ ...evidence, generator: inTime }).verdict !== "inconclusive";
  } catch {
    return false;
  }
}

/** The cause that an undecided check gives for the whole run. */
export function causeOfCheck(result: CheckResult, late: Cause): Cause {
  const { cause = "undecided", title, actual, remedy = remedies[cause] } = result;
  return cause === "hostOverloaded" ? late : causeOf(cause, `${title}: ${actual}`, remedy);
}
