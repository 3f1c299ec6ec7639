import type { Evidence } from "../model/check.ts";
import { isWrite } from "../model/workload.ts";
import type { KeyWrites } from "./key-writes.ts";
import { flags, isAcknowledged } from "./rows.ts";
import { groupsOf, sortNearly } from "./spots.ts";

/**
 * From when on a write that began after a moment is known to be there: what `VersionClock` says, for writes whose versions
 * are not known. An acknowledged write obliges from its acknowledgement, another from the first read that saw its value.
 */
export class ValueClock {
  readonly #wireMs: Float64Array;
  readonly #proofs: Int32Array;
  readonly #starts: Uint32Array;
  /** Rows of writes, key by key, as they began. */
  readonly #order: Uint32Array;
  /** For each place: the row whose proof comes first, of that and of all that began later. */
  readonly #earliest: Uint32Array;

  /** @param isMeant which writes, by their row */
  constructor(evidence: Evidence, writes: KeyWrites, isMeant: (row: number) => boolean) {
    const { history } = evidence;
    const isWriting = flags(evidence, ({ effect }) => isWrite(effect));
    const { spots, seenBy } = writes;
    this.#wireMs = history.wireMs;
    this.#proofs = new Int32Array(history.count).fill(-1);
    const groupOf = new Int32Array(history.count).fill(-1);
    for (let row = 0; row < history.count; row += 1) {
      if (isWriting[history.operation[row]!] !== 1) continue;
      this.#proofs[row] = isAcknowledged(history, row) ? row : seenBy[row]!;
      if (this.#proofs[row]! >= 0 && isMeant(row)) groupOf[row] = spots.of[row]!;
    }
    const { order, starts } = groupsOf(groupOf, spots.keys.length);
    this.#order = order;
    this.#starts = starts;
    this.#earliest = order.slice();
    const provenMs = (row: number): number => history.endMs[this.#proofs[row]!]!;
    for (let spot = 0; spot + 1 < starts.length; spot += 1) {
      const [from, to] = [starts[spot]!, starts[spot + 1]!];
      sortNearly(order.subarray(from, to), (one, other) => history.wireMs[one]! - history.wireMs[other]!);
      for (let place = to - 1; place >= from; place -= 1) {
        const later = place + 1 < to ? this.#earliest[place + 1]! : order[place]!;
        this.#earliest[place] = provenMs(later) < provenMs(order[place]!) ? later : order[place]!;
      }
    }
  }

  /** The row that first proved a write of the key that began after `ms`; −1 when none does. */
  firstBegunAfter(spot: number, ms: number): number {
    let [low, high] = [this.#starts[spot]!, this.#starts[spot + 1]!];
    const end = high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#wireMs[this.#order[middle]!]! > ms) high = middle;
      else low = middle + 1;
    }
    return low < end ? this.#proofs[this.#earliest[low]!]! : -1;
  }
}
