import { createHash } from "node:crypto";
import { type LoadPhase, phaseCode } from "../model/history.ts";
import type { Arrivals } from "../model/plan.ts";
import type { Random } from "../model/random.ts";
import type { Workload } from "../model/workload.ts";

/** A part of the load and how long it takes. */
export interface PhaseLength {
  readonly phase: LoadPhase;
  readonly lengthMs: number;
}

/**
 * Draws every operation of a run: when it is due, what it does, on which key, for whom. Open loop: nothing that happens
 * later changes it. Each number depends on the seed, its own stream and the operation's place only, so that another
 * set of operations or keys leaves the due times as they were.
 *
 * Gaps are exponential (Poisson) or all alike; keys follow Zipf's law (weight of rank r: r^−skew), with the ranks dealt
 * to the keys by a seeded permutation, so that the most popular key is not always the first.
 */
export function drawArrivals(workload: Workload, phases: readonly PhaseLength[], random: Random): Arrivals {
  const draws = random.stream("workload");
  const totalMs = phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const dueMs = dueTimes(workload, totalMs, draws.stream("due"));
  const operations = pickerOf(Object.values(workload.operations).map(({ weight }) => weight));
  const ranks = pickerOf(Array.from({ length: workload.keys }, (_, rank) => (rank + 1) ** -(workload.skew ?? 1)));
  const keyOfRank = permutation(workload.keys, draws.stream("popularity"));
  const [operationDraws, keyDraws, sessionDraws] = [
    draws.stream("operation"),
    draws.stream("key"),
    draws.stream("session"),
  ];
  return {
    count: dueMs.length,
    dueMs,
    operation: Uint8Array.from(dueMs, (_, id) => operations(operationDraws.at(id))),
    key: Uint32Array.from(dueMs, (_, id) => keyOfRank[ranks(keyDraws.at(id))]!),
    session: Uint16Array.from(dueMs, (_, id) => Math.floor(sessionDraws.at(id) * workload.sessions)),
    phase: phaseColumn(dueMs, phases),
  };
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
  const gapMs = 1000 / workload.perSecond;
  if (workload.arrivals === "constant") {
    return Float64Array.from({ length: Math.ceil(totalMs / gapMs) }, (_, id) => id * gapMs);
  }
  const due: number[] = [];
  // 1 − u is never 0, so that the logarithm is finite.
  for (let id = 0, nextMs = 0; ; id += 1) {
    nextMs -= gapMs * Math.log(1 - random.at(id));
    if (nextMs >= totalMs) return Float64Array.from(due);
    due.push(nextMs);
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
