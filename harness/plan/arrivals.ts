import { createHash } from "node:crypto";
import { type LoadPhase, phaseCode } from "../model/history.ts";
import type { Arrivals } from "../model/plan.ts";
import type { Random } from "../model/random.ts";
import { commonKeyspace, type Workload } from "../model/workload.ts";
import { accumulated } from "./rate.ts";

/** A part of the load and how long it takes. */
export interface PhaseLength {
  readonly phase: LoadPhase;
  readonly lengthMs: number;
}

/**
 * Draws every operation of a run: when it is due, what it does, on which key, for whom. Open loop: nothing that happens
 * later changes it. Each number depends on the seed, its own stream and the operation's place in its workload only, so
 * that another set of operations or keys, or another workload beside it, leaves the due times as they were.
 *
 * Gaps are exponential (Poisson) or all alike; keys follow Zipf's law (weight of rank r: r^−skew), with the ranks dealt
 * to the keys by a seeded permutation, so that the most popular key is not always the first.
 */
export function drawArrivals(workloads: readonly Workload[], phases: readonly PhaseLength[], random: Random): Arrivals {
  let [firstOperation, firstSession] = [0, 0];
  const drawn = workloads.map((workload) => {
    const own = drawWorkload(workload, phases, random.stream(workload.name), { firstOperation, firstSession });
    firstOperation += Object.keys(workload.operations).length;
    firstSession += workload.sessions;
    return own;
  });
  return drawn.length === 1 ? drawn[0]! : merged(drawn);
}

/** @param places where the numbers of its operations and sessions begin among those of all workloads */
function drawWorkload(
  workload: Workload,
  phases: readonly PhaseLength[],
  random: Random,
  places: { readonly firstOperation: number; readonly firstSession: number },
): Arrivals {
  const totalMs = phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const dueMs = dueTimes(workload, totalMs, random.stream("due"));
  const own = Object.values(workload.operations);
  const operations = pickerOf(own.map(({ weight }) => weight));
  const { keys, skew } = workload;
  const spaces = new Map<string, (unit: number) => number>();
  const keysOf = own.map(({ keyspace }) => {
    const name = keyspace?.name ?? commonKeyspace;
    const picker = spaces.get(name) ?? keyPickerOf(keyspace ?? { keys, skew }, random.stream(`popularity/${name}`));
    spaces.set(name, picker);
    return picker;
  });
  const [operationDraws, keyDraws, sessionDraws] = [
    random.stream("operation"),
    random.stream("key"),
    random.stream("session"),
  ];
  const kinds = Uint8Array.from(dueMs, (_, place) => operations(operationDraws.at(place)));
  return {
    count: dueMs.length,
    dueMs,
    operation: kinds.map((kind) => places.firstOperation + kind),
    key: Uint32Array.from(dueMs, (_, place) => keysOf[kinds[place]!]!(keyDraws.at(place))),
    session: Uint16Array.from(
      dueMs,
      (_, place) => places.firstSession + Math.floor(sessionDraws.at(place) * workload.sessions),
    ),
    phase: phaseColumn(dueMs, phases),
  };
}

/** All arrivals in the order in which they are due; of two at one time the earlier workload's comes first. */
function merged(all: readonly Arrivals[]): Arrivals {
  const count = all.reduce((sum, one) => sum + one.count, 0);
  const both: Arrivals = {
    count,
    dueMs: new Float64Array(count),
    operation: new Uint8Array(count),
    key: new Uint32Array(count),
    session: new Uint16Array(count),
    phase: new Uint8Array(count),
  };
  const heads = all.map(() => 0);
  for (let id = 0; id < count; id += 1) {
    let from = -1;
    for (const [index, one] of all.entries()) {
      const dueMs = one.dueMs[heads[index]!] ?? Number.POSITIVE_INFINITY;
      if (from < 0 ? dueMs < Number.POSITIVE_INFINITY : dueMs < all[from]!.dueMs[heads[from]!]!) from = index;
    }
    const place = heads[from]!;
    heads[from]! += 1;
    for (const column of ["dueMs", "operation", "key", "session", "phase"] as const) {
      both[column][id] = all[from]![column][place]!;
    }
  }
  return both;
}

/** SHA-256 over all columns one after the other, little endian, as 64 hex digits: two plans are alike when it is. */
export function digestOf(arrivals: Arrivals): string {
  const hash = createHash("sha256");
  const { dueMs, operation, key, session, phase } = arrivals;
  for (const column of [dueMs, operation, key, session, phase]) hash.update(littleEndian(column));
  return hash.digest("hex");
}

/** All due times in [0, totalMs), ascending. */
function dueTimes(workload: Workload, totalMs: number, random: Random): Float64Array {
  const { count, timeOf } = accumulated(workload.perSecond, totalMs);
  if (workload.arrivals === "constant") {
    return Float64Array.from({ length: Math.ceil(count) }, (_, place) => timeOf(place));
  }
  const due: number[] = [];
  // 1 − u is never 0, so that the logarithm is finite.
  for (let place = 0, next = 0; ; place += 1) {
    next -= Math.log(1 - random.at(place));
    if (next >= count) return Float64Array.from(due);
    due.push(timeOf(next));
  }
}

function phaseColumn(dueMs: Float64Array, phases: readonly PhaseLength[]): Uint8Array {
  const column = new Uint8Array(dueMs.length);
  let [current, endsMs] = [-1, 0];
  for (const [id, ms] of dueMs.entries()) {
    while (ms >= endsMs && current + 1 < phases.length) {
      current += 1;
      endsMs += phases[current]!.lengthMs;
    }
    column[id] = phaseCode(phases[current]!.phase);
  }
  return column;
}

/** @returns a function from a number in [0, 1) to a key, by popularity */
function keyPickerOf({ keys, skew = 1 }: { keys: number; skew?: number | undefined }, random: Random) {
  const ranks = pickerOf(Array.from({ length: keys }, (_, rank) => (rank + 1) ** -skew));
  const keyOfRank = permutation(keys, random);
  return (unit: number): number => keyOfRank[ranks(unit)]!;
}

/** @returns a function from a number in [0, 1) to an index, by weight */
function pickerOf(weights: readonly number[]): (unit: number) => number {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    sums[index] = sum;
  }
  return (unit) => {
    const wanted = unit * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Fisher and Yates's shuffle of 0 … length − 1. */
function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.at(last) * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

function littleEndian(column: Float64Array | Uint32Array | Uint16Array | Uint8Array): Uint8Array {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  if (isLittleEndian || column.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = Buffer.from(bytes);
  for (let at = 0; at < swapped.length; at += column.BYTES_PER_ELEMENT) {
    swapped.subarray(at, at + column.BYTES_PER_ELEMENT).reverse();
  }
  return swapped;
}
