import { outcomes } from "./history.ts";

/** How often each operation of the workloads had each outcome so far: for what waits until so many have. */
export class Tally {
  readonly #counts: Float64Array;

  /** @param operations how many there are */
  constructor(operations: number) {
    this.#counts = new Float64Array(operations * outcomes.length);
  }

  /** @param operation its number in the plan; @param outcome its code */
  add(operation: number, outcome: number): void {
    this.#counts[operation * outcomes.length + outcome]! += 1;
  }

  /** Of all operations together, by outcome code. */
  byOutcome(): readonly number[] {
    const totals = outcomes.map(() => 0);
    for (const [index, count] of this.#counts.entries()) totals[index % outcomes.length]! += count;
    return totals;
  }

  /** @param outcome its code */
  of(operation: number, outcome: number): number {
    return this.#counts[operation * outcomes.length + outcome]!;
  }
}
