import type { Random } from "../random.ts";

/** Up to so many ways of choosing signs all of them are tried. */
const triedAtMost = 4096;
/** Beyond, so many are drawn. */
export const draws = 10_000;
const bitsOfNumber = 24;

/**
 * The paired permutation test, two-sided, on Wilcoxon's signed ranks ("Individual comparisons by ranking methods", 1945;
 * zeros are ranked and then say nothing: Pratt, 1959), so that one wild pair does not drown the others.
 *
 * It assumes that without a change each difference might as well have had the other sign, each on its own. Whoever pairs
 * stretches of one run with those of another assumes with it that neighbouring stretches have nothing in common, and that
 * the two runs differ in nothing but what is compared.
 * @param differences run − base, one for each pair
 * @param random draws the signs where there are too many to try all
 * @returns p: exact up to 4,096 ways of choosing the signs; else (b + 1) ÷ (m + 1) of m = 10,000 draws, which is never 0
 * (Phipson and Smyth, "Permutation p-values should never be zero", 2010)
 */
export function pairedPermutation(differences: readonly number[], random: Random): number {
  const ranks = signedRanks(differences).filter((rank) => rank !== 0);
  const observed = Math.abs(ranks.reduce((sum, rank) => sum + rank, 0));
  const ways = 2 ** ranks.length;
  if (ways <= triedAtMost) {
    let extreme = 0;
    for (let signs = 0; signs < ways; signs += 1) {
      if (Math.abs(sumWith(ranks, () => signs)) >= observed) extreme += 1;
    }
    return extreme / ways;
  }
  let [extreme, counter] = [0, 0];
  for (let draw = 0; draw < draws; draw += 1) {
    const drawn = sumWith(ranks, () => Math.floor(random.at(counter++) * 2 ** bitsOfNumber));
    if (Math.abs(drawn) >= observed) extreme += 1;
  }
  return (extreme + 1) / (draws + 1);
}

/** Sums of ranks are halves at the finest, and so exact. @param nextBits gives the signs of the next 24 ranks */
function sumWith(ranks: readonly number[], nextBits: () => number): number {
  let [sum, bits] = [0, 0];
  for (const [index, rank] of ranks.entries()) {
    if (index % bitsOfNumber === 0) bits = nextBits();
    sum += (bits & 1) === 1 ? rank : -rank;
    bits >>>= 1;
  }
  return sum;
}

/** The rank of each size among all, with the sign of the difference; equal sizes share the mean of their ranks. */
export function signedRanks(differences: readonly number[]): number[] {
  const sizes = Float64Array.from(differences, Math.abs).sort();
  return differences.map((difference) => {
    const size = Math.abs(difference);
    const [first, last] = [sizes.indexOf(size), sizes.lastIndexOf(size)];
    return Math.sign(difference) * ((first + last) / 2 + 1);
  });
}
