import type { CutCounts, CutOrder } from "../model/relay.ts";

/** What looks at the requests of one connection for the bytes that show a moment. */
export interface MomentWatch {
  /** Whether the bytes end in this chunk, also when they began in the one before. */
  sees(chunk: Buffer): boolean;
}

/** Decides which connections of a link are cut, how often and how far apart. */
export class Cutter {
  readonly lose: CutOrder["lose"];
  readonly #sought: string;
  readonly #times: number;
  readonly #everyMs: number;
  #isArmed = true;
  #cuts = 0;
  #underWay = 0;
  #moments = 0;
  #earliestMs = Number.NEGATIVE_INFINITY;

  constructor({ sends, lose, times, everyMs }: CutOrder) {
    this.lose = lose;
    this.#sought = foldCase(Buffer.from(sends));
    this.#times = times;
    this.#everyMs = everyMs;
  }

  get isArmed(): boolean {
    return this.#isArmed;
  }

  /** For one connection; it must see all requests of it, in their order. */
  watch(): MomentWatch {
    let tail = "";
    return {
      sees: (chunk) => {
        const text = tail + foldCase(chunk);
        // Shorter than what is sought, so that nothing is seen twice.
        tail = this.#sought.length === 1 ? "" : text.slice(1 - this.#sought.length);
        return text.includes(this.#sought);
      },
    };
  }

  /**
   * A moment has come. Whether the connection is to be cut: then one of the next two must follow.
   * @param nowMs of a monotonic clock
   */
  claim(nowMs: number): boolean {
    if (!this.#isArmed) return false;
    this.#moments += 1;
    if (this.#cuts + this.#underWay >= this.#times || nowMs < this.#earliestMs) return false;
    this.#underWay += 1;
    this.#earliestMs = nowMs + this.#everyMs;
    return true;
  }

  done(): void {
    this.#underWay -= 1;
    this.#cuts += 1;
  }

  /** The connection was over before it could be cut. */
  missed(): void {
    this.#underWay -= 1;
    this.#earliestMs = Number.NEGATIVE_INFINITY;
  }

  disarm(): void {
    this.#isArmed = false;
  }

  counts(): CutCounts {
    return { isArmed: this.#isArmed, cuts: this.#cuts, moments: this.#moments };
  }
}

/** One character for each byte; SQL and the commands of Redis are the same in capitals and in small letters. */
const foldCase = (bytes: Buffer): string => bytes.toString("latin1").toLowerCase();
