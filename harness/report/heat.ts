import type { Interval } from "../model/check.ts";
import { type History, outcomeCode } from "../model/history.ts";

/** So that a drawing of them stays small, however long the run was. */
const columnsAtMost = 72;
const binsPerDecade = 6;
/** A clock that stood still gives 0, which has no logarithm. */
const leastMs = 0.01;

/** How many operations that were due in a stretch of time were ok after a time. Empty cells are left out. */
export interface HeatCell {
  /** On the run's clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The response time's bin. */
  readonly fromTookMs: number;
  readonly toTookMs: number;
  readonly count: number;
}

/** Response times of ok operations over time: all of them, where lines of percentiles show a few numbers. */
export function heatOf(history: History, { fromMs, toMs }: Interval): readonly HeatCell[] {
  const columnMs = Math.max(100, (toMs - fromMs) / columnsAtMost);
  const counts = new Map<string, HeatCell & { count: number }>();
  for (let row = 0; row < history.count; row += 1) {
    const atMs = history.intendedMs[row]!;
    if (history.outcome[row] !== outcomeCode("ok") || atMs < fromMs || atMs >= toMs) continue;
    const column = Math.floor((atMs - fromMs) / columnMs);
    const bin = Math.floor(Math.log10(Math.max(leastMs, history.endMs[row]! - atMs)) * binsPerDecade);
    const key = `${column} ${bin}`;
    const known = counts.get(key);
    if (known !== undefined) known.count += 1;
    else {
      const [fromTookMs, toTookMs] = [bin, bin + 1].map((edge) => 10 ** (edge / binsPerDecade)) as [number, number];
      const cell = { fromMs: fromMs + column * columnMs, toMs: Math.min(toMs, fromMs + (column + 1) * columnMs) };
      counts.set(key, { ...cell, fromTookMs, toTookMs, count: 1 });
    }
  }
  return [...counts.values()];
}

/** Edges of the table's columns: what nobody notices, what is seen, what is waited for, what is left. */
export const tookBands = [
  { name: "under 10 ms", toMs: 10 },
  { name: "10–100 ms", toMs: 100 },
  { name: "0.1–1 s", toMs: 1000 },
  { name: "over 1 s", toMs: Number.POSITIVE_INFINITY },
] as const;

/** By the bands, of the operations that were due in a stretch. */
export function bandsOf(history: History, stretches: readonly Interval[]): readonly (readonly number[])[] {
  const counts = stretches.map(() => tookBands.map(() => 0));
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined) return counts;
  const widthMs = first.toMs - first.fromMs;
  for (let row = 0; row < history.count; row += 1) {
    const atMs = history.intendedMs[row]!;
    if (history.outcome[row] !== outcomeCode("ok") || atMs < first.fromMs || atMs >= last.toMs) continue;
    const stretch = Math.min(stretches.length - 1, Math.floor((atMs - first.fromMs) / widthMs));
    const band = tookBands.findIndex(({ toMs }) => history.endMs[row]! - atMs < toMs);
    counts[stretch]![band]! += 1;
  }
  return counts;
}
