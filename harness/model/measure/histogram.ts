/** Sub-buckets of one octave: half of 2^11, as only the upper half of a linear scale of 2^11 is new in each octave. */
const pageSize = 1024;
const pageBits = 10;
/** Longer times (71 minutes and more) are counted here. In microseconds. */
const largestUs = 0xffff_ffff;
const largestMs = 4_294_967;

/**
 * Counts of times, log-linear: exact to a microsecond below 2 ms, and within 0.05 % above (2^11 sub-buckets, as in
 * HdrHistogram). Pages of one octave each are allocated when first needed, so that thousands of small histograms fit.
 * `Infinity` is a time too: that of an operation that never succeeded.
 */
export class Histogram {
  readonly #pages: (Uint32Array | undefined)[] = [];
  #count = 0;
  #minMs = Number.NaN;
  #maxMs = Number.NaN;

  /** How many times were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The shortest time, exactly as it was recorded; `NaN` when there is none. */
  get minMs(): number {
    return this.#minMs;
  }

  /** The longest time, exactly as it was recorded; `NaN` when there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /**
   * @param ms a time; what is negative counts as 0
   * @throws RangeError for `NaN`, which is no time
   */
  record(ms: number): void {
    if (Number.isNaN(ms)) throw new RangeError("a histogram cannot record NaN");
    this.#count += 1;
    if (!(ms >= this.#minMs)) this.#minMs = ms;
    if (!(ms <= this.#maxMs)) this.#maxMs = ms;
    // What took for ever has no slot: it is what is left when all slots are counted.
    if (ms === Number.POSITIVE_INFINITY) return;
    const us = ms <= 0 ? 0 : ms >= largestMs ? largestUs : (ms * 1000 + 0.5) >>> 0;
    const page = pageOf(us);
    const slot = page === 0 ? us : (us >>> (page - 1)) - pageSize;
    const counts = this.#pages[page] ?? this.#page(page);
    counts[slot]! += 1;
  }

  /**
   * The time that a share of all times does not exceed, by nearest rank: the ⌈q · count⌉-th shortest.
   * @param q in [0, 1]
   * @returns ms, within 0.05 % (or 1 µs); `Infinity` when that operation never succeeded; `NaN` when empty
   */
  percentile(q: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.min(this.#count, Math.max(1, Math.ceil(q * this.#count)));
    let seen = 0;
    for (const [page, counts] of this.#pages.entries()) {
      if (counts === undefined) continue;
      for (let slot = 0; slot < pageSize; slot += 1) {
        seen += counts[slot] ?? 0;
        if (seen >= rank) return Math.min(this.#maxMs, Math.max(this.#minMs, middleMs(page, slot)));
      }
    }
    return this.#maxMs;
  }

  /** Adds all that the other has recorded. */
  merge(other: Histogram): void {
    if (other.#count === 0) return;
    this.#count += other.#count;
    if (!(other.#minMs >= this.#minMs)) this.#minMs = other.#minMs;
    if (!(other.#maxMs <= this.#maxMs)) this.#maxMs = other.#maxMs;
    for (const [page, theirs] of other.#pages.entries()) {
      if (theirs === undefined) continue;
      const ours = this.#page(page);
      for (let slot = 0; slot < pageSize; slot += 1) ours[slot]! += theirs[slot]!;
    }
  }

  #page(page: number): Uint32Array {
    let counts = this.#pages[page];
    if (counts === undefined) {
      while (this.#pages.length < page) this.#pages.push(undefined);
      counts = new Uint32Array(pageSize);
      this.#pages[page] = counts;
    }
    return counts;
  }
}

/** Page 0 and 1 hold 1 µs a slot; each page after them is one octave, with slots twice as wide. */
function pageOf(us: number): number {
  return Math.max(0, 32 - pageBits - Math.clz32(us));
}

/** The middle of all whole microseconds that a slot stands for. */
function middleMs(page: number, slot: number): number {
  if (page <= 1) return (page * pageSize + slot) / 1000;
  const width = 2 ** (page - 1);
  return ((pageSize + slot) * width + (width - 1) / 2) / 1000;
}
