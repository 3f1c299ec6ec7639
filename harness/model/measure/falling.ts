import type { GaugeAtRest } from "../rest.ts";

/** What has not fallen for so long is not falling any more, unless it fell at longer intervals before. */
export const stillAfterMs = 3000;
/** The longest that the next fall is waited for, however long the intervals were. */
const stillAfterAtMost = 15_000;
/** On the way up a value that varies also dips: only what is lower so long after the peak shows that it falls. */
const afterPeakMs = 1500;

/**
 * Whether numbers that are read again and again still fall. One falls when it is lower than ever since its peak: work
 * that first moves on into a queue makes that queue grow before it shrinks, and what goes up and down between the same
 * values does not fall. All times in ms on one clock; readings come in their order.
 */
export class FallWatch {
  readonly #series = new Map<string, Series>();

  /** Adds one reading of all numbers. What it does not have was not read. */
  add(atMs: number, values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const known = this.#series.get(name);
      if (known === undefined) this.#series.set(name, new Series(atMs, value));
      else known.add(atMs, value);
    }
  }

  /** Whether any of them has fallen so recently that the next fall may come. */
  isFalling(atMs: number): boolean {
    return this.gauges(atMs).some((one) => one.isFalling);
  }

  /**
   * All that are still being read, in the order in which they came.
   * @param steady their values in the steady phase, where they were read
   */
  gauges(atMs: number, steady?: Readonly<Record<string, number>>): readonly GaugeAtRest[] {
    return [...this.#series].flatMap(([name, series]) => {
      const seen = series.at(atMs);
      const before = steady === undefined ? {} : { steady: steady[name] ?? 0 };
      return seen === undefined ? [] : [{ name, ...before, ...seen }];
    });
  }
}

class Series {
  #readings: { readonly atMs: number; readonly value: number }[] = [];
  #peak: number;
  #peakMs: number;
  /** Since the peak. */
  #low: number;
  #fellMs: number;
  /** Between two falls. */
  #longestGapMs = 0;
  /** Between two readings. */
  #longestPauseMs = 0;

  constructor(atMs: number, value: number) {
    [this.#peak, this.#low] = [value, value];
    [this.#peakMs, this.#fellMs] = [atMs, atMs];
    this.#readings.push({ atMs, value });
  }

  add(atMs: number, value: number): void {
    this.#longestPauseMs = Math.max(this.#longestPauseMs, atMs - this.#readings.at(-1)!.atMs);
    this.#readings = [...this.#recent(atMs), { atMs, value }];
    if (value > this.#peak) {
      [this.#peak, this.#peakMs, this.#low] = [value, atMs, value];
    } else if (value < this.#low) {
      this.#low = value;
      if (atMs - this.#peakMs >= afterPeakMs) this.#fall(atMs);
    }
  }

  #fall(atMs: number): void {
    this.#longestGapMs = Math.max(this.#longestGapMs, atMs - this.#fellMs);
    this.#fellMs = atMs;
  }

  /** Undefined when its last reading is too old to say anything. */
  at(atMs: number): Omit<GaugeAtRest, "name" | "steady"> | undefined {
    const recent = this.#recent(atMs);
    const last = recent.at(-1);
    if (last === undefined) return undefined;
    const unmovedMs = atMs - this.#fellMs;
    const lowest = Math.min(...recent.map(({ value }) => value));
    return { now: last.value, lowest, unmovedMs, isFalling: unmovedMs < twice(this.#longestGapMs) };
  }

  #recent(atMs: number) {
    return this.#readings.filter((one) => one.atMs >= atMs - twice(this.#longestPauseMs));
  }
}

/** How long to wait for what came at such intervals until now, in ms. */
const twice = (intervalMs: number): number => Math.min(Math.max(2 * intervalMs, stillAfterMs), stillAfterAtMost);
