import type { Evidence } from "../model/check.ts";
import { isWrite } from "../model/workload.ts";
import { flags, isAcknowledged } from "./rows.ts";
import { groupsOf, type Spots, sortNearly, spotsOf } from "./spots.ts";

/**
 * From when on each version of each key is known to be there: the return of the operation that proved it. Columns
 * grouped by key and sorted by version, so that the first proof of anything newer is found by bisection, in histories of
 * 10^6 operations too.
 */
export class VersionClock {
  readonly spots: Spots;
  readonly #version: Float64Array;
  /** One row for each version, by key and version. */
  readonly #proofs: Uint32Array;
  /** For each place of `#proofs`: the row with the earliest end among itself and all later versions of its key. */
  readonly #earliest: Uint32Array;
  /** Where the proofs of each key begin. */
  readonly #starts: Uint32Array;

  /**
   * A version is proven by the acknowledgement of its write; where none is known, by the first read that returned it.
   * @param sees which operations prove a version by having seen it, by the operation's number
   * @param version row → the version that was told; by default the history's own
   */
  constructor(evidence: Evidence, sees: Uint8Array, version: Float64Array = evidence.history.version) {
    const { history } = evidence;
    const { endMs } = history;
    this.spots = spotsOf(evidence);
    this.#version = version;
    const writes = flags(evidence, ({ effect }) => isWrite(effect));
    const proves = this.spots.of.slice();
    for (let row = 0; row < history.count; row += 1) {
      const operation = history.operation[row]!;
      const isProof =
        (writes[operation] === 1 && isAcknowledged(history, row)) ||
        (sees[operation] === 1 && isAcknowledged(history, row));
      if (!isProof || Number.isNaN(version[row]!)) proves[row] = -1;
    }
    const { order, starts } = groupsOf(proves, this.spots.keys.length);
    const isWriting = (row: number): number => writes[history.operation[row]!]!;
    const byVersion = (one: number, other: number): number =>
      version[one]! - version[other]! || isWriting(other) - isWriting(one) || endMs[one]! - endMs[other]!;
    // One proof for each version: those that follow say nothing more.
    this.#starts = new Uint32Array(starts.length);
    let used = 0;
    for (let spot = 0; spot + 1 < starts.length; spot += 1) {
      this.#starts[spot] = used;
      const group = order.subarray(starts[spot], starts[spot + 1]);
      sortNearly(group, byVersion);
      for (const [place, row] of group.entries()) {
        if (place > 0 && version[group[place - 1]!] === version[row]) continue;
        order[used] = row;
        used += 1;
      }
    }
    this.#starts[starts.length - 1] = used;
    this.#proofs = order.subarray(0, used);
    this.#earliest = this.#proofs.slice();
    for (let spot = starts.length - 2; spot >= 0; spot -= 1) {
      for (let place = this.#starts[spot + 1]! - 2; place >= this.#starts[spot]!; place -= 1) {
        const later = this.#earliest[place + 1]!;
        if (endMs[later]! < endMs[this.#proofs[place]!]!) this.#earliest[place] = later;
      }
    }
  }

  /** The row that first proved that something newer than `version` of that row's key is there; −1 when none does. */
  firstNewer(row: number, version: number): number {
    const spot = this.spots.of[row]!;
    const end = this.#starts[spot + 1]!;
    let [low, high] = [this.#starts[spot]!, end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#version[this.#proofs[middle]!]! > version) high = middle;
      else low = middle + 1;
    }
    return low < end ? this.#earliest[low]! : -1;
  }
}
