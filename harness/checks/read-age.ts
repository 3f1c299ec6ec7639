import type { Evidence } from "../model/check.ts";
import type { KeyStates, State } from "./key-states.ts";
import { flags, isAcknowledged } from "./rows.ts";
import { ValueClock } from "./value-clock.ts";
import { VersionClock } from "./version-clock.ts";

/** How long something newer had been there, and the row that proves it; −1 and 0 ms where nothing newer was. */
export interface Aged {
  readonly proof: number;
  readonly ageMs: number;
}

/** How long something newer than what a read returned had been there. */
export class ReadAge {
  readonly #evidence: Evidence;
  readonly #states: KeyStates;
  readonly #versions: VersionClock;
  readonly #all: ValueClock;
  /** Of writes whose versions are not known: with the others, versions decide. */
  readonly #untold: ValueClock;

  /**
   * @param by what proves that something is there. `reads`: the acknowledgement of its write, or else the first read that saw it;
   * `acknowledgements`: those alone
   */
  constructor(evidence: Evidence, states: KeyStates, by: "reads" | "acknowledgements" = "reads") {
    const { writes } = states;
    this.#evidence = evidence;
    this.#states = states;
    // What any read saw proves what is there; only those that are named are judged.
    const sees = flags(evidence, ({ effect }) => by === "reads" && effect === "read");
    const isProof = (row: number): boolean => by === "reads" || isAcknowledged(evidence.history, row);
    this.#versions = new VersionClock(evidence, sees, writes.version);
    this.#all = new ValueClock(evidence, writes, isProof);
    this.#untold = new ValueClock(evidence, writes, (row) => isProof(row) && Number.isNaN(writes.version[row]!));
  }

  /** Whether a read says anything of what it saw. */
  isKnown(row: number): boolean {
    const { version, effectMs } = this.#states.of(row);
    return !Number.isNaN(version) || !Number.isNaN(effectMs);
  }

  /** Of a read that may have seen one of several states, by the newest of them. */
  of(row: number): Aged {
    if (!this.#states.isOpen(row)) return this.#ageOf(row, this.#states.of(row));
    let newest: Aged | undefined;
    for (const { state, bounds } of this.#states.absencesOf(row)) {
      const leastMs = Math.min(...bounds.map((bound) => this.#ageOf(row, bound).ageMs));
      if (newest !== undefined && leastMs >= newest.ageMs) break;
      const aged = this.#ageOf(row, state);
      if (newest === undefined || aged.ageMs < newest.ageMs) newest = aged;
      if (newest.ageMs === 0) break;
    }
    return newest!;
  }

  /** The most that it can come to: were it of the oldest state of its key that its answer can tell from others. */
  mostMs(row: number): number {
    const { version, effectMs } = this.#states.of(row);
    // A delete without a certain outcome explains a read that found nothing, whatever else was written.
    if (effectMs === Number.POSITIVE_INFINITY) return 0;
    const isVersioned = !Number.isNaN(version) || this.#states.isOpen(row);
    const oldest = {
      version: isVersioned ? Number.NEGATIVE_INFINITY : Number.NaN,
      effectMs: this.#states.isPlacedInTime(row) ? Number.NEGATIVE_INFINITY : Number.NaN,
    };
    return this.#ageOf(row, oldest).ageMs;
  }

  #ageOf(row: number, { version, effectMs }: Pick<State, "version" | "effectMs">): Aged {
    const spot = this.#states.writes.spots.of[row]!;
    const hasVersion = !Number.isNaN(version);
    const byVersion = hasVersion ? this.#versions.firstNewer(row, version) : -1;
    const clock = hasVersion ? this.#untold : this.#all;
    const byTime = Number.isNaN(effectMs) ? -1 : clock.firstBegunAfter(spot, effectMs);
    const [one, other] = [this.#ageBy(row, byVersion), this.#ageBy(row, byTime)];
    return one >= other ? { proof: byVersion, ageMs: one } : { proof: byTime, ageMs: other };
  }

  #ageBy(row: number, proof: number): number {
    const { wireMs, endMs } = this.#evidence.history;
    return proof < 0 ? 0 : Math.max(0, wireMs[row]! - endMs[proof]!);
  }
}
