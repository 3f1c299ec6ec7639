import type { CacheEntry } from "faultline";

/** Product id → version. */
export type Versions = ReadonlyMap<number, number>;
/** Product id → what lies in the cache under its key. */
export type Entries = ReadonlyMap<number, string>;

/** Where the two are read. */
export interface Sources {
  rows(): Promise<Versions>;
  entries(): Promise<Entries>;
}

/** So often a row is read again that changed between the two looks at it. */
const tries = 5;

/** What the cache holds of every product, each beside its row: read before and after, and again while the row moves. */
export async function readCached(sources: Sources): Promise<readonly CacheEntry[]> {
  const settled = new Map<number, CacheEntry>();
  let moving = new Set<number>();
  for (let made = 0; made < tries && (made === 0 || moving.size > 0); made += 1) {
    const before = await sources.rows();
    const entries = await sources.entries();
    const after = await sources.rows();
    moving = new Set();
    for (const id of new Set([...before.keys(), ...entries.keys(), ...after.keys()])) {
      const row = after.get(id);
      if (before.get(id) !== row) moving.add(id);
      else if (!settled.has(id)) settled.set(id, entryOf(id, entries.get(id), row ?? null));
    }
    for (const id of settled.keys()) moving.delete(id);
  }
  for (const id of moving) settled.set(id, { key: id - 1, cached: null, row: null, isMoving: true });
  return [...settled.values()].sort((left, right) => left.key - right.key);
}

function entryOf(id: number, entry: string | undefined, row: number | null): CacheEntry {
  const { version, isAbsence } = contentOf(entry ?? "");
  // That there is no such product may be cached as well, and is right when there is no row.
  return { key: id - 1, cached: isAbsence && row === null ? null : version, row };
}

/**
 * An entry is `<rank>:<JSON>`, and a tombstone, which is no value at all, `<rank>:` alone. What is neither counts as
 * version 0, which no row has.
 */
function contentOf(entry: string): { version: number | null; isAbsence: boolean } {
  const body = entry.slice(entry.indexOf(":") + 1);
  if (body === "") return { version: null, isAbsence: false };
  try {
    const { version, product } = JSON.parse(body) as { version?: unknown; product?: unknown };
    return { version: Number.isSafeInteger(version) ? Number(version) : 0, isAbsence: product === null };
  } catch {
    return { version: 0, isAbsence: false };
  }
}
