import { atMost } from "./binomial.ts";
import { ratioFloor } from "./series.ts";

/** Stretches are put together from slots of this length. */
const slotMs = 100;

/** Operations that were due in one stretch of time; times on the run's clock, from inclusive, to exclusive. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly total: number;
  readonly good: number;
  /** When the first and the last of them that was not good was due; ∞ and −∞ when all were. */
  readonly firstBadMs: number;
  readonly lastBadMs: number;
}

/** Operations in columns, in any order: when each was due, and 1 where it was good. */
export interface Operations {
  readonly dueMs: Float64Array;
  readonly isGood: Uint8Array;
}

/**
 * Cuts time into the shortest stretches that can be judged by themselves: multiples of 100 ms, of 30 operations at least.
 * They are counted from the end, so that the last ones are the same wherever the first begins; what is left over there
 * belongs to the first.
 */
export function stretchesOf(operations: Operations, fromMs: number, toMs: number): readonly Stretch[] {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / slotMs));
  const slots = Array.from({ length: count }, (_, index) => ({
    fromMs: Math.max(fromMs, toMs - (count - index) * slotMs),
    toMs: toMs - (count - index - 1) * slotMs,
    total: 0,
    good: 0,
    firstBadMs: Number.POSITIVE_INFINITY,
    lastBadMs: Number.NEGATIVE_INFINITY,
  }));
  for (let index = 0; index < operations.dueMs.length; index += 1) {
    const dueMs = operations.dueMs[index]!;
    if (dueMs < fromMs || dueMs >= toMs) continue;
    const fromEnd = Math.ceil((toMs - dueMs) / slotMs) - 1;
    const slot = slots[count - 1 - Math.min(count - 1, Math.max(0, fromEnd))]!;
    slot.total += 1;
    if (operations.isGood[index] === 1) slot.good += 1;
    else {
      slot.firstBadMs = Math.min(slot.firstBadMs, dueMs);
      slot.lastBadMs = Math.max(slot.lastBadMs, dueMs);
    }
  }
  return widenedFromEnd(slots);
}

function widenedFromEnd(slots: readonly Stretch[]): readonly Stretch[] {
  const wide: Stretch[] = [];
  let open: Stretch | undefined;
  for (const slot of slots.toReversed()) {
    open = open === undefined ? slot : together([slot, open]);
    if (open.total < ratioFloor) continue;
    wide.unshift(open);
    open = undefined;
  }
  if (open === undefined) return wide;
  const [first, ...rest] = wide;
  return first === undefined ? [open] : [together([open, first]), ...rest];
}

/** Neighbours as one. */
export function together(stretches: readonly Stretch[]): Stretch {
  return {
    fromMs: stretches[0]?.fromMs ?? Number.NaN,
    toMs: stretches.at(-1)?.toMs ?? Number.NaN,
    total: stretches.reduce((sum, { total }) => sum + total, 0),
    good: stretches.reduce((sum, { good }) => sum + good, 0),
    firstBadMs: Math.min(Number.POSITIVE_INFINITY, ...stretches.map(({ firstBadMs }) => firstBadMs)),
    lastBadMs: Math.max(Number.NEGATIVE_INFINITY, ...stretches.map(({ lastBadMs }) => lastBadMs)),
  };
}

/**
 * The stretches of which fewer than this share are good, for certain: one by one, then two, four, eight and more neighbours
 * together, and all that is left at last, so that a slow flap and a limp are found as well as a short outage. What is longer
 * begins only after the last that was found, whose operations explain it already.
 *
 * If each operation is good with this probability or a higher one, independently, then any stretch at all is found with a
 * probability of at most `error`: half of it is spent on the shortest stretches, the other half on the longer ones, in
 * equal parts on each length, and on each stretch of a length (Bonferroni), each by an exact binomial bound.
 */
export function stretchesBelow(share: number, shortest: readonly Stretch[], error: number): readonly Stretch[] {
  // The same as that the upper bound of Clopper and Pearson at this level is below.
  const isBelow = ({ good, total }: Stretch, level: number): boolean =>
    good < share * total && atMost(good, total, share) < level;
  const count = shortest.length;
  const found = shortest.filter((one) => isBelow(one, error / 2 / count));
  const lengths = lengthsUpTo(count);
  let begin = shortest.indexOf(found.at(-1)!) + 1;
  for (const length of lengths) {
    const tiles = Math.floor(count / length);
    let next = begin;
    for (let to = count; to - length >= begin; to -= length) {
      const tile = together(shortest.slice(to - length, to));
      if (!isBelow(tile, error / 2 / (lengths.length + 1) / tiles)) continue;
      found.push(tile);
      next = Math.max(next, to);
    }
    begin = next;
  }
  const rest = together(shortest.slice(begin));
  if (begin < count && isBelow(rest, error / 2 / (lengths.length + 1))) found.push(rest);
  return found.toSorted((one, other) => one.toMs - other.toMs);
}

/** 2, 4, 8, … as long as two of that length find room: all of them together are judged anyway. */
function lengthsUpTo(count: number): readonly number[] {
  const lengths: number[] = [];
  for (let length = 2; length * 2 <= count; length *= 2) lengths.push(length);
  return lengths;
}
