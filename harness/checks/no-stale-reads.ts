import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import type { Duration } from "../model/units.ts";
import { type Witness, witnessLimit } from "../model/verdict.ts";
import { checkOf, commonPhase, type Finding, witnessOf } from "./finding.ts";
import { counted, spokenMs } from "./words.ts";

const okCode = outcomeCode("ok");
const faultPhases = [phaseCode("faults"), phaseCode("recovery")];

/**
 * Bounded staleness, per key, over versions. The age of a read is its invocation (first byte written) minus the moment
 * from which something newer than what it returned is known to be there: the return of an acknowledged write, or, for
 * a version that no acknowledged write explains, the return of the first read that saw it. One read that is older than
 * `within` fails, in whichever phase but the warm-up. O(n log n).
 *
 * @param operations the reads that this was promised of, by name; all, when it is left out. A search in an index that
 * lags behind by design is a read of which it was not.
 *
 * `inconclusive` when no read could have been stale: none came after an acknowledged write of its key, both in the
 * phases `faults` and `recovery`.
 */
export function noStaleReads({ within, operations }: NoStaleReadsOptions): Check {
  const reads = operations === undefined ? "read" : `read (${operations.join(", ")})`;
  const law =
    `No ${reads} returns a version of its key when a newer one was acknowledged (or seen by another read) more than ` +
    `${spokenMs(within)} before it.`;
  const expected = `no read older than ${spokenMs(within)}`;
  return checkOf(
    {
      name: "noStaleReads",
      parameters: { within, ...(operations === undefined ? {} : { operations }) },
      guards: "safety",
      title: `no stale reads beyond ${spokenMs(within)}`,
      law,
    },
    (evidence): Finding => {
      const found = readsOf(evidence, operations);
      const exposed = found.filter(({ isExposed }) => isExposed).length;
      const stale = found.filter(({ ageMs }) => ageMs > within).sort((left, right) => right.ageMs - left.ageMs);
      const oldestMs = found.reduce((most, { ageMs }) => Math.max(most, ageMs), 0);
      const numbers = { reads: found.length, exposed, stale: stale.length, oldestMs };
      if (stale.length > 0) {
        return {
          verdict: "fail",
          expected,
          actual: `${counted(stale.length, "stale read")} of ${found.length}, the oldest by ${spokenMs(oldestMs)}`,
          ...commonPhase(
            evidence,
            stale.map(({ row }) => row),
          ),
          witness: witnessesOf(evidence, stale),
          numbers,
        };
      }
      const none = "no read came after an acknowledged write of its key while the fault could act or be felt";
      if (exposed === 0) return { verdict: "inconclusive", expected, actual: none, numbers };
      const actual = `${counted(exposed, "read")} could have been stale, the oldest was by ${spokenMs(oldestMs)}`;
      return { verdict: "pass", expected, actual, numbers };
    },
  );
}

interface NoStaleReadsOptions {
  readonly within: Duration;
  readonly operations?: readonly string[];
}

/** A read that told its version. */
interface Read {
  readonly row: number;
  /** Ms by which it was outdated; 0 when it was not. */
  readonly ageMs: number;
  /** The first proof of something newer; absent when there is none. */
  readonly newer?: Proof;
  /** Whether a write of its key was acknowledged before it, both while the fault could act or be felt. */
  readonly isExposed: boolean;
}

/** From when on a version is known to be there, and by which row. */
interface Proof {
  readonly version: number;
  readonly knownMs: number;
  readonly row: number;
}

/** Everything known of one key's versions. */
interface Key {
  /** Version → its proof; of an acknowledged write when there is one. */
  readonly proofs: Map<number, Proof & { readonly isWrite: boolean }>;
  /** Since when there is an acknowledged write of the phases `faults` and `recovery`. */
  writtenMs: number;
  /** By version, ascending; each with the earliest proof of itself or anything newer. */
  earliest: Proof[];
}

