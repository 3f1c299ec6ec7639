/** One operation of a key, in a search for an order. */
export interface Ordered {
  readonly fromMs: number;
  /** ∞ where it may take effect at any later time. */
  readonly toMs: number;
  readonly isRead: boolean;
  /** What a read saw, or a write leaves: the id of a write, or one of the two below. */
  readonly state: number;
}

/** The states of a key that no write with a value left. */
export const initialState = -1;
export const absentState = -2;

/** A search that takes more steps is given up; what is met in practice takes about as many as there are operations. */
const mostSteps = 50_000;

/** What is done, and what could be tried instead, at one depth of the search. */
interface Frame {
  readonly trail: readonly number[];
  readonly state: number;
  /** How many of the free deletes were used. */
  readonly used: number;
  readonly choices: readonly number[];
  next: number;
}

/** The choice of a delete that need not have happened. */
const freeDelete = -1;

/**
 * Searches all orders that agree with real time for one in which every read sees what the last write before it left
 * (Wing & Gong 1993, with the memory of Lowe 2017). Deletes all leave the same, so that the zones of `linearizable`, which
 * need a value of its own for each write, do not decide keys on which reads found nothing.
 * @param operations each of them has a place in the order
 * @param freeDeletesMs when the deletes began that may have happened, at any time from then on, or not
 * @returns undefined when the search was given up
 */
export function hasOrder(
  operations: readonly Ordered[],
  freeDeletesMs: readonly number[],
  initial: number,
): boolean | undefined {
  const search = new Search(
    operations.toSorted((one, other) => one.fromMs - other.fromMs),
    freeDeletesMs.toSorted((one, other) => one - other),
  );
  return search.from(initial);
}

class Search {
  readonly #operations: readonly Ordered[];
  readonly #freeDeletesMs: readonly number[];
  readonly #isDone: Uint8Array;
  readonly #dead = new Set<string>();
  #left: number;
  /** The first operation that is not done. */
  #low = 0;

  constructor(operations: readonly Ordered[], freeDeletesMs: readonly number[]) {
    this.#operations = operations;
    this.#freeDeletesMs = freeDeletesMs;
    this.#isDone = new Uint8Array(operations.length);
    this.#left = operations.length;
  }

  from(initial: number): boolean | undefined {
    const stack = [this.#enter(initial, 0, [])];
    for (let steps = 0; steps < mostSteps; steps += 1) {
      if (this.#left === 0) return true;
      const frame = stack.at(-1);
      if (frame === undefined) return false;
      const choice = frame.choices[frame.next];
      if (choice === undefined) {
        this.#undo(frame.trail);
        stack.pop();
        continue;
      }
      frame.next += 1;
      if (choice === freeDelete) stack.push(this.#enter(absentState, frame.used + 1, []));
      else stack.push(this.#enter(this.#operations[choice]!.state, frame.used, [choice]));
    }
    return undefined;
  }

  /** Does these, then all reads that see what is there now: nothing is lost by doing them at once. */
  #enter(state: number, used: number, first: readonly number[]): Frame {
    const trail: number[] = [];
    for (const one of first) this.#do(one, trail);
    let [reads, writes, untilMs] = this.#possible(state);
    while (reads.length > 0) {
      for (const one of reads) this.#do(one, trail);
      [reads, writes, untilMs] = this.#possible(state);
    }
    const key = `${this.#doneFrom(untilMs)}:${state}:${used}`;
    if (this.#dead.has(key)) return { trail, state, used, choices: [], next: 0 };
    this.#dead.add(key);
    const isFree = state !== absentState && (this.#freeDeletesMs[used] ?? Number.POSITIVE_INFINITY) <= untilMs;
    return { trail, state, used, choices: isFree ? [...writes, freeDelete] : writes, next: 0 };
  }

  /** What can come next: it began before anything that is left had ended. Of the reads, those that see this state. */
  #possible(state: number): [reads: number[], writes: number[], untilMs: number] {
    while (this.#isDone[this.#low] === 1) this.#low += 1;
    let untilMs = Number.POSITIVE_INFINITY;
    let end = this.#low;
    for (; end < this.#operations.length && this.#operations[end]!.fromMs <= untilMs; end += 1) {
      if (this.#isDone[end] === 0) untilMs = Math.min(untilMs, this.#operations[end]!.toMs);
    }
    const [reads, writes]: [number[], number[]] = [[], []];
    for (let place = this.#low; place < end; place += 1) {
      const { fromMs, isRead, state: own } = this.#operations[place]!;
      if (this.#isDone[place] === 1 || fromMs > untilMs) continue;
      if (!isRead) writes.push(place);
      else if (own === state) reads.push(place);
    }
    return [reads, writes, untilMs];
  }

  #do(place: number, trail: number[]): void {
    this.#isDone[place] = 1;
    this.#left -= 1;
    trail.push(place);
  }

  #undo(trail: readonly number[]): void {
    for (const place of trail) {
      this.#isDone[place] = 0;
      this.#low = Math.min(this.#low, place);
    }
    this.#left += trail.length;
  }

  /** Names what is done: everything before `low`, and of what began by `untilMs` these. */
  #doneFrom(untilMs: number): string {
    const done = [this.#low];
    for (let place = this.#low; place < this.#operations.length; place += 1) {
      if (this.#operations[place]!.fromMs > untilMs) break;
      if (this.#isDone[place] === 1) done.push(place);
    }
    return done.join();
  }
}
