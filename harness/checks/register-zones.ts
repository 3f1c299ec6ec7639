import type { Evidence } from "../model/check.ts";
import { isWrite } from "../model/workload.ts";
import { claimsNothing, flags, isAbsent, isAcknowledged, isNeverExecuted } from "./rows.ts";
import { groupsOf, type Key, keyspacesOf, sortNearly, spotsOf } from "./spots.ts";

/** Two clusters (a write and its reads; −1 the initial value) of which each would have to come before the other. */
export interface Conflict {
  readonly first: number;
  readonly second: number;
  readonly key: Key;
}

/** The clusters of a history, each with its zone. */
export interface Zones {
  readonly reads: number;
  readonly valuedReads: number;
  readonly absentReads: number;
  readonly writes: number;
  readonly keys: number;
  /** Reads that no order can explain; `writeRow` −1 when there is no such write. */
  readonly illegal: readonly { readonly row: number; readonly writeRow: number; readonly why: string }[];
  /** Write id → the earliest return and the latest invocation of its cluster; `first` is `Infinity` without a cluster. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Write id → its spot (a number of its key); the spots' own clusters of the initial value begin at −∞. */
  readonly spot: Int32Array;
  readonly initialLast: Float64Array;
  /** Spots on which reads found nothing and a delete may have happened: their zones alone do not decide. */
  readonly deletedSpots: ReadonlySet<number>;
  readonly keyOfSpot: readonly Key[];
  /** Whether a read without a value says nothing. */
  isUntold(row: number): boolean;
  /** The rows of a cluster that make its zone: that with the earliest return, and that with the latest invocation. */
  ends(evidence: Evidence, cluster: number, key: Key): readonly { readonly row: number; readonly isFirst: boolean }[];
}

/**
 * Which reads without a value saw the initial one: `run`, where any read of the run returned a value; `operation`, where one of
 * the same operation did.
 */
export type ToldBy = "run" | "operation";

/** Puts every write together with its reads. Columns only: histories of 10^7 operations go through here. */
export function zonesOf(evidence: Evidence, toldBy: ToldBy = "run"): Zones {
  const { history } = evidence;
  const [isWriting, isRead] = [
    flags(evidence, ({ effect }) => isWrite(effect)),
    flags(evidence, ({ effect }) => effect === "read"),
  ];
  const { of: spotOf, keys: keyOfSpot } = spotsOf(evidence);
  let size = 0;
  for (let row = 0; row < history.count; row += 1) size = Math.max(size, history.id[row]! + 1);
  const [first, last] = [
    new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
  ];
  const spot = new Int32Array(size).fill(-1);
  const writeRow = new Int32Array(size).fill(-1);
  const initialLast = new Float64Array(keyOfSpot.length).fill(Number.NEGATIVE_INFINITY);
  const { operation, id, wireMs, endMs, value } = history;
  const nothing = new Nothing(evidence, spotOf, keyOfSpot.length, tellingReads(evidence, isRead, toldBy));
  let [reads, valuedReads, absentReads, writes] = [0, 0, 0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (isWriting[operation[row]!] !== 1) continue;
    writeRow[id[row]!] = row;
    if (!isAcknowledged(history, row)) continue;
    writes += 1;
    spot[id[row]!] = spotOf[row]!;
    first[id[row]!] = endMs[row]!;
    last[id[row]!] = wireMs[row]!;
  }
  const illegal: Zones["illegal"][number][] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (isRead[operation[row]!] !== 1 || !isAcknowledged(history, row) || Number.isNaN(wireMs[row]!)) continue;
    reads += 1;
    if (isAbsent(history, row)) {
      absentReads += 1;
      if (nothing.isIllegal(row)) illegal.push({ row, writeRow: -1, why: nothing.why(row) });
      if (!nothing.isInitial(row)) continue;
    } else if (nothing.isUntold(row)) {
      continue;
    }
    if (Number.isNaN(value[row]!)) {
      const at = spotOf[row]!;
      if (wireMs[row]! > initialLast[at]!) initialLast[at] = wireMs[row]!;
      continue;
    }
    valuedReads += 1;
    const cluster = value[row]!;
    const why = whyIllegal(evidence, row, cluster < size ? writeRow[cluster]! : -1, spotOf);
    if (why !== undefined) {
      illegal.push({ row, writeRow: cluster < size ? writeRow[cluster]! : -1, why });
      continue;
    }
    // A write without a certain outcome has happened once it is read; when it returned is not known.
    if (spot[cluster] === -1) {
      writes += 1;
      spot[cluster] = spotOf[row]!;
      last[cluster] = wireMs[writeRow[cluster]!]!;
    }
    if (endMs[row]! < first[cluster]!) first[cluster] = endMs[row]!;
    if (wireMs[row]! > last[cluster]!) last[cluster] = wireMs[row]!;
  }
  const isInCluster = (row: number): boolean =>
    isAbsent(history, row) ? !nothing.deletedSpots.has(spotOf[row]!) : !nothing.isUntold(row);
  const ends: Zones["ends"] = (from, cluster, key) => endsOf(from, cluster, key, { isWriting, isRead, isInCluster });
  return {
    reads,
    valuedReads,
    absentReads,
    writes,
    keys: keyOfSpot.length,
    illegal,
    first,
    last,
    spot,
    initialLast,
    deletedSpots: nothing.deletedSpots,
    keyOfSpot,
    isUntold: (row) => nothing.isUntold(row),
    ends,
  };
}

