import type { Evidence, FinalState, Register } from "../model/check.ts";
import { commonKeyspace, isWrite } from "../model/workload.ts";
import { flags, isAcknowledged, isNeverExecuted } from "./rows.ts";
import { type Groups, groupsOf, keyspacesOf, type Spots } from "./spots.ts";

/** What a key finally holds. */
export interface Final {
  /** The id of a write; null for the initial value, undefined for nothing at all. */
  readonly value: number | null | undefined;
  /** `NaN` when the audit did not read it. */
  readonly version: number;
}

/** The registers of a final state, placed among the keys of a history. */
export interface Finals {
  /** Spot → what it holds. */
  readonly bySpot: ReadonlyMap<number, Final>;
  /** Of keys that no operation worked on. */
  readonly elsewhere: readonly Register[];
}

/**
 * Keys are the same thing only within one keyspace. A register without one is of the common keyspace; where no operation
 * writes to that, and all write to one other, it can only be of that one.
 * @param state a sound one, which lists each key once
 */
export function finalsOf({ operations }: Evidence, spots: Spots, { registers }: FinalState): Finals {
  const names = keyspacesOf(operations);
  const written = new Set(operations.filter(({ effect }) => isWrite(effect)).map(({ keyspace }) => keyspace));
  const [only] = written;
  const byDefault = written.size === 1 && only !== undefined ? only : commonKeyspace;
  const numbers = new Map(spots.keys.map(({ keyspace, key }, spot) => [keyspace * 2 ** 32 + key, spot]));
  const bySpot = new Map<number, Final>();
  const elsewhere: Register[] = [];
  for (const register of registers) {
    const { keyspace = byDefault, key, version = Number.NaN, value } = register;
    const spot = names.includes(keyspace) ? numbers.get(names.indexOf(keyspace) * 2 ** 32 + key) : undefined;
    if (spot === undefined) elsewhere.push(register);
    else bySpot.set(spot, { value, version });
  }
  return { bySpot, elsewhere };
}

/** The acknowledged writes of each spot, and where a delete may have happened that nobody acknowledged. */
export interface WritesBySpot {
  readonly acknowledged: Groups;
  readonly mayBeDeleted: Uint8Array;
}

export function writesBySpot(evidence: Evidence, spots: Spots): WritesBySpot {
  const { history } = evidence;
  const writes = flags(evidence, ({ effect }) => isWrite(effect));
  const deletes = flags(evidence, ({ effect }) => effect === "delete");
  const groupOf = new Int32Array(history.count).fill(-1);
  const mayBeDeleted = new Uint8Array(spots.keys.length);
  for (let row = 0; row < history.count; row += 1) {
    const operation = history.operation[row]!;
    if (writes[operation] !== 1) continue;
    if (isAcknowledged(history, row)) groupOf[row] = spots.of[row]!;
    else if (deletes[operation] === 1 && !isNeverExecuted(history, row)) mayBeDeleted[spots.of[row]!] = 1;
  }
  return { acknowledged: groupsOf(groupOf, spots.keys.length), mayBeDeleted };
}
