import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { phaseCode } from "../model/history.ts";
import { count, duration, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import { type Witness, witnessLimit } from "../model/verdict.ts";
import { isWrite } from "../model/workload.ts";
import { duration as durationField, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { KeyStates } from "./key-states.ts";
import { needs, operationsNamed, readsOfWrites, timeToAge } from "./plan-problems.ts";
import { ReadAge } from "./read-age.ts";
import { flags, isAbsent, isAcknowledged, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";

const stalenessOptions = z.strictObject({
  /** How old a read may be. */
  within: durationField({ atLeast: 0 }),
  /** Names of the reads that count; all when absent. A search has a bound of its own (`indexAgrees`). */
  operations: operationNames().optional(),
});

/** How stale, and which reads. */
export type StalenessOptions = z.input<typeof stalenessOptions>;

const warmUp = phaseCode("warmUp");
const faultPhases = [phaseCode("faults"), phaseCode("recovery")];

/**
 * Bounded staleness, per key. The age of a read is its invocation (first byte written) minus the moment from which
 * something newer than what it returned is known to be there: the return of an acknowledged write, or, for a write that
 * none acknowledged, the return of the first read that saw it. One read that is older than `within` fails, in whichever
 * phase but the warm-up. O(n log n).
 *
 * What is newer is said by versions where both were told; else by time: a write is newer than a value that was certainly
 * there before it began. A read that found nothing is older than every write, unless a delete explains it.
 *
 * `inconclusive` when no read could have been too old: none came more than `within` after an acknowledged write of its
 * key, both in the phases `faults` and `recovery`.
 */
export function noStaleReads(given: StalenessOptions): Check {
  const options = optionsOf("noStaleReads", stalenessOptions, given);
  if (options instanceof Misstated) return options.check;
  const { within, operations } = options;
  const law =
    `No read returns what its key held before a write that was acknowledged (or seen by another read) more than ` +
    `${statedDuration(within)} before the read.`;
  const expected = `no read older than ${statedDuration(within)}`;
  const title = `no stale reads beyond ${statedDuration(within)}`;
  const said = {
    name: "noStaleReads",
    parameters: jsonOf(options),
    guards: "safety",
    title,
    law,
    ...needs("noStaleReads", operationsNamed(operations), readsOfWrites(operations), timeToAge(within)),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const seen = stalenessOf(evidence, operations, within);
    const { reads, exposed, oldestMs } = seen;
    const numbers = { reads, exposed, stale: seen.stale.length, oldestMs };
    if (seen.stale.length > 0) {
      const rows = seen.stale.map(({ row }) => row);
      const actual = `${plural(rows.length, "stale read")} of ${count(reads)}, the oldest by ${durationBeside(oldestMs, within)}`;
      const witness = storyOf(evidence, seen.stale);
      return { verdict: "fail", expected, actual, ...commonPhase(evidence, rows), witness, numbers };
    }
    if (exposed === 0) return { ...undecided(expected, whyUnexposed(reads, within), numbers), remedy: toExpose(reads) };
    const actual = `${plural(exposed, "read")} could have been too old, the oldest was by ${durationBeside(oldestMs, within)}`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

function whyUnexposed(reads: number, within: number): string {
  if (reads === 0) return "no read says what it saw";
  const when = `more than ${statedDuration(within)} after an acknowledged write of its key`;
  return `no read came ${when} while the fault could act or be felt`;
}

const toExpose = (reads: number): string =>
  reads === 0
    ? "Let `judge` return the `version` of each read, or its `value`."
    : "Use fewer keys, or a longer recovery phase.";

/** A read that is too old, and the row that proved something newer. */
interface Stale {
  readonly row: number;
  readonly proof: number;
  readonly ageMs: number;
}

function stalenessOf(evidence: Evidence, names: readonly string[] | undefined, within: number) {
  const { history } = evidence;
  const reads = flags(evidence, ({ effect, name }) => effect === "read" && (names?.includes(name) ?? true));
  const states = new KeyStates(evidence);
  const age = new ReadAge(evidence, states);
  const written = new FirstWritten(evidence, states);
  const stale: Stale[] = [];
  let [count, exposed, oldestMs] = [0, 0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (reads[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
    if (history.phase[row] === warmUp || !age.isKnown(row)) continue;
    count += 1;
    if (written.sinceMs(row) + within < history.wireMs[row]!) exposed += 1;
    const { proof, ageMs } = age.of(row);
    oldestMs = Math.max(oldestMs, ageMs);
    if (ageMs > within) stale.push({ row, proof, ageMs });
  }
  stale.sort((one, other) => other.ageMs - one.ageMs);
  return { reads: count, exposed, oldestMs, stale };
}

/** Since when there is an acknowledged write of a key in the phases in which a fault acts or is felt. */
class FirstWritten {
  readonly #states: KeyStates;
  readonly #any: Float64Array;
  readonly #versioned: Float64Array;

  constructor(evidence: Evidence, states: KeyStates) {
    const { history } = evidence;
    const { spots, version } = states.writes;
    const isWriting = flags(evidence, ({ effect }) => isWrite(effect));
    this.#states = states;
    this.#any = new Float64Array(spots.keys.length).fill(Number.POSITIVE_INFINITY);
    this.#versioned = this.#any.slice();
    for (let row = 0; row < history.count; row += 1) {
      if (isWriting[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
      if (!faultPhases.includes(history.phase[row]!)) continue;
      const spot = spots.of[row]!;
      this.#any[spot] = Math.min(this.#any[spot]!, history.endMs[row]!);
      if (Number.isNaN(version[row]!)) continue;
      this.#versioned[spot] = Math.min(this.#versioned[spot]!, history.endMs[row]!);
    }
  }

  /** The earliest write that a read of this kind could have missed so that it shows; `Infinity` when there is none. */
  sinceMs(row: number): number {
    const spot = this.#states.writes.spots.of[row]!;
    // A delete without a certain outcome explains a read that found nothing, whatever else was written.
    if (this.#states.of(row).effectMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.#states.isPlacedInTime(row) ? this.#any[spot]! : this.#versioned[spot]!;
  }
}

/** The oldest reads, each with what it should have seen. */
function storyOf(evidence: Evidence, stale: readonly Stale[]): readonly Witness[] {
  const { history, operations } = evidence;
  const violating = new Set(stale.map(({ row }) => row));
  const noted: Noted[] = [];
  for (const { row, proof, ageMs } of stale) {
    const isTold = noted.some((one) => one.row === proof);
    if (noted.length + (isTold ? 1 : 2) > witnessLimit) break;
    const isWriting = isWrite(operations[history.operation[proof]!]?.effect);
    if (!isTold)
      noted.push({ row: proof, note: proofNote(evidence, proof, isWriting), violates: violating.has(proof) });
    const [version, told] = [history.version[proof]!, history.version[row]!];
    const newer = Number.isNaN(version) || Number.isNaN(told) ? "something newer" : `version ${version}`;
    const note = `${seenBy(evidence, row)}, ${duration(ageMs)} after ${newer} was there (operation ${history.id[proof]!})`;
    noted.push({ row, note, violates: true });
  }
  return witnesses(evidence, noted);
}

function proofNote(evidence: Evidence, row: number, isWriting: boolean): string {
  const { version, key } = evidence.history;
  if (!isWriting) return seenBy(evidence, row).replace(/^returned/, "saw");
  return Number.isNaN(version[row]!)
    ? `was acknowledged as a write of key ${key[row]!}`
    : `was acknowledged as version ${version[row]!} of key ${key[row]!}`;
}

function seenBy({ history }: Evidence, row: number): string {
  const [key, version, value] = [history.key[row]!, history.version[row]!, history.value[row]!];
  if (isAbsent(history, row)) return `found nothing of key ${key}`;
  if (!Number.isNaN(version)) return `returned version ${version} of key ${key}`;
  return Number.isNaN(value)
    ? `returned the initial value of key ${key}`
    : `returned the value of operation ${value} for key ${key}`;
}
