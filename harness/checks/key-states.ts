import type { Evidence } from "../model/check.ts";
import { isWrite } from "../model/workload.ts";
import { type KeyWrites, keyWritesOf, sourceOf } from "./key-writes.ts";
import { valueTellers } from "./register-zones.ts";
import { claimsNothing, flags, isAbsent, isAcknowledged, isNeverExecuted } from "./rows.ts";
import { groupsOf, sortNearly } from "./spots.ts";

/**
 * A state of a key, placed among its writes. One state is older than another if both have versions and its own is lower;
 * else if it certainly was there (`effectMs`) before the other's write began (`beginMs`).
 */
export interface State {
  /** `NaN` where it is not known; −∞ before all writes. */
  readonly version: number;
  /** Below all times before all writes, `NaN` where nothing is known of it. */
  readonly beginMs: number;
  readonly effectMs: number;
}

/** A state of nothing that a read can have seen. */
export interface Absence {
  readonly state: State;
  /** Neither this state nor one of those that follow is newer than one of these. */
  readonly bounds: readonly State[];
}

const notYetThere: State = {
  version: Number.NEGATIVE_INFINITY,
  beginMs: Number.NEGATIVE_INFINITY,
  effectMs: Number.NEGATIVE_INFINITY,
};
const unknown: State = { version: Number.NaN, beginMs: Number.NaN, effectMs: Number.NaN };
/** Of the initial value, which is newer than a key that was not there yet. */
const initialMs = -Number.MAX_VALUE;

