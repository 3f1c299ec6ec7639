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
  /** One row for each version, by keyspace, key and version. */
  readonly #proofs: Uint32Array;
  /** For each place of `#proofs`: the row with the earliest end among itself and all later versions of its key. */
  readonly #earliest: Uint32Array;
  /** Keyspace and key → where its proofs begin and end. */
  readonly #ranges = new Map<number, { readonly from: number; readonly to: number }>();

  /**
   * A version is proven by the acknowledgement of its write; where none is known, by the first read that returned it.
   * @param writes which operations prove a version by their acknowledgement, by the operation's number
   * @param reads which ones prove it by having seen it
   */
  constructor(evidence: Evidence, writes: Uint8Array, reads: Uint8Array) {
    this.#evidence = evidence;
    this.#keyspaces = keyspacesOf(evidence);
    const { operation, outcome, version, endMs, count } = evidence.history;
    const all = new Uint32Array(count);
    let used = 0;
    for (let row = 0; row < count; row += 1) {
      const proves = writes[operation[row]!] === 1 || reads[operation[row]!] === 1;
      if (!proves || outcome[row] !== okCode || Number.isNaN(version[row]!)) continue;
      all[used] = row;
      used += 1;
    }
    const sorted = all.subarray(0, used).sort((one, other) => {
      const byVersion = this.spotOf(one) - this.spotOf(other) || version[one]! - version[other]!;
      return byVersion || writes[operation[other]!]! - writes[operation[one]!]! || endMs[one]! - endMs[other]!;
    });
    this.#proofs = sorted.filter((row, place) => {
      const before = place === 0 ? undefined : sorted[place - 1]!;
      return before === undefined || this.spotOf(before) !== this.spotOf(row) || version[before] !== version[row];
    });
    this.#earliest = new Uint32Array(this.#proofs.length);
    for (let place = this.#proofs.length - 1, to = place + 1; place >= 0; place -= 1) {
      const row = this.#proofs[place]!;
      const next = this.#proofs[place + 1];
      const isLast = next === undefined || this.spotOf(next) !== this.spotOf(row);
      if (isLast) to = place + 1;
      const later = isLast ? row : this.#earliest[place + 1]!;
      this.#earliest[place] = endMs[row]! <= endMs[later]! ? row : later;
      this.#ranges.set(this.spotOf(row), { from: place, to });
    }
  }

  /** The row that first proved that something newer than `version` of that row's key is there; −1 when none does. */
  firstNewer(row: number, version: number): number {
    const range = this.#ranges.get(this.spotOf(row));
    if (range === undefined) return -1;
    let [low, high] = [range.from, range.to];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#evidence.history.version[this.#proofs[middle]!]! > version) high = middle;
      else low = middle + 1;
    }
    return low < range.to ? this.#earliest[low]! : -1;
  }

  /** A number that rows of one keyspace and key have in common. */
  spotOf(row: number): number {
    const { operation, key } = this.#evidence.history;
    return this.#keyspaces[operation[row]!]! * 2 ** 32 + key[row]!;
  }
}
