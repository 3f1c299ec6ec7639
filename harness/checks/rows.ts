import type { Evidence, Interval, OperationInfo } from "../model/check.ts";
import { grantCode, type History, operationFlags, outcomeCode } from "../model/history.ts";
import { type CheckResult, type Witness, witnessLimit } from "../model/verdict.ts";
import { isWrite } from "../model/workload.ts";
import { type Finding, witnessOf } from "./finding.ts";

/** One flag for each operation of the run, by its number: which operations a check is about. */
export function flags(evidence: Evidence, isMeant: (operation: OperationInfo) => boolean): Uint8Array {
  return Uint8Array.from(evidence.operations, (operation) => (isMeant(operation) ? 1 : 0));
}

/** `id` → row, for ids that are small numbers, as those of a plan are; −1 where there is none. */
export function rowsById({ history }: Evidence): Int32Array {
  let largest = -1;
  for (let row = 0; row < history.count; row += 1) largest = Math.max(largest, history.id[row]!);
  const rows = new Int32Array(largest + 1).fill(-1);
  for (let row = 0; row < history.count; row += 1) rows[history.id[row]!] = row;
  return rows;
}

/** Of a key of the common keyspace: the acknowledged write of this version, or the last read that returned it. */
export function rowOfVersion(
  { history, operations }: Evidence,
  key: number,
  version: number,
  effect: "read" | "write",
): number | undefined {
  let found: number | undefined;
  for (let row = 0; row < history.count; row += 1) {
    if (history.key[row] !== key || history.version[row] !== version || history.outcome[row] !== okCode) continue;
    const { effect: own } = operations[history.operation[row]!] ?? {};
    if (effect === "write" ? isWrite(own) : own === effect) found = row;
  }
  return found;
}

const okCode = outcomeCode("ok");
const rejectedCode = outcomeCode("rejected");
const neverSent = [outcomeCode("failed"), outcomeCode("overflow")];
const denied = grantCode(false);

/**
 * Whether an operation certainly had no effect and never will. A refusal is none of these unless it says so: what it
 * refused to wait for may have happened.
 */
export function isNeverExecuted(history: History, row: number): boolean {
  const outcome = history.outcome[row]!;
  if (outcome === rejectedCode) return (history.flags[row]! & operationFlags.notExecuted) !== 0;
  return neverSent.includes(outcome);
}

/**
 * Whether its caller was promised that a write happened, or given what a read asked for. A caller who was turned away, as it
 * should be, was promised and given nothing.
 */
export function isAcknowledged(history: History, row: number): boolean {
  return history.outcome[row] === okCode && history.granted[row] !== denied;
}

/** Whether a read found nothing. */
export function isAbsent(history: History, row: number): boolean {
  return (history.flags[row]! & operationFlags.absent) !== 0;
}

/** A row of the history with what is remarkable about it. */
export interface Noted {
  readonly row: number;
  readonly note: string;
  readonly violates: boolean;
}

/** At most ten operations, each once, in the order in which they were due. */
export function witnesses(evidence: Evidence, noted: readonly Noted[]): readonly Witness[] {
  const byRow = new Map<number, Noted>();
  for (const one of noted) {
    const known = byRow.get(one.row);
    if (known === undefined && byRow.size === witnessLimit) continue;
    if (known === undefined || (one.violates && !known.violates)) byRow.set(one.row, one);
  }
  const { intendedMs } = evidence.history;
  return [...byRow.values()]
    .sort((one, other) => intendedMs[one.row]! - intendedMs[other.row]!)
    .map(({ row, note, violates }) => witnessOf(evidence, row, note, violates));
}

/** Whether the load generator was late itself at some time of these: that cannot support a `fail`. */
export function isTainted({ generator }: Evidence, { fromMs, toMs }: Interval): boolean {
  return generator.tainted.some((window) => window.fromMs < toMs && fromMs < window.toMs);
}

/**
 * Whether the machine, and with it the system, stood still while an operation was under way. As long again after that it
 * is late with what has piled up (a "hiccup": G. Tene, "How NOT to Measure Latency", 2013). What was not ok then may be
 * the system's doing or not: a verdict stands only where it is the same either way.
 */
export function wasHeldUp({ history, generator }: Evidence, row: number): boolean {
  const [dueMs, endMs] = [history.intendedMs[row]!, history.endMs[row]!];
  return (generator.standstills ?? []).some(({ fromMs, toMs }) => fromMs < endMs && dueMs < toMs + (toMs - fromMs));
}

/** A shorter stop of its loop the load generator does not note. */
const leastNotedMs = 50;

/**
 * How much of an operation's time can have been the load generator's own, in ms: nothing where it was in time; else as much
 * as it was ever late in the run, twice, since it may have sent late and read the answer late.
 */
export function ownTime(evidence: Evidence, interval: Interval): number {
  return isTainted(evidence, interval) ? 2 * Math.max(leastNotedMs, evidence.generator.lagMaxMs) : 0;
}

/** A finding that decides nothing, and why. */
export function undecided(expected: string, actual: string, numbers: CheckResult["numbers"] = {}): Finding {
  return { verdict: "inconclusive", expected, actual, numbers };
}

/** Why a check over the final state has nothing to look at; undefined when it has. */
export function missingState(evidence: Evidence, part: "cache" | "index" | "jobs"): string | undefined {
  if (evidence.finalState === undefined) return "the final state was not read: the scenario needs an `audit`";
  if (evidence.finalState[part] === undefined) return `the audit did not read \`${part}\``;
  return undefined;
}

/** The names among these that the workload does not have. */
export function unknownNames(evidence: Evidence, names: readonly string[] | undefined): string | undefined {
  const known = evidence.operations.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  return unknown === undefined ? undefined : `the workload has no operation "${unknown}"; it has ${known.join(", ")}`;
}