/** Which states operations left or saw: by their versions, their values, and what was not there. */
export class KeyStates {
  readonly writes: KeyWrites;
  readonly #evidence: Evidence;
  readonly #isWriting: Uint8Array;
  /** Operations of which some read returned a value: one of theirs without a value saw the initial one. */
  readonly #tellsValues: Uint8Array;
  readonly #absences: Absences;
  readonly #claimsNothing: (row: number) => boolean;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.writes = keyWritesOf(evidence);
    this.#isWriting = flags(evidence, ({ effect }) => isWrite(effect));
    this.#tellsValues = valueTellers(
      evidence,
      flags(evidence, ({ effect }) => effect === "read"),
    );
    this.#absences = new Absences(evidence, this.writes);
    this.#claimsNothing = claimsNothing(evidence);
  }

  /** Whether its answers place it by values and time, not by versions alone. */
  isPlacedInTime(row: number): boolean {
    const { history } = this.#evidence;
    const operation = history.operation[row]!;
    const isRead = this.#isWriting[operation] !== 1;
    if (isRead && this.#claimsNothing(row)) return false;
    return !isRead || this.#tellsValues[operation] === 1 || isAbsent(history, row);
  }

  /** The state that an acknowledged write left or an answered read saw; of several, none is newer than this one. */
  of(row: number): State {
    const { history } = this.#evidence;
    const told = this.writes.version[row]!;
    if (this.#isWriting[history.operation[row]!] === 1) return this.#stateAfter(row, told);
    if (isAbsent(history, row)) return this.isOpen(row) ? this.#absences.newest(row) : { ...unknown, version: told };
    const value = history.value[row]!;
    if (this.#claimsNothing(row)) return unknown;
    if (Number.isNaN(value)) {
      if (this.#tellsValues[history.operation[row]!] === 1) {
        return { version: told, beginMs: initialMs, effectMs: initialMs };
      }
      return { ...unknown, version: told };
    }
    const write = sourceOf(this.#evidence, this.writes, row);
    if (write < 0) return { ...unknown, version: told };
    return this.#stateAfter(write, Number.isNaN(told) ? this.writes.version[write]! : told);
  }

  /** Whether a read found nothing and did not say of which version: each delete that began before it had ended may be why. */
  isOpen(row: number): boolean {
    return isAbsent(this.#evidence.history, row) && Number.isNaN(this.writes.version[row]!);
  }

  /** The states that an open read can have seen, roughly from the newest to the oldest. */
  absencesOf(row: number): Iterable<Absence> {
    return this.#absences.of(row);
  }

  /** The oldest state of those that a read which found nothing can have seen, and that are not older than these. */
  oldestAbsence(row: number, versionBefore: number, beginMsBefore: number): State {
    return this.#absences.oldest(row, versionBefore, beginMsBefore);
  }

  #stateAfter(write: number, version: number): State {
    return { version, beginMs: this.#evidence.history.wireMs[write]!, effectMs: this.writes.effectMs[write]! };
  }
}

/** The deletes of every key: what a read that found nothing may have seen, besides a key that was not there yet. */
class Absences {
  readonly #evidence: Evidence;
  readonly #writes: KeyWrites;
  /** Rows of deletes that may have happened, key by key, as they began. */
  readonly #order: Uint32Array;
  readonly #starts: Uint32Array;
  /** For each place, over it and those before it of its key: of deletes with a version the highest and their latest effect. */
  readonly #highest: Float64Array;
  readonly #toldMs: Float64Array;
  /** … and of deletes without a version the latest effect; −∞ where there is none. */
  readonly #untoldMs: Float64Array;

  constructor(evidence: Evidence, writes: KeyWrites) {
    const { history } = evidence;
    this.#evidence = evidence;
    this.#writes = writes;
    const deletes = flags(evidence, ({ effect }) => effect === "delete");
    const groupOf = deletes.includes(1)
      ? writes.spots.of.map((spot, row) =>
          deletes[history.operation[row]!] === 1 && !isNeverExecuted(history, row) ? spot : -1,
        )
      : new Int32Array(0);
    const { order, starts } = groupsOf(groupOf, writes.spots.keys.length);
    this.#order = order;
    this.#starts = starts;
    this.#highest = new Float64Array(order.length);
    this.#toldMs = new Float64Array(order.length);
    this.#untoldMs = new Float64Array(order.length);
    for (let spot = 0; spot + 1 < starts.length; spot += 1) this.#fill(starts[spot]!, starts[spot + 1]!);
  }

  #fill(from: number, to: number): void {
    const { history } = this.#evidence;
    sortNearly(this.#order.subarray(from, to), (one, other) => history.wireMs[one]! - history.wireMs[other]!);
    let [highest, toldMs, untoldMs] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let place = from; place < to; place += 1) {
      const row = this.#order[place]!;
      const [version, effectMs] = [this.#versionOf(row), this.#writes.effectMs[row]!];
      if (Number.isNaN(version)) untoldMs = Math.max(untoldMs, effectMs);
      else [highest, toldMs] = [Math.max(highest, version), Math.max(toldMs, effectMs)];
      this.#highest[place] = highest;
      this.#toldMs[place] = toldMs;
      this.#untoldMs[place] = untoldMs;
    }
  }

  /** A delete that was not acknowledged may have any version, whatever its answer said. */
  #versionOf(row: number): number {
    return isAcknowledged(this.#evidence.history, row) ? this.#writes.version[row]! : Number.NaN;
  }

  /** A bound: no state of nothing that the read can have seen is newer than this one. */
  newest(row: number): State {
    const last = this.#lastBefore(row);
    if (last < 0) return notYetThere;
    const [toldMs, untoldMs] = [this.#toldMs[last]!, this.#untoldMs[last]!];
    const version = untoldMs > Number.NEGATIVE_INFINITY ? Number.NaN : this.#highest[last]!;
    return { version, beginMs: Number.NaN, effectMs: Math.max(toldMs, untoldMs) };
  }

  *of(row: number): Iterable<Absence> {
    const last = this.#lastBefore(row);
    for (let place = last; place >= this.#starts[this.#writes.spots.of[row]!]!; place -= 1) {
      const one = this.#order[place]!;
      const [beginMs, effectMs] = [this.#evidence.history.wireMs[one]!, this.#writes.effectMs[one]!];
      yield { state: { version: this.#versionOf(one), beginMs, effectMs }, bounds: this.#boundsAt(place) };
    }
    if (last < 0) yield { state: notYetThere, bounds: [notYetThere] };
  }

  #boundsAt(place: number): readonly State[] {
    const [version, toldMs, untoldMs] = [this.#highest[place]!, this.#toldMs[place]!, this.#untoldMs[place]!];
    return [
      ...(toldMs === Number.NEGATIVE_INFINITY ? [] : [{ version, beginMs: Number.NaN, effectMs: toldMs }]),
      ...(untoldMs === Number.NEGATIVE_INFINITY
        ? []
        : [{ version: Number.NaN, beginMs: Number.NaN, effectMs: untoldMs }]),
    ];
  }

  oldest(row: number, versionBefore: number, beginMsBefore: number): State {
    const last = this.#lastBefore(row);
    const isFirst = versionBefore === Number.NEGATIVE_INFINITY && beginMsBefore === Number.NEGATIVE_INFINITY;
    if (last < 0 || isFirst) return unknown;
    const { history } = this.#evidence;
    let [version, beginMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let place = this.#starts[this.#writes.spots.of[row]!]!; place <= last; place += 1) {
      const one = this.#order[place]!;
      const told = this.#versionOf(one);
      const isOlder = Number.isNaN(told) ? this.#writes.effectMs[one]! < beginMsBefore : told < versionBefore;
      if (isOlder) continue;
      version = Number.isNaN(told) ? Number.NaN : Math.min(version, told);
      beginMs = Math.min(beginMs, history.wireMs[one]!);
    }
    return beginMs === Number.POSITIVE_INFINITY ? unknown : { version, beginMs, effectMs: Number.NaN };
  }

  /** The last delete of its key that began before a read had ended; −1 when none did. */
  #lastBefore(row: number): number {
    const { history } = this.#evidence;
    const spot = this.#writes.spots.of[row]!;
    let [low, high] = [this.#starts[spot]!, this.#starts[spot + 1]!];
    const from = low;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (history.wireMs[this.#order[middle]!]! < history.endMs[row]!) low = middle + 1;
      else high = middle;
    }
    return low > from ? low - 1 : -1;
  }
}
