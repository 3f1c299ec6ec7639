import type { RunEvent } from "../model/events.ts";

/** A statement that a server is at work on, or whose transaction it holds open. */
export interface Statement {
  /** The same in each look, and of no other statement. */
  readonly id: string;
  readonly state: string;
  readonly text: string;
  readonly ageMs: number;
  /** Null when it waits for nothing. */
  readonly waitsFor: string | null;
}

/** So much of a stretch between two looks counts: in a longer one the server, or this program, stood still. */
const stepAtMostMs = 1000;
/** What is over sooner is not worth an event. */
const leastMs = 1000;
/** A statement that lasts is emitted again only when it has grown by so much, so that a long run stays small. */
const growth = 1.5;
const textAtMost = 100;

interface Aged extends Statement {
  readonly seenMs: number;
}

/**
 * For how long statements are at work, as far as that was seen: at each look a statement has lasted for the time since the
 * last one, and for no more than a second. So a server that was paused with a statement in hand, and ends it as soon as it
 * runs again, has not worked on it for as long as it was paused.
 */
export class StatementAges {
  readonly #instance: string;
  readonly #emit: (event: RunEvent) => void;
  #lastMs: number;
  #known: ReadonlyMap<string, Aged> = new Map();
  #emittedMs = 0;

  /** @param beginMs when the watch began, on the run's clock */
  constructor(instance: string, beginMs: number, emit: (event: RunEvent) => void) {
    this.#instance = instance;
    this.#lastMs = beginMs;
    this.#emit = emit;
  }

  look(atMs: number, statements: readonly Statement[]): void {
    const stepMs = Math.min(atMs - this.#lastMs, stepAtMostMs);
    this.#lastMs = atMs;
    const before = this.#known;
    this.#known = new Map(
      statements.map((one) => {
        const seenMs = Math.min(one.ageMs, (before.get(one.id)?.seenMs ?? 0) + stepMs);
        return [one.id, { ...one, seenMs }];
      }),
    );
    const over = [...before.values()].filter(({ id }) => !this.#known.has(id));
    this.#note(atMs, longest(over), 1);
    this.#note(atMs, longest([...this.#known.values()]), growth);
  }

  /** What is still at work is noted with the time that it has taken so far. */
  end(atMs: number): void {
    this.#note(atMs, longest([...this.#known.values()]), 1);
    this.#known = new Map();
  }

  #note(atMs: number, one: Aged | undefined, times: number): void {
    if (one === undefined || one.seenMs < leastMs || one.seenMs <= this.#emittedMs * times) return;
    this.#emittedMs = one.seenMs;
    const { state, waitsFor, seenMs } = one;
    const text = beginningOf(one.text.replaceAll(/\s+/g, " ").trim());
    const waits = waitsFor === null ? {} : { waitsFor };
    this.#emit({ atMs, type: "statement", instance: this.#instance, forMs: Math.round(seenMs), state, text, ...waits });
  }
}

const beginningOf = (text: string): string => (text.length > textAtMost ? `${text.slice(0, textAtMost - 1)}…` : text);

const longest = (statements: readonly Aged[]): Aged | undefined =>
  statements.toSorted((one, other) => other.seenMs - one.seenMs)[0];
