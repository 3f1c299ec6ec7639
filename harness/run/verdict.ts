import { byPrecedence, type Cause, excusesBudgets, remedies } from "../model/cause.ts";
import type { Check, Evidence } from "../model/check.ts";
import { messageOf } from "../model/errors.ts";
import type { Receipt } from "../model/fault.ts";
import { crossingsOf, metTraffic } from "../model/measure/crossings.ts";
import { firstInjectionMs, wasInjected } from "../model/measure/moments.ts";
import { ownDoing, withoutOwnDoing } from "../model/measure/own-doing.ts";
import { answersSinceFault } from "../model/measure/steady.ts";
import { evidenceUntil } from "../model/measure/until.ts";
import type { PassedHow } from "../model/run.ts";
import { type CheckResult, type Verdict, worst } from "../model/verdict.ts";
import { readResult } from "../schema/check.ts";
import {
  type Course,
  causeOfCheck,
  causeOfUnproven,
  causesOfRun,
  isUndecidedByLateness,
  lateGenerator,
  lateWindows,
  lostRecords,
  withCause,
} from "./causes.ts";

/** What a run comes to. */
export interface Judged {
  readonly verdict: Verdict;
  readonly passed?: PassedHow;
  readonly checks: readonly CheckResult[];
  /** Why the run as a whole is in doubt, one sentence each, by their precedence. */
  readonly reasons: readonly string[];
  /** Of an inconclusive run: the first of all causes, those of its checks included. */
  readonly cause?: Cause;
  /** Of a failed run: why the fault may not be what broke the law, one sentence. */
  readonly otherCause?: string;
}

/**
 * Judges the evidence of a run. Pure, so that a stored run is judged again in the same way.
 *
 * A broken safety law fails the run, whatever else is said against it: one violation is one too many, and answers do not
 * lie because a host was busy; only where records are lost may the violation be the loss. A budget that was missed fails
 * the run only where nothing but the system can be the reason; what Faultline itself disturbed breaks no check. So a run
 * fails exactly when one of its checks does.
 * @param course how the run went: one that did not come to its end never passes
 */
export function judgeRun(
  evidence: Evidence,
  checks: readonly Check[],
  course: Course = { isComplete: true, reasons: [] },
): Judged {
  // Of a run that was ended early, a fault that it had not come to lacks nothing.
  const planned = course.isComplete
    ? evidence
    : { ...evidence, schedule: evidence.schedule.filter(wasInjected(evidence)) };
  const causes = byPrecedence([...causesOfRun(evidence, course), ...unprovenFaults(planned).map(causeOfUnproven)]);
  const results = checks.map((check) => judgeCheck(check, evidence, course, causes));
  const ofChecks = worst(results.map((result) => result.verdict));
  // A generator that was late excuses a budget that was missed; where all was well in spite of it, nothing is in doubt.
  const inDoubt = causes.filter(({ code }) => code !== "hostOverloaded" || ofChecks !== "pass");
  const verdict = worst([ofChecks, ...inDoubt.map((): Verdict => "inconclusive")]);
  const judged = { verdict, checks: results, reasons: inDoubt.map(({ text }) => text) };
  if (verdict === "fail") return { ...judged, ...otherCauseOf(evidence, checks, results, inDoubt) };
  if (verdict === "pass") return { ...judged, passed: usersNoticed(evidence) ? "degraded as designed" : "tolerated" };
  return { ...judged, cause: theCause(inDoubt, results, lateGenerator(evidence, course)) };
}

/** What leaves open whether it was the fault that broke a law; how the run ended, and its audit, do not. */
const leavesFaultOpen: ReadonlySet<Cause["code"]> = new Set([
  "toolReplaced",
  "hostOverloaded",
  "generatorOverflow",
  "steadyUnhealthy",
  "noEvidence",
  "nothingCrossed",
]);

/** Of the first check that failed. */
function otherCauseOf(
  evidence: Evidence,
  checks: readonly Check[],
  results: readonly CheckResult[],
  causes: readonly Cause[],
): Pick<Judged, "otherCause"> {
  const first = results.findIndex((result) => result.verdict === "fail");
  const before = brokenBefore(checks[first]!, evidence);
  const otherCause = before ?? causes.find(({ code }) => leavesFaultOpen.has(code))?.text;
  return otherCause === undefined ? {} : { otherCause };
}

/**
 * What was known when the first fault was requested breaks the law already, by an operation. That one of before is among the
 * witnesses is not enough: a write that was acknowledged then may be lost by the fault.
 */
function brokenBefore(check: Check, evidence: Evidence): string | undefined {
  if (!evidence.schedule.some(wasInjected(evidence))) return "nothing shows that a fault was injected";
  const { verdict, witness } = judgeOne(
    check,
    evidenceUntil(evidence, firstInjectionMs(evidence), check.guards === "budget"),
  );
  const isBroken = verdict === "fail" && witness.some(({ violates }) => violates);
  return isBroken ? "it was broken before the first injection" : undefined;
}

/** The first cause of the run as a whole; where there is none, the first of its undecided checks. */
function theCause([first]: readonly Cause[], results: readonly CheckResult[], late: Cause): Cause {
  const undecided = results.filter(({ verdict }) => verdict === "inconclusive");
  const noCheck: Cause = { code: "noCheck", text: "no check was judged", remedy: remedies.noCheck };
  return first ?? byPrecedence(undecided.map((result) => causeOfCheck(result, late)))[0] ?? noCheck;
}