/** Of each operation, 1 where its reads without a value saw the initial one. */
function tellingReads(evidence: Evidence, isRead: Uint8Array, toldBy: ToldBy): Uint8Array {
  // Where nothing is written, what is there is the initial value.
  if (!evidence.operations.some(({ effect }) => isWrite(effect))) return isRead;
  const tells = valueTellers(evidence, isRead);
  return toldBy === "run" && tells.includes(1) ? isRead : tells;
}

/** Of each operation, 1 where one of its reads returned a value. */
export function valueTellers({ history }: Evidence, isRead: Uint8Array): Uint8Array {
  const tells = new Uint8Array(isRead.length);
  for (let row = 0; row < history.count; row += 1) {
    const operation = history.operation[row]!;
    if (isRead[operation] !== 1 || !isAcknowledged(history, row) || Number.isNaN(history.wireMs[row]!)) continue;
    if (!Number.isNaN(history.value[row]!)) tells[operation] = 1;
  }
  return tells;
}

/** What reads without a value mean: the initial value, a key that is not there yet or was deleted, or nothing that was told. */
class Nothing {
  readonly deletedSpots = new Set<number>();
  readonly #evidence: Evidence;
  readonly #spotOf: Int32Array;
  readonly #mayBeDeleted: Uint8Array;
  readonly #hasInitial: Uint8Array;
  /** Of each operation: whether its reads without a value saw the initial one. */
  readonly #tells: Uint8Array;
  readonly #claimsNothing: (row: number) => boolean;

