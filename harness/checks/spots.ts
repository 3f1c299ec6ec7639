import type { Evidence } from "../model/check.ts";

/** A key of one keyspace. */
export interface Key {
  /** The number of the keyspace. */
  readonly keyspace: number;
  readonly key: number;
}

/** Every key that is used, with a small number of its own, so that columns can be indexed by it. */
export interface Spots {
  /** Row → the number of its key. */
  readonly of: Int32Array;
  readonly keys: readonly Key[];
}

/** The names of the keyspaces, in the order of their numbers. */
export const keyspacesOf = (operations: Evidence["operations"]): readonly string[] => [
  ...new Set(operations.map(({ keyspace }) => keyspace)),
];

/** Keys are the same thing only within one keyspace. O(n), without a look-up by name or hash. */
export function spotsOf({ history, operations }: Evidence): Spots {
  const names = keyspacesOf(operations);
  const keyspaces = Uint8Array.from(operations, ({ keyspace }) => names.indexOf(keyspace));
  const { operation, key, count } = history;
  const largest = new Float64Array(Math.max(1, names.length));
  for (let row = 0; row < count; row += 1) {
    const space = keyspaces[operation[row]!] ?? 0;
    if (key[row]! > largest[space]!) largest[space] = key[row]!;
  }
  const tables = Array.from(largest, (most) => new Int32Array(most + 1).fill(-1));
  const keys: Key[] = [];
  const of = new Int32Array(count);
  for (let row = 0; row < count; row += 1) {
    const keyspace = keyspaces[operation[row]!] ?? 0;
    const table = tables[keyspace]!;
    let spot = table[key[row]!]!;
    if (spot < 0) {
      spot = keys.push({ keyspace, key: key[row]! }) - 1;
      table[key[row]!] = spot;
    }
    of[row] = spot;
  }
  return { of, keys };
}

/** Members in the order of their groups, each group from `starts[g]` to `starts[g + 1]`, in the order they came in. */
export interface Groups {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
}

/** @param groupOf member → its group; a negative number leaves it out */
export function groupsOf(groupOf: Int32Array, count: number): Groups {
  const starts = new Uint32Array(count + 1);
  for (const group of groupOf) if (group >= 0) starts[group + 1]! += 1;
  for (let group = 0; group < count; group += 1) starts[group + 1]! += starts[group]!;
  const order = new Uint32Array(starts[count]!);
  const next = starts.slice();
  for (let member = 0; member < groupOf.length; member += 1) {
    const group = groupOf[member]!;
    if (group < 0) continue;
    order[next[group]!] = member;
    next[group]! += 1;
  }
  return { order, starts };
}

/**
 * Sorts what is nearly sorted already, as everything is that a history has in the order of time: mostly this moves very
 * little. What is in real disorder is sorted as usual.
 */
export function sortNearly(members: Uint32Array, compare: (one: number, other: number) => number): void {
  let budget = members.length * 20;
  for (let place = 1; place < members.length; place += 1) {
    const member = members[place]!;
    let to = place;
    while (to > 0 && compare(members[to - 1]!, member) > 0) {
      members[to] = members[to - 1]!;
      to -= 1;
    }
    members[to] = member;
    budget -= place - to;
    if (budget < 0) {
      members.sort(compare);
      return;
    }
  }
}
