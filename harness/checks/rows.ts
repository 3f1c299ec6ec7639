import type { Evidence, OperationInfo, Register } from "../model/check.ts";
import { grantCode, type History, operationFlags, outcomeCode } from "../model/history.ts";
import { type CheckResult, type Witness, witnessLimit } from "../model/verdict.ts";
import { commonKeyspace, isWrite } from "../model/workload.ts";
import { type Finding, witnessOf } from "./finding.ts";

export { canHaveBeenGood, isTimeout, leastTimeOf, ownTimeOf, wasHeldUp } from "../model/measure/lateness.ts";

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

/** Of a key: the acknowledged write of this version, or the last read that returned it. */
export function rowOfVersion(
  { history, operations }: Evidence,
  { keyspace = commonKeyspace, key }: Pick<Register, "keyspace" | "key">,
  version: number,
  effect: "read" | "write",
): number | undefined {
  let found: number | undefined;
  for (let row = 0; row < history.count; row += 1) {
    if (history.key[row] !== key || history.version[row] !== version || history.outcome[row] !== okCode) continue;
    const { effect: own, keyspace: space } = operations[history.operation[row]!] ?? {};
    if (space === keyspace && (effect === "write" ? isWrite(own) : own === effect)) found = row;
  }
  return found;
}

/** A key for people: of the keyspace that all workloads share without its name. */
export function keyName({ keyspace = commonKeyspace, key }: Pick<Register, "keyspace" | "key">): string {
  return keyspace === commonKeyspace ? `key ${key}` : `key ${key} of ${keyspace}`;
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

/**
 * Whether a read says nothing of what it saw: it has no version, though reads of its operation return versions, and no value, as
 * a copy of an earlier answer that is marked as one. Where no read of an operation returns versions, one without a value saw the
 * initial value.
 */
export function claimsNothing(evidence: Evidence): (row: number) => boolean {
  const { history } = evidence;
  const returnsVersions = new Uint8Array(evidence.operations.length);
  for (let row = 0; row < history.count; row += 1) {
    if (!isAcknowledged(history, row) || Number.isNaN(history.version[row]!) || isAbsent(history, row)) continue;
    returnsVersions[history.operation[row]!] = 1;
  }
  return (row) =>
    returnsVersions[history.operation[row]!] === 1 &&
    Number.isNaN(history.version[row]!) &&
    Number.isNaN(history.value[row]!) &&
    !isAbsent(history, row);
}

/** A finding that decides nothing, and why. */
export function undecided(expected: string, actual: string, numbers: CheckResult["numbers"] = {}): Finding {
  return { verdict: "inconclusive", expected, actual, numbers };
}

/** The names among these that the workload does not have. */
export function unknownNames(evidence: Evidence, names: readonly string[] | undefined): string | undefined {
  const known = evidence.operations.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  return unknown === undefined ? undefined : `the workload has no operation "${unknown}"; it has ${known.join(", ")}`;
}