function readsOf(evidence: Evidence, names?: readonly string[]): Read[] {
  const { history, operations } = evidence;
  const keys = keysOf(evidence);
  const reads: Read[] = [];
  for (const row of versioned(evidence, "read")) {
    if (history.phase[row] === phaseCode("warmUp")) continue;
    if (names !== undefined && !names.includes(operations[history.operation[row]!]!.name)) continue;
    const key = keys.get(history.key[row]!)!;
    const invokedMs = history.wireMs[row]!;
    const isExposed = key.writtenMs < invokedMs;
    const newer = firstNewer(key.earliest, history.version[row]!);
    const ageMs = newer === undefined ? 0 : Math.max(0, invokedMs - newer.knownMs);
    reads.push({ row, ageMs, isExposed, ...(newer === undefined ? {} : { newer }) });
  }
  return reads;
}

function keysOf(evidence: Evidence): ReadonlyMap<number, Key> {
  const { history } = evidence;
  const keys = new Map<number, Key>();
  for (const effect of ["write", "read"] as const) {
    for (const row of versioned(evidence, effect)) {
      const id = history.key[row]!;
      const key = keys.get(id) ?? { proofs: new Map(), writtenMs: Number.POSITIVE_INFINITY, earliest: [] };
      keys.set(id, key);
      const isWrite = effect === "write";
      const proof = { version: history.version[row]!, knownMs: history.endMs[row]!, row, isWrite };
      const known = key.proofs.get(proof.version);
      const isBetter = known === undefined || (known.isWrite === isWrite && proof.knownMs < known.knownMs);
      if (isBetter) key.proofs.set(proof.version, proof);
      if (isWrite && faultPhases.includes(history.phase[row]!)) key.writtenMs = Math.min(key.writtenMs, proof.knownMs);
    }
  }
  for (const key of keys.values()) {
    const descending = [...key.proofs.values()].sort((left, right) => right.version - left.version);
    let earliest: Proof | undefined;
    for (const proof of descending) {
      if (earliest === undefined || proof.knownMs < earliest.knownMs) earliest = proof;
      key.earliest.push({ ...earliest, version: proof.version });
    }
    key.earliest.reverse();
  }
  return keys;
}

/** Rows of operations with this effect that were ok and told a version. */
function versioned({ history, operations }: Evidence, effect: "read" | "write"): number[] {
  const rows: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (history.outcome[row] !== okCode || Number.isNaN(history.version[row]!)) continue;
    if (operations[history.operation[row]!]?.effect === effect) rows.push(row);
  }
  return rows;
}

/** The earliest proof of a version above this one, by bisection. */
function firstNewer(earliest: readonly Proof[], version: number): Proof | undefined {
  let [low, high] = [0, earliest.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (earliest[middle]!.version > version) high = middle;
    else low = middle + 1;
  }
  return earliest[low];
}

/** The oldest reads, each with what it should have seen, in the order of time. */
function witnessesOf(evidence: Evidence, stale: readonly Read[]): Witness[] {
  const { history } = evidence;
  const notes = new Map<number, string>();
  const violating = new Set(stale.map(({ row }) => row));
  for (const { row, ageMs, newer } of stale) {
    if (newer === undefined || notes.size + (notes.has(newer.row) ? 1 : 2) > witnessLimit) break;
    const version = history.version[newer.row]!;
    const isWrite = history.operation[newer.row] !== history.operation[row];
    notes.set(newer.row, `${isWrite ? "was acknowledged as" : "saw"} version ${version} of key ${history.key[row]!}`);
    const seen = `returned version ${history.version[row]!} of key ${history.key[row]!}`;
    notes.set(
      row,
      `${seen}, ${spokenMs(ageMs)} after version ${version} was there (operation ${history.id[newer.row]!})`,
    );
  }
  return [...notes]
    .sort(([left], [right]) => history.intendedMs[left]! - history.intendedMs[right]!)
    .map(([row, note]) => witnessOf(evidence, row, note, violating.has(row)));
}
