import type { Check, Evidence } from "../model/check.ts";
import { messageOf } from "../model/errors.ts";
import type { Receipt } from "../model/fault.ts";
import { crossingsOf, metTraffic } from "../model/measure/crossings.ts";
import type { PassedHow } from "../model/run.ts";
import { type CheckResult, type Verdict, worst } from "../model/verdict.ts";
import { answersIn } from "./answers.ts";

/** The steady phase is the control: below this share of good answers there is nothing to compare a fault with. */
const steadyOkAtLeast = 0.99;

/** What a run comes to. */
export interface Judged {
  readonly verdict: Verdict;
  readonly passed?: PassedHow;
  readonly checks: readonly CheckResult[];
  /** Why the run cannot tell, one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * Judges the evidence of a run. Pure, so that a stored run is judged again in the same way.
 * @param course how the run went: one that did not come to its end is inconclusive, whatever it saw, since what it saw
 * may be the doing of what ended it
 */
export function judgeRun(
  evidence: Evidence,
  checks: readonly Check[],
  course: { readonly isComplete: boolean; readonly reasons: readonly string[] } = { isComplete: true, reasons: [] },
): Judged {
  const results = checks.map((check) => judgeOne(check, evidence));
  const unhealthy = unhealthySteady(evidence);
  const reasons = [
    ...course.reasons,
    ...unhealthy,
    ...unprovenFaults(evidence),
    ...overflow(evidence),
    ...unsettled(evidence),
    ...replaced(evidence),
  ];
  const ofChecks = worst(results.map((result) => result.verdict));
  if (unhealthy.length > 0 || !course.isComplete) return { verdict: "inconclusive", checks: results, reasons };
  const verdict = worst([ofChecks, ...reasons.map((): Verdict => "inconclusive")]);
  const passed: { passed?: PassedHow } =
    verdict === "pass" ? { passed: usersNoticed(evidence) ? "degraded as designed" : "tolerated" } : {};
  return { verdict, checks: results, reasons, ...passed };
}

/** A check that crashes has decided nothing. */
function judgeOne(check: Check, evidence: Evidence): CheckResult {
  const { name, title, law, guards } = check;
  try {
    return check.judge(evidence);
  } catch (error) {
    const actual = `the check crashed: ${messageOf(error)}`;
    return { name, title, law, guards, verdict: "inconclusive", expected: law, actual, witness: [], numbers: {} };
  }
}

function unhealthySteady({ history }: Evidence): readonly string[] {
  const { total, ok } = answersIn(history, ["steady"]);
  if (total === 0) return ["no operation was due in the steady phase, so there is nothing to compare the fault with"];
  if (ok / total >= steadyOkAtLeast) return [];
  const share = ((ok / total) * 100).toFixed(1);
  return [`the steady phase was unhealthy without any fault: only ${ok} of ${total} operations (${share} %) were ok`];
}

/** A fault that was not proven, did not heal provably, or met no operation, shows nothing. */
function unprovenFaults(evidence: Evidence): readonly string[] {
  const { schedule, receipts } = evidence;
  const crossings = crossingsOf(evidence);
  return schedule.flatMap((injection) => {
    const own = receipts.filter((receipt) => receipt.injection === injection.id);
    if (own.length < injection.acts.length) return [`${injection.title}: there is no receipt that it acted`];
    const problems = own.flatMap((receipt) => {
      const on = injection.acts.length > 1 ? ` on ${receipt.on}` : "";
      if (receipt.error !== undefined) return [`${injection.title}${on}: ${receipt.error}`];
      if (receipt.provenMs === undefined) return [`${injection.title}${on}: was never seen acting`];
      return receipt.healProvenMs === undefined ? [`${injection.title}${on}: was never seen healed`] : [];
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

function overflow({ generator }: Evidence): readonly string[] {
  if (generator.overflow === 0) return [];
  return [
    `the load generator could not send ${generator.overflow} of ${generator.planned} operations: it was at its bound`,
  ];
}

/** What such a call still does to the system, or to the process that measures it, nobody can say. */
function unsettled({ generator }: Evidence): readonly string[] {
  if (generator.unsettled === 0) return [];
  const calls = generator.unsettled === 1 ? "1 call" : `${generator.unsettled} calls`;
  return [
    `${calls} of perform had not settled a second after the load was over: let each of them end when its signal is aborted [WORKLOAD_NEVER_SETTLES]`,
  ];
}

/** What was broken off then was not the fault's doing. */
function replaced({ events }: Evidence): readonly string[] {
  return events.flatMap((event) =>
    event.type === "replaced"
      ? [`${event.what} hung (${event.why}) and was replaced, and every connection through it was broken off`]
      : [],
  );
}

function usersNoticed({ history }: Evidence): boolean {
  const { total, ok } = answersIn(history, ["faults", "recovery"]);
  return ok < total;
}
