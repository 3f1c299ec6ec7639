import type { Evidence } from "../model/check.ts";
import { isWrite } from "../model/workload.ts";
import { flags, isAcknowledged, isNeverExecuted, rowsById } from "./rows.ts";
import { type Spots, spotsOf } from "./spots.ts";

/** What a history says of the writes of its keys, deletes among them. */
export interface KeyWrites {
  readonly spots: Spots;
  /** Operation id → its row; −1 where there is none. */
  readonly rowOf: Int32Array;
  /** Row → when it was certain that the write had taken effect; `Infinity` where it never was, and for other operations. */
  readonly effectMs: Float64Array;
  /** Row of a write that nothing acknowledged → the row of the read that first saw its value; −1 where none did. */
  readonly seenBy: Int32Array;
  /**
   * Row → its version, where it can be compared with others of its key; else `NaN`. A write that was told none has that of
   * the first read which returned its value.
   */
  readonly version: Float64Array;
}

/** One pass over the history, and one over its reads. Columns only: histories of 10^7 operations go through here. */
export function keyWritesOf(evidence: Evidence): KeyWrites {
  const { history } = evidence;
  const spots = spotsOf(evidence);
  const rowOf = rowsById(evidence);
  const writes = flags(evidence, ({ effect }) => isWrite(effect));
  const effectMs = new Float64Array(history.count).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < history.count; row += 1) {
    if (writes[history.operation[row]!] === 1 && isAcknowledged(history, row)) effectMs[row] = history.endMs[row]!;
  }
  const seenBy = new Int32Array(history.count).fill(-1);
  const version = comparableVersions(evidence, spots);
  markSeen(evidence, { spots, rowOf, effectMs, seenBy, version });
  return { spots, rowOf, effectMs, seenBy, version };
}

/** A read that returned a value proves that its write had taken effect by then, whatever became of the write's answer. */
function markSeen(evidence: Evidence, { spots, rowOf, effectMs, seenBy, version }: KeyWrites): void {
  const { history } = evidence;
  const reads = flags(evidence, ({ effect }) => effect === "read");
  /** Of writes that were told no version: when the read had ended whose version they have. */
  const toldMs = new Map<number, number>();
  for (let row = 0; row < history.count; row += 1) {
    if (reads[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
    const write = sourceOf(evidence, { spots, rowOf }, row);
    if (write < 0) continue;
    if (!Number.isNaN(version[row]!) && Number.isNaN(history.version[write]!)) {
      if (!(history.endMs[row]! >= (toldMs.get(write) ?? Number.POSITIVE_INFINITY))) {
        toldMs.set(write, history.endMs[row]!);
        version[write] = version[row]!;
      }
    }
    if (!(history.endMs[row]! < effectMs[write]!)) continue;
    effectMs[write] = history.endMs[row]!;
    seenBy[write] = row;
  }
}

/** The row of the write of this key with this id; −1 when there is none. */
export function writeOf(
  { history, operations }: Evidence,
  { spots, rowOf }: Pick<KeyWrites, "spots" | "rowOf">,
  id: number,
  spot: number,
): number {
  if (!(id >= 0 && id < rowOf.length)) return -1;
  const row = rowOf[id]!;
  if (row < 0 || spots.of[row] !== spot) return -1;
  return operations[history.operation[row]!]?.effect === "write" ? row : -1;
}

/** The row of the write whose value a read returned; −1 when it cannot have been: of no such write, or of a later one. */
export function sourceOf(evidence: Evidence, writes: Pick<KeyWrites, "spots" | "rowOf">, read: number): number {
  const { history } = evidence;
  const write = writeOf(evidence, writes, history.value[read]!, writes.spots.of[read]!);
  const isPossible = write >= 0 && !isNeverExecuted(history, write) && history.wireMs[write]! <= history.endMs[read]!;
  return isPossible ? write : -1;
}

/**
 * Where deletes have no version of their own, a key that is made again may begin anew with its first version: its versions
 * say nothing then, and it is judged by values and time.
 */
function comparableVersions(evidence: Evidence, spots: Spots): Float64Array {
  const { history } = evidence;
  const version = history.version.slice(0, history.count);
  const untold = flags(evidence, ({ effect }) => effect === "delete");
  if (!untold.includes(1)) return version;
  for (let row = 0; row < history.count; row += 1) {
    if (isAcknowledged(history, row) && !Number.isNaN(history.version[row]!)) untold[history.operation[row]!] = 0;
  }
  if (!untold.includes(1)) return version;
  const restarts = new Uint8Array(spots.keys.length);
  for (let row = 0; row < history.count; row += 1) {
    if (untold[history.operation[row]!] === 1 && !isNeverExecuted(history, row)) restarts[spots.of[row]!] = 1;
  }
  for (let row = 0; row < history.count; row += 1) if (restarts[spots.of[row]!] === 1) version[row] = Number.NaN;
  return version;
}