  constructor(evidence: Evidence, spotOf: Int32Array, spots: number, tells: Uint8Array) {
    const { history } = evidence;
    this.#evidence = evidence;
    this.#spotOf = spotOf;
    this.#tells = tells;
    this.#claimsNothing = claimsNothing(evidence);
    const deletes = flags(evidence, ({ effect }) => effect === "delete");
    this.#mayBeDeleted = new Uint8Array(spots);
    this.#hasInitial = new Uint8Array(spots);
    for (let row = 0; row < history.count; row += 1) {
      const operation = history.operation[row]!;
      if (deletes[operation] === 1 && !isNeverExecuted(history, row)) this.#mayBeDeleted[spotOf[row]!] = 1;
      if (tells[operation] !== 1 || !isAcknowledged(history, row) || Number.isNaN(history.wireMs[row]!)) continue;
      if (this.#claimsNothing(row)) continue;
      if (Number.isNaN(history.value[row]!) && !isAbsent(history, row)) this.#hasInitial[spotOf[row]!] = 1;
    }
  }

  isUntold(row: number): boolean {
    const { operation, value } = this.#evidence.history;
    return (this.#tells[operation[row]!] !== 1 && Number.isNaN(value[row]!)) || this.#claimsNothing(row);
  }

  /** Whether a read that found nothing found the key as it was in the beginning. */
  isInitial(row: number): boolean {
    const spot = this.#spotOf[row]!;
    if (this.#mayBeDeleted[spot] === 1) this.deletedSpots.add(spot);
    return this.#mayBeDeleted[spot] === 0 && !this.#wasThere(spot);
  }

  isIllegal(row: number): boolean {
    const spot = this.#spotOf[row]!;
    return this.#mayBeDeleted[spot] === 0 && this.#wasThere(spot);
  }

  why(row: number): string {
    return `found nothing of key ${this.#evidence.history.key[row]!}, which had its initial value and was never deleted`;
  }

  #wasThere(spot: number): boolean {
    return this.#hasInitial[spot] === 1;
  }
}

/** Why no order can explain a read; undefined when that is still to be seen. */
function whyIllegal(
  { history, operations }: Evidence,
  row: number,
  write: number,
  spotOf: Int32Array,
): string | undefined {
  const [id, key] = [history.value[row]!, history.key[row]!];
  if (write < 0 || operations[history.operation[write]!]?.effect !== "write")
    return `returned the value of operation ${id} for key ${key}, which wrote nothing`;
  if (spotOf[write]! !== spotOf[row]!) return `returned the value of operation ${id}, which wrote another key`;
  if (isNeverExecuted(history, write)) return `returned the value of operation ${id}, which was never executed`;
  if (history.endMs[row]! < history.wireMs[write]!)
    return `returned the value of operation ${id} before it was written`;
  return undefined;
}

/**
 * A zone is forward when something of the cluster had ended before something else of it began: the value was there all
 * that time. Two forward zones must not overlap, and no backward zone may lie inside a forward one.
 */
export function conflictsOf(zones: Zones): readonly Conflict[] {
  const { first, last, initialLast, keyOfSpot } = zones;
  const { order, starts } = groupsOf(zones.spot, keyOfSpot.length);
  for (let spot = 0; spot < keyOfSpot.length; spot += 1) {
    sortNearly(order.subarray(starts[spot]!, starts[spot + 1]!), (one, other) => first[one]! - first[other]!);
  }
  const conflicts: Conflict[] = [];
  const forward = new Uint32Array(order.length);
  for (let spot = 0; spot < keyOfSpot.length; spot += 1) {
    const key = keyOfSpot[spot]!;
    let [count, current, until] = [0, -1, initialLast[spot]!];
    // Forward zones, in the order of their beginnings; the initial value's begins before all others.
    for (let place = starts[spot]!; place < starts[spot + 1]!; place += 1) {
      const cluster = order[place]!;
      if (!(first[cluster]! < last[cluster]!)) continue;
      if (first[cluster]! < until) conflicts.push({ first: current, second: cluster, key });
      forward[count] = cluster;
      count += 1;
      if (last[cluster]! > until) [current, until] = [cluster, last[cluster]!];
    }
    for (let place = starts[spot]!; place < starts[spot + 1]!; place += 1) {
      const cluster = order[place]!;
      if (first[cluster]! < last[cluster]!) continue;
      const around = forwardAround(zones, forward, count, spot, cluster);
      if (around !== undefined) conflicts.push({ first: around, second: cluster, key });
    }
  }
  return conflicts;
}

/** The forward zone that a backward zone lies inside of; undefined when there is none. */
function forwardAround(
  { first, last, initialLast }: Zones,
  forward: Uint32Array,
  count: number,
  spot: number,
  backward: number,
): number | undefined {
  // A backward zone reaches from its latest invocation to its earliest return.
  const [from, to] = [last[backward]!, first[backward]!];
  if (to < initialLast[spot]!) return -1;
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (first[forward[middle]!]! < from) low = middle + 1;
    else high = middle;
  }
  const before = forward[low - 1];
  return before !== undefined && low > 0 && to < last[before]! ? before : undefined;
}

function endsOf(
  { history, operations }: Evidence,
  cluster: number,
  { keyspace, key }: Key,
  how: { readonly isWriting: Uint8Array; readonly isRead: Uint8Array; isInCluster(row: number): boolean },
) {
  const names = keyspacesOf(operations);
  let [first, last] = [-1, -1];
  for (let row = 0; row < history.count; row += 1) {
    const operation = history.operation[row]!;
    if (history.key[row] !== key || names.indexOf(operations[operation]!.keyspace) !== keyspace) continue;
    const isOwnWrite = how.isWriting[operation] === 1 && history.id[row] === cluster;
    const isOwnRead =
      how.isRead[operation] === 1 &&
      isAcknowledged(history, row) &&
      clusterOf(history.value[row]!) === cluster &&
      how.isInCluster(row);
    if (!isOwnWrite && !isOwnRead) continue;
    const returns = isOwnRead || isAcknowledged(history, row);
    if (returns && (first < 0 || history.endMs[row]! < history.endMs[first]!)) first = row;
    if (last < 0 || history.wireMs[row]! > history.wireMs[last]!) last = row;
  }
  const found = [
    { row: first, isFirst: true },
    { row: last, isFirst: false },
  ];
  return found.filter(({ row }) => row >= 0);
}

const clusterOf = (value: number): number => (Number.isNaN(value) ? -1 : value);