/** What a check finds, less what may be due to something else than the system. */
function judgeCheck(check: Check, evidence: Evidence, course: Course, causes: readonly Cause[]): CheckResult {
  const result = judgeOne(check, evidence);
  if (result.verdict === "inconclusive") return withCause(result, isUndecidedByLateness(check, evidence), causes);
  if (result.verdict === "pass") return result;
  const excuse = causes.find(({ code }) => excusesBudgets.has(code));
  if (check.guards === "budget") return excuse === undefined ? result : excused(result, excuse);
  const [lost] = lostRecords(evidence, course);
  if (lost !== undefined) return excused(result, lost);
  return check.isDisturbable === true ? lessOwnDoing(check, result, evidence, causes) : result;
}

/** A check that crashes has decided nothing. */
function judgeOne(check: Check, evidence: Evidence): CheckResult {
  const { name, title, law, guards } = check;
  try {
    return readResult(check, check.judge(evidence));
  } catch (error) {
    const actual = `the check crashed: ${messageOf(error)}`;
    const found = { verdict: "inconclusive", expected: law, actual, witness: [], numbers: {} } as const;
    return { name, title, law, guards, ...found, cause: "checkCrashed", remedy: remedies.checkCrashed };
  }
}

/** What failed in a run that is in doubt is no failure, and no measurement to be taken with others. */
function excused(found: CheckResult, { code, remedy }: Cause): CheckResult {
  const { measure: _, ...result } = found;
  const actual = `${result.actual}; not a failure, as ${excuses[code] ?? "the run is in doubt"}`;
  return { ...result, verdict: "inconclusive", actual, witness: unproven(result), cause: code, remedy };
}

/** In short, as it follows "as". */
const excuses: Readonly<Partial<Record<Cause["code"], string>>> = {
  interrupted: "the run was interrupted",
  notCompleted: "the run did not come to its end",
  recordIncomplete: "the history is not whole",
  toolReplaced: "a tool of Faultline hung and was replaced",
  hostOverloaded: "the load generator was late throughout",
  generatorOverflow: "the load generator did not send all operations",
  workloadUnsettled: "calls of the workload did not settle",
  steadyUnhealthy: "the steady phase was unhealthy, too",
  noEvidence: "there is no evidence that each fault took effect",
  notHealed: "there is no evidence that each fault was healed",
  nothingCrossed: "nothing crossed a fault",
};

/** What can leave an operation without an answer, or end a process. */
const canBreakALaw: ReadonlySet<Cause["code"]> = new Set([
  "interrupted",
  "notCompleted",
  "toolReplaced",
  "hostOverloaded",
]);

/**
 * A law that Faultline itself can break stays broken only by what it did not disturb, and by no operation on a host that
 * was overloaded throughout. Where that holds and nothing else was disturbed than the end of a whole run, as by its
 * tear-down, the law holds; else it is undecided.
 */
function lessOwnDoing(check: Check, result: CheckResult, evidence: Evidence, causes: readonly Cause[]): CheckResult {
  const late = causes.some(({ code }) => code === "hostOverloaded") ? lateWindows(evidence.generator) : [];
  const [first] = [...ownDoing(evidence), ...late.map(() => ({ why: "the load generator was late" }))];
  if (first === undefined) return result;
  const undisturbed = judgeOne(check, withoutOwnDoing(evidence, late));
  const excuse = causes.find(({ code }) => canBreakALaw.has(code));
  if (undisturbed.verdict === "fail" || excuse === undefined) {
    if (undisturbed.actual === result.actual) return undisturbed;
    // It counts fewer operations than every other table of the run does, and says so.
    return { ...undisturbed, actual: `${undisturbed.actual}; without what happened when ${first.why}` };
  }
  const actual = `${result.actual}; not proven without what happened when ${first.why}`;
  const { code, remedy } = excuse;
  return { ...result, verdict: "inconclusive", actual, witness: unproven(result), cause: code, remedy };
}

/** Operations are still shown, but none as one that breaks the law. */
const unproven = ({ witness }: CheckResult): CheckResult["witness"] =>
  witness.map((one) => ({ ...one, violates: false }));

/** A fault that was not proven, did not heal provably, or met no operation, shows nothing. */
function unprovenFaults(evidence: Evidence): readonly string[] {
  const { schedule, receipts } = evidence;
  const crossings = crossingsOf(evidence);
  return schedule.flatMap((injection) => {
    const own = receipts.filter((receipt) => receipt.injection === injection.id);
    const without = injection.acts.filter((on) => !own.some((receipt) => receipt.on === on));
    if (without.length > 0) {
      const where = injection.acts.length > 1 ? ` on ${without.join(", ")}` : "";
      return [`${injection.title}: there is no receipt that it acted${where}`];
    }
    const problems = own.flatMap((receipt) => {
      const on = injection.acts.length > 1 ? ` on ${receipt.on}` : "";
      if (receipt.error !== undefined) return [`${injection.title}${on}: ${receipt.error}`];
      // A time that is stored as null is none.
      if (!Number.isFinite(receipt.provenMs)) return [`${injection.title}${on}: was never seen acting`];
      return Number.isFinite(receipt.healProvenMs) ? [] : [`${injection.title}${on}: was never seen healed`];
    });
    if (problems.length > 0) return problems;
    const met = crossings.some((one) => one.injection === injection.id && one.operations > 0);
    return met ? [] : [`${injection.title}: ${whyNotMet(own)}`];
  });
}

function whyNotMet(receipts: readonly Receipt[]): string {
  if (!receipts.every((receipt) => metTraffic(receipt) === false)) return "no operation was under way while it acted";
  const where = receipts.length === 1 ? "that link" : "any of its links";
  return `nothing went through ${where} while it acted`;
}

function usersNoticed(evidence: Evidence): boolean {
  const { total, ok } = answersSinceFault(evidence);
  return ok < total;
}
