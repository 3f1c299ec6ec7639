import type { Range } from "../measure/proportion.ts";
import { median } from "./median.ts";

/** What lies outside of the interval, at both ends together. */
const outside = 0.05;

/** By how much one side lies beside the other. */
export interface Shift {
  readonly estimate: number;
  /** 95 % at least; undefined below 6 pairs, of which no interval so sure can be had. */
  readonly range: Range | undefined;
}

/**
 * The shift between pairs: the median of the Walsh averages, which are the means of every two differences and each
 * difference itself (Hodges and Lehmann, "Estimates of location based on rank tests", 1963). The interval is what
 * Wilcoxon's signed ranks do not refuse at 5 %, from their exact distribution; with ties it is wider than it need be.
 * It assumes what the test does: pairs that are independent, and differences that lie symmetrically around the shift.
 * @param differences run − base, at least one
 */
export function hodgesLehmann(differences: readonly number[]): Shift {
  const averages = walshAverages(differences);
  const cut = cutOf(differences.length);
  const [lower, upper] = [averages[cut - 1], averages[averages.length - cut]];
  const range = lower === undefined || upper === undefined ? undefined : { lower, upper };
  return { estimate: median([...averages]), range };
}

function walshAverages(differences: readonly number[]): Float64Array {
  const averages = differences.flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2));
  return Float64Array.from(averages).sort();
}

/** How many averages are cut off at each end and one: the largest k with P(T ≤ k − 1) ≤ 2.5 %; 0 when there is none. */
function cutOf(pairs: number): number {
  let [cut, below] = [0, 0];
  for (const share of signedRankDistribution(pairs)) {
    below += share;
    if (below > outside / 2) break;
    cut += 1;
  }
  return cut;
}

/** How likely each sum of the positive ranks is when every sign is a toss: entry t belongs to the sum t. */
function signedRankDistribution(pairs: number): Float64Array {
  let shares = Float64Array.of(1);
  for (let rank = 1; rank <= pairs; rank += 1) {
    const next = new Float64Array(shares.length + rank);
    for (const [sum, share] of shares.entries()) {
      next[sum]! += share / 2;
      next[sum + rank]! += share / 2;
    }
    shares = next;
  }
  return shares;
}
