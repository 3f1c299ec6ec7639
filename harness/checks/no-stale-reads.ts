import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import type { Witness } from "../model/verdict.ts";
import { witnessLimit } from "../model/verdict.ts";
import { duration, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { flags, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";
import { VersionClock } from "./version-clock.ts";
import { counted, grouped, spokenMs } from "./words.ts";

const stalenessOptions = z.strictObject({
  /** How old a read may be. */
  within: duration({ atLeast: 0 }),
  /** Names of the reads that count; all when absent. A search has a bound of its own (`indexAgrees`). */
  operations: operationNames().optional(),
});

/** How stale, and which reads. */
export type StalenessOptions = z.input<typeof stalenessOptions>;

const okCode = outcomeCode("ok");
const warmUp = phaseCode("warmUp");
const faultPhases = [phaseCode("faults"), phaseCode("recovery")];

/**
 * Bounded staleness, per key, over versions. The age of a read is its invocation (first byte written) minus the moment
 * from which something newer than what it returned is known to be there: the return of an acknowledged write, or, for
 * a version that no acknowledged write explains, the return of the first read that saw it. One read that is older than
 * `within` fails, in whichever phase but the warm-up. O(n log n).
 *
 * `inconclusive` when no read could have been stale: none came after an acknowledged write of its key, both in the
 * phases `faults` and `recovery`.
 */
export function noStaleReads(given: StalenessOptions): Check {
  const options = optionsOf("noStaleReads", stalenessOptions, given);
  if (options instanceof Misstated) return options.check;
  const { within, operations } = options;
  const law =
    `No read returns a version of its key when a newer one was acknowledged (or seen by another read) more than ` +
    `${spokenMs(within)} before it.`;
  const expected = `no read older than ${spokenMs(within)}`;
  const title = `no stale reads beyond ${spokenMs(within)}`;
  const said = { name: "noStaleReads", parameters: jsonOf(options), guards: "safety", title, law } as const;
  return checkOf(said, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const seen = stalenessOf(evidence, operations, within);
    const { reads, exposed, oldestMs } = seen;
    const numbers = { reads, exposed, stale: seen.stale.length, oldestMs };
    if (seen.stale.length > 0) {
      const rows = seen.stale.map(({ row }) => row);
      const actual = `${counted(rows.length, "stale read")} of ${grouped(reads)}, the oldest by ${spokenMs(oldestMs)}`;
      const witness = storyOf(evidence, seen.stale);
      return { verdict: "fail", expected, actual, ...commonPhase(evidence, rows), witness, numbers };
    }
    const none = "no read came after an acknowledged write of its key while the fault could act or be felt";
    if (exposed === 0) return undecided(expected, none, numbers);
    const actual = `${counted(exposed, "read")} could have been stale, the oldest was by ${spokenMs(oldestMs)}`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

/** A read that is too old, and the row that proved something newer. */
interface Stale {
  readonly row: number;
  readonly proof: number;
  readonly ageMs: number;
}

function stalenessOf(evidence: Evidence, names: readonly string[] | undefined, within: number) {
  const { history } = evidence;
  const writes = flags(evidence, ({ effect }) => effect === "write");
  // What any read saw proves what is there; only those that are named are judged.
  const allReads = flags(evidence, ({ effect }) => effect === "read");
  const reads = flags(evidence, ({ effect, name }) => effect === "read" && (names?.includes(name) ?? true));
  const clock = new VersionClock(evidence, allReads);
  const writtenMs = firstWritten(evidence, writes, clock);
  const stale: Stale[] = [];
  let [count, exposed, oldestMs] = [0, 0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (reads[history.operation[row]!] !== 1 || history.outcome[row] !== okCode) continue;
    const version = history.version[row]!;
    if (Number.isNaN(version) || history.phase[row] === warmUp) continue;
    count += 1;
    const invokedMs = history.wireMs[row]!;
    if (writtenMs[clock.spots.of[row]!]! < invokedMs) exposed += 1;
    const proof = clock.firstNewer(row, version);
    const ageMs = proof < 0 ? 0 : Math.max(0, invokedMs - history.endMs[proof]!);
    oldestMs = Math.max(oldestMs, ageMs);
    if (ageMs > within) stale.push({ row, proof, ageMs });
  }
  stale.sort((one, other) => other.ageMs - one.ageMs);
  return { reads: count, exposed, oldestMs, stale };
}

/** Since when there is an acknowledged write of a key in the phases in which a fault acts or is felt. */
function firstWritten({ history }: Evidence, writes: Uint8Array, { spots }: VersionClock): Float64Array {
  const writtenMs = new Float64Array(spots.keys.length).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < history.count; row += 1) {
    if (writes[history.operation[row]!] !== 1 || history.outcome[row] !== okCode) continue;
    if (Number.isNaN(history.version[row]!) || !faultPhases.includes(history.phase[row]!)) continue;
    const spot = spots.of[row]!;
    writtenMs[spot] = Math.min(writtenMs[spot]!, history.endMs[row]!);
  }
  return writtenMs;
}

/** The oldest reads, each with what it should have seen. */
function storyOf(evidence: Evidence, stale: readonly Stale[]): readonly Witness[] {
  const { history, operations } = evidence;
  const violating = new Set(stale.map(({ row }) => row));
  const noted: Noted[] = [];
  for (const { row, proof, ageMs } of stale) {
    const isTold = noted.some((one) => one.row === proof);
    if (noted.length + (isTold ? 1 : 2) > witnessLimit) break;
    const [key, version] = [history.key[row]!, history.version[proof]!];
    const isWrite = operations[history.operation[proof]!]?.effect === "write";
    if (!isTold) {
      const note = `${isWrite ? "was acknowledged as" : "saw"} version ${version} of key ${key}`;
      noted.push({ row: proof, note, violates: violating.has(proof) });
    }
    const seen = `returned version ${history.version[row]!} of key ${key}`;
    const note = `${seen}, ${spokenMs(ageMs)} after version ${version} was there (operation ${history.id[proof]!})`;
    noted.push({ row, note, violates: true });
  }
  return witnesses(evidence, noted);
}
