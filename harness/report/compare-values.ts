import type { Unit } from "../model/compare/metrics.ts";
import type { ShiftRange } from "../model/compare/shift-range.ts";
import { count, roundedTo } from "../model/quantities.ts";

/** Numbers of one row, in one unit and with the same number of decimals, so that base + by = run. */
export interface Values {
  readonly base: string;
  readonly run: string;
  /** The difference with its sign; empty when there is none. */
  readonly by: string;
  /** `+1 to +3 ms`, `at least +1 ms`; empty when there is none. */
  readonly range: string;
}

interface Numbers {
  readonly base: number | null;
  readonly run: number | null;
  readonly shift: number | null;
  readonly range?: ShiftRange | null;
}

/** How a unit is shown. */
interface Scale {
  /** Of one of the unit, as 100 for shares. */
  readonly times: number;
  readonly suffix: string;
  readonly ofDifference: string;
  /** Digits after the point, at least and at most. */
  readonly decimals: readonly [number, number];
}

/**
 * A row has decimals of its own, as many as tell its smaller number, so that its numbers can be added up; units and bounds
 * are those of the quantity everywhere else.
 * @param never what stands for a number that is not there
 */
export function valuesOf(unit: Unit, { base, run, shift, range }: Numbers, never = "–"): Values {
  const sizes = [base, run].flatMap((value) => (value === null ? [] : [Math.abs(value)]));
  const scale = scaleOf(unit, Math.max(0, ...sizes));
  const ends = unit === "share" ? [0, 1] : [0];
  const missing = sizes.map((size) => Math.min(...ends.map((end) => Math.abs(size - end))));
  const decimals = decimalsOf(scale, Math.min(...missing.filter((size) => size > 0)));
  const digits = (value: number): string => fixed(value * scale.times, decimals);
  const shown = (value: number | null): string => (value === null ? never : `${digits(value)}${scale.suffix}`);
  const signed = (value: number): string => `${value > 0 ? "+" : ""}${digits(value)}`;
  return {
    base: shown(base),
    run: shown(run),
    by: shift === null ? "" : `${signed(shift)}${scale.ofDifference}`,
    range: range === undefined || range === null ? "" : interval(range, signed, scale.ofDifference),
  };
}

function interval({ lower, upper }: ShiftRange, signed: (value: number) => string, suffix: string): string {
  if (lower !== null && upper !== null) return `${signed(lower)} to ${signed(upper)}${suffix}`;
  if (lower !== null) return `at least ${signed(lower)}${suffix}`;
  return upper === null ? "" : `at most ${signed(upper)}${suffix}`;
}

function scaleOf(unit: Unit, largest: number): Scale {
  if (unit === "share") return { times: 100, suffix: " %", ofDifference: " points", decimals: [1, 2] };
  if (unit === "perSecond") return { times: 1, suffix: "/s", ofDifference: "/s", decimals: [0, 2] };
  if (unit === "ratio") return { times: 1, suffix: "", ofDifference: "", decimals: [2, 2] };
  const isLong = roundedTo(largest, 1) >= 1000;
  const [times, suffix] = isLong ? [0.001, " s"] : [1, " ms"];
  return { times, suffix, ofDifference: suffix, decimals: [isLong ? 2 : 0, 3] };
}

/** Two digits that count of the smaller one, and always the first: what is not nothing, or all, is not shown as that. */
function decimalsOf({ times, decimals: [least, most] }: Scale, smallest: number): number {
  if (!Number.isFinite(smallest)) return least;
  const first = -Math.floor(Math.log10(smallest * times));
  return Math.max(least, Math.min(most, first + 1), Math.min(first, decimalsAtMost));
}

/** Of a share of a hundred million operations; numbers of twelve digits are exact. */
const decimalsAtMost = 6;

/** A minus that is as wide as a plus; none before a zero. */
function fixed(value: number, decimals: number): string {
  const rounded = roundedTo(Math.abs(value), 10 ** -decimals);
  const [whole = "", part] = rounded.toFixed(decimals).split(".");
  const text = part === undefined ? count(Number(whole)) : `${count(Number(whole))}.${part}`;
  return value < 0 && rounded !== 0 ? `−${text}` : text;
}
