/** Each bound of an interval holds at 95 %: every verdict is a claim to one side (the 95th percentile of the normal). */
const z = 1.644_853_626_951;

/** A range of values. */
export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/**
 * What a share may really be, when `hits` of `total` were seen: the score interval of Wilson (1927), whose bounds stay
 * in [0, 1] also when nothing or everything hit. Everything is possible when nothing was seen.
 */
export function wilson(hits: number, total: number): Range {
  if (total === 0) return { lower: 0, upper: 1 };
  const share = hits / total;
  const weight = 1 + (z * z) / total;
  const middle = (share + (z * z) / (2 * total)) / weight;
  const half = (z / weight) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  // Exact at the ends, where rounding would miss them by a hair.
  return { lower: hits === 0 ? 0 : middle - half, upper: hits === total ? 1 : middle + half };
}

/** How many operations without a failure it takes to claim this share: zero failures in n bound their rate at 3/n. */
export function samplesFor(atLeast: number): number {
  return Math.ceil(Number((3 / (1 - atLeast)).toPrecision(12)));
}
