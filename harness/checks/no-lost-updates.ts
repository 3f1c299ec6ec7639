import type { Check, Evidence } from "../model/check.ts";
import { plural } from "../model/quantities.ts";
import { isWrite } from "../model/workload.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { type KeyWrites, keyWritesOf, sourceOf } from "./key-writes.ts";
import { effectOf, needs } from "./plan-problems.ts";
import { flags, isAcknowledged, type Noted, undecided, witnesses } from "./rows.ts";
import { groupsOf, sortNearly } from "./spots.ts";

/**
 * No version of a key is that of two writes. Two writes that were acknowledged as one version both changed the same state,
 * and one of them is lost: by two nodes that both took themselves for the leader, by a node that forgot what it had
 * acknowledged, by optimistic locking that does not lock. A read that returned the value of a write proves its version
 * too, so an API whose writes return none can be judged by its reads. O(n log n).
 *
 * `inconclusive` where no key had two writes whose versions are known.
 */
export function noLostUpdates(given: NoOptions = {}): Check {
  const options = optionsOf("noLostUpdates", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law =
    "No two acknowledged writes of a key have one version: none replaced a state that another had replaced already.";
  const expected = "every version of a key is that of one write";
  const said = {
    name: "noLostUpdates",
    parameters: {},
    guards: "safety",
    title: "no lost updates",
    law,
    ...needs("noLostUpdates", effectOf(["write", "delete"])),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const { keys, writes, shared } = versionsOf(evidence);
    const numbers = { keys, writes, shared: shared.length };
    if (shared.length > 0) {
      shared.sort((one, other) => beginOf(evidence, one) - beginOf(evidence, other));
      const rows = shared.flatMap(({ proofs }) => proofs.map(({ write }) => write));
      const witness = witnesses(
        evidence,
        shared.flatMap((one) => storyOf(evidence, one)),
      );
      const actual = `${plural(shared.length, "version")} given to two writes: ${described(evidence, shared[0]!)}`;
      return { verdict: "fail", expected, actual, ...commonPhase(evidence, rows), witness, numbers };
    }
    if (keys === 0) {
      const remedy =
        "Let `judge` return the `version` of each write, or the `value` and `version` of each read. Leave the check out " +
        "where the system has no versions.";
      return { ...undecided(expected, "no key had two acknowledged writes whose version is known", numbers), remedy };
    }
    const actual = `${plural(writes, "write")} of ${plural(keys, "key")}, each with a version of its own`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

/** That a write has the version which the row told: the write itself, or a read that returned its value. */
interface Proof {
  readonly write: number;
  readonly row: number;
}

/** Proofs of two writes with one version of one key. */
interface Shared {
  readonly version: number;
  readonly proofs: readonly [Proof, Proof];
}

function versionsOf(evidence: Evidence) {
  const writes = keyWritesOf(evidence);
  const { version, spots } = writes;
  const writeBy = writeByRow(evidence, writes);
  const groupOf = spots.of.map((spot, row) => (writeBy[row]! < 0 ? -1 : spot));
  const { order, starts } = groupsOf(groupOf, spots.keys.length);
  const shared: Shared[] = [];
  let [keys, written] = [0, 0];
  for (let spot = 0; spot < spots.keys.length; spot += 1) {
    const rows = order.subarray(starts[spot], starts[spot + 1]);
    sortNearly(rows, (one, other) => version[one]! - version[other]! || writeBy[one]! - writeBy[other]!);
    let [distinct, others] = [0, 0];
    for (const [place, row] of rows.entries()) {
      const before = rows[place - 1];
      const isSameVersion = before !== undefined && version[before] === version[row];
      if (isSameVersion && writeBy[before] === writeBy[row]) continue;
      distinct += 1;
      if (writeBy[row] !== writeBy[rows[0]!]) others += 1;
      if (!isSameVersion) continue;
      const proofs = [proofOf(writeBy, before), proofOf(writeBy, row)] as const;
      shared.push({ version: version[row]!, proofs });
    }
    if (others === 0) continue;
    keys += 1;
    written += distinct;
  }
  return { keys, writes: written, shared };
}

/** Row → the row of the write whose version it tells; −1 where it tells none. */
function writeByRow(evidence: Evidence, writes: KeyWrites): Int32Array {
  const { history } = evidence;
  const isWriting = flags(evidence, ({ effect }) => isWrite(effect));
  const isReading = flags(evidence, ({ effect }) => effect === "read");
  const writeBy = new Int32Array(history.count).fill(-1);
  for (let row = 0; row < history.count; row += 1) {
    if (Number.isNaN(writes.version[row]!)) continue;
    const operation = history.operation[row]!;
    const isTold = !Number.isNaN(history.version[row]!);
    if (isWriting[operation] === 1 && isTold && isAcknowledged(history, row)) writeBy[row] = row;
    if (isReading[operation] !== 1 || !isAcknowledged(history, row)) continue;
    writeBy[row] = sourceOf(evidence, writes, row);
  }
  return writeBy;
}

const proofOf = (writeBy: Int32Array, row: number): Proof => ({ write: writeBy[row]!, row });

const beginOf = ({ history }: Evidence, { proofs }: Shared): number =>
  Math.min(...proofs.map(({ write }) => history.intendedMs[write]!));

function described({ history }: Evidence, { version, proofs }: Shared): string {
  const [one, other] = proofs.map(({ write }) => history.id[write]!).sort((a, b) => a - b);
  return `operations ${one} and ${other} both wrote version ${version} of key ${history.key[proofs[0].write]!}`;
}

function storyOf({ history }: Evidence, { version, proofs }: Shared): readonly Noted[] {
  return proofs.flatMap(({ write, row }): readonly Noted[] => {
    const key = history.key[write]!;
    if (row === write) return [{ row, note: `was acknowledged as version ${version} of key ${key}`, violates: true }];
    const note = `returned the value of operation ${history.id[write]!} as version ${version} of key ${key}`;
    return [
      { row: write, note: `wrote what was read as version ${version} of key ${key}`, violates: true },
      { row, note, violates: false },
    ];
  });
}
