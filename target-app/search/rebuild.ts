import type { Log } from "../platform/log.ts";
import type { ProductDocument, Removal, SearchIndex } from "./search-index.ts";

export type SourceEntry =
  | { readonly kind: "put"; readonly document: ProductDocument }
  | { readonly kind: "remove"; readonly removal: Removal };

/** What the index is a copy of. */
export interface Source {
  /** Every product that there is or was. */
  all(): AsyncIterable<SourceEntry>;
  /** Whether there is or was such a product by now. */
  knows(key: { readonly tenant: string; readonly id: number }): Promise<boolean>;
}

export interface Rebuilt {
  readonly put: number;
  readonly removed: number;
  /** Documents that the source knows nothing of. */
  readonly forgotten: number;
}

const atOnce = 8;
const pageSize = 500;

/**
 * Fills the index from the source, while changes go on and are fed as ever: versions see to it that neither undoes the
 * other. What the source does not know is forgotten; it is asked about each, for a product may have come meanwhile.
 */
export async function rebuildIndex(index: SearchIndex, source: Source, log: Log): Promise<Rebuilt> {
  const counts = { put: 0, removed: 0, forgotten: 0 };
  await inParallel(source.all(), async (entry) => {
    if (entry.kind === "put") await index.put(entry.document);
    else await index.remove(entry.removal);
    counts[entry.kind === "put" ? "put" : "removed"] += 1;
  });
  await inParallel(everyKey(index), async (key) => {
    if (await source.knows(key)) return;
    await index.forget(key);
    counts.forgotten += 1;
  });
  log.info(counts, "the index was rebuilt");
  return counts;
}

async function* everyKey(index: SearchIndex): AsyncIterable<Removal> {
  let after = { tenant: "", id: 0 };
  for (;;) {
    const page = await index.keysAfter(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

/** The first failure ends it, once those that are under way have settled. */
async function inParallel<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let hasFailed = false;
  const one = async () => {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true || hasFailed) return;
      await work(next.value).catch((error) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: atOnce }, one));
  const failure = settled.find((each) => each.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}
