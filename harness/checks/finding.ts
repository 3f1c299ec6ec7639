import type { Check, Evidence } from "../model/check.ts";
import { loadPhases, outcomes } from "../model/history.ts";
import { firstInjectionMs } from "../model/measure/moments.ts";
import type { CheckResult, Witness } from "../model/verdict.ts";

/** What a check has to say of the evidence; what it says of itself is added. */
export type Finding = Omit<CheckResult, "name" | "title" | "law" | "guards" | "witness" | "numbers"> &
  Partial<Pick<CheckResult, "witness" | "numbers">>;

/** A check from its law and a pure function of the evidence. */
export function checkOf(said: Omit<Check, "judge">, find: (evidence: Evidence) => Finding): Check {
  const { name, title, law, guards } = said;
  return { ...said, judge: (evidence) => ({ name, title, law, guards, witness: [], numbers: {}, ...find(evidence) }) };
}

/**
 * One operation as a piece of evidence. It begins when it was due and ends when it was settled.
 * @param row of the history
 * @param note what is remarkable about it
 * @param violates whether it breaks the law itself, or only shows why another one does
 */
export function witnessOf(evidence: Evidence, row: number, note: string, violates = true): Witness {
  const { history } = evidence;
  const zeroMs = firstInjectionMs(evidence);
  const toFaultMs = history.endMs[row]! - zeroMs;
  return {
    id: history.id[row]!,
    operation: evidence.operations[history.operation[row]!]?.name ?? "unknown",
    outcome: outcomes[history.outcome[row]!]!,
    session: history.session[row]!,
    key: history.key[row]!,
    fromFaultMs: rounded(history.intendedMs[row]! - zeroMs),
    toFaultMs: Number.isNaN(toFaultMs) ? null : rounded(toFaultMs),
    violates,
    note,
  };
}

/** Why an operation ended as it did, in its own words. */
export function detailOf(evidence: Evidence, row: number): string {
  const { history, errors } = evidence;
  return errors[history.error[row]!] || outcomes[history.outcome[row]!]!;
}

/** The phase that all these rows were due in, when it is one. */
export function commonPhase(evidence: Evidence, rows: readonly number[]): Pick<Finding, "phase"> {
  const phases = new Set(rows.map((row) => evidence.history.phase[row]!));
  const [only] = phases;
  const phase = only === undefined || phases.size > 1 ? undefined : loadPhases[only];
  return phase === undefined ? {} : { phase };
}

/** To the microsecond, which is as fine as a history is. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
