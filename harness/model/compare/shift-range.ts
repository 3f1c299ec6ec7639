import type { Random } from "../random.ts";
import { relabellings } from "./relabelling.ts";

/** What a difference may really be; `null` is an end that so few runs leave open. */
export interface ShiftRange {
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * The interval of the difference of two means: every shift that the relabelling test of one metric alone does not refuse
 * (Pitman, "Significance tests which may be applied to samples from any populations", 1937). It assumes that the runs
 * of both sides differ by the shift and are exchangeable otherwise.
 * @param base at least one number
 * @param run at least one number
 * @param outside how likely the truth lies below the lower end, and how likely above the upper one
 * @returns run − base
 */
export function shiftRange(
  base: readonly number[],
  run: readonly number[],
  outside: { readonly lower: number; readonly upper: number },
  random: Random,
): ShiftRange {
  const exchanges = Float64Array.from(exchangesOf(base, run, random)).sort();
  // The labels that the runs really have are one of the ways, and have exchanged nothing.
  const ways = exchanges.length + 1;
  const cut = (share: number): number => Math.floor(share * ways * (1 + 1e-12));
  return {
    lower: exchanges[cut(outside.lower) - 1] ?? null,
    upper: exchanges[ways - 1 - cut(outside.upper)] ?? null,
  };
}

/** For each other way to choose the base: how far apart the means are of what would change sides. */
function* exchangesOf(base: readonly number[], run: readonly number[], random: Random): Generator<number> {
  const values = [...base, ...run];
  for (const isBase of relabellings(base.length, run.length, random)) {
    let [moved, out, back] = [0, 0, 0];
    for (const [place, value] of values.entries()) {
      const wasBase = place < base.length;
      if (wasBase === (isBase[place] === 1)) continue;
      if (wasBase) [moved, out] = [moved + 1, out + value];
      else back += value;
    }
    if (moved > 0) yield (back - out) / moved;
  }
}
