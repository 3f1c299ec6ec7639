import type { ConnectionsSeen, ConnectionsWatched, RunEvent } from "../model/events.ts";

/** A stretch without a look that is longer than this is reported: what was open meanwhile is unknown. */
const gapMs = 5000;

/** Whose connections, who sees them, and how many there may be, where that is known. */
type PeakOf = Pick<ConnectionsWatched, "on" | "seen" | "atMost">;

/** The most connections that were open on one link, or to one instance, and how well that was seen. */
export class ConnectionPeak {
  readonly #of: { readonly on: string; readonly seen: ConnectionsSeen };
  readonly #emit: (event: RunEvent) => void;
  readonly #gaps: { readonly fromMs: number; readonly toMs: number }[] = [];
  #atMost: number | undefined;
  #lastMs: number;
  #last: number | undefined;
  #most = -1;
  #looks = 0;

  /** @param beginMs when the watch began, on the run's clock */
  constructor({ atMost, ...of }: PeakOf, beginMs: number, emit: (event: RunEvent) => void) {
    this.#of = of;
    this.#atMost = atMost;
    this.#lastMs = beginMs;
    this.#emit = emit;
  }

  /**
   * What counts was there in two looks in a row: a connection that takes another one's place may be seen beside it once.
   * @param atMs on the run's clock; a look that is no newer than the last one is the same one
   * @param atMost where only the look says how many there may be
   */
  look(atMs: number, open: number, atMost = this.#atMost): void {
    if (this.#looks > 0 && atMs <= this.#lastMs) return;
    this.#atMost = atMost;
    this.#noteGap(atMs);
    const lasting = Math.min(open, this.#last ?? -1);
    [this.#last, this.#lastMs] = [open, atMs];
    this.#looks += 1;
    if (lasting <= this.#most) return;
    this.#most = lasting;
    this.#emit({ atMs, type: "connections", ...this.#of, open: lasting, ...this.#limit });
  }

  /** @param endMs when the watch ended */
  watched(endMs: number): ConnectionsWatched {
    this.#noteGap(endMs);
    return { ...this.#of, ...this.#limit, looks: this.#looks, gaps: this.#gaps };
  }

  get #limit(): { readonly atMost?: number } {
    return this.#atMost === undefined ? {} : { atMost: this.#atMost };
  }

  #noteGap(toMs: number): void {
    // Two looks on either side of a gap are not in a row.
    if (toMs - this.#lastMs <= gapMs) return;
    this.#gaps.push({ fromMs: this.#lastMs, toMs });
    this.#last = undefined;
  }
}
