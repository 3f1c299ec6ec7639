import type { Evidence } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import { keyspacesOf } from "./rows.ts";

const okCode = outcomeCode("ok");

/**
 * From when on each version of each key is known to be there: the return of the operation that proved it. Columns
 * sorted by key and version, so that the first proof of anything newer is found by bisection, in histories of 10^6 too.
 */
export class VersionClock {
  readonly #evidence: Evidence;
  readonly #keyspaces: Uint8Array;
  /** Rows that prove a version, by keyspace, key and version. */
  readonly #proofs: Uint32Array;
  /** For each place of `#proofs`: the place with the earliest end among itself and all later versions of its key. */
  readonly #earliest: Uint32Array;
  /** Keyspace and key → where its proofs begin. */
  readonly #starts = new Map<number, { readonly from: number; readonly to: number }>();

  /** @param proves which operations prove a version, by their number: acknowledged writes, or reads too */
  constructor(evidence: Evidence, proves: Uint8Array) {
    this.#evidence = evidence;
    this.#keyspaces = keyspacesOf(evidence);
    const { history } = evidence;
    const rows = new Uint32Array(history.count);
    let count = 0;
    for (let row = 0; row < history.count; row += 1) {
      if (history.outcome[row] !== okCode || proves[history.operation[row]!] !== 1) continue;
      if (Number.isNaN(history.version[row]!)) continue;
      rows[count] = row;
      count += 1;
    }
    const { version, endMs } = history;
    this.#proofs = rows
      .subarray(0, count)
      .sort((one, other) => this.#spot(one) - this.#spot(other) || version[one]! - version[other]!);
    this.#earliest = new Uint32Array(count);
    for (let place = count - 1, to = count; place >= 0; place -= 1) {
      const row = this.#proofs[place]!;
      const isLast = place === count - 1 || this.#spot(this.#proofs[place + 1]!) !== this.#spot(row);
      if (isLast) to = place + 1;
      const next = isLast ? place : this.#earliest[place + 1]!;
      this.#earliest[place] = endMs[row]! <= endMs[this.#proofs[next]!]! ? place : next;
      this.#starts.set(this.#spot(row), { from: place, to });
    }
  }

  /** The row that first proved that something newer than `version` of that row's key is there; −1 when none does. */
  firstNewer(row: number, version: number): number {
    const range = this.#starts.get(this.#spot(row));
    if (range === undefined) return -1;
    let [low, high] = [range.from, range.to];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#evidence.history.version[this.#proofs[middle]!]! > version) high = middle;
      else low = middle + 1;
    }
    return low < range.to ? this.#proofs[this.#earliest[low]!]! : -1;
  }

  /** When anything of that row's key was first proven; `Infinity` when never. */
  firstKnownMs(row: number): number {
    const range = this.#starts.get(this.#spot(row));
    return range === undefined
      ? Number.POSITIVE_INFINITY
      : this.#evidence.history.endMs[this.#proofs[this.#earliest[range.from]!]!]!;
  }

  #spot(row: number): number {
    const { operation, key } = this.#evidence.history;
    return this.#keyspaces[operation[row]!]! * 2 ** 32 + key[row]!;
  }
}
