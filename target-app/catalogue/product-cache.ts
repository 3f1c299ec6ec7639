import { mutated } from "../mutants.ts";
import type { RedisLink } from "../platform/redis-link.ts";
import { fillScript, readScript, tombstoneScript } from "./product-cache-scripts.ts";
import { type Product, type ProductKey, type ProductState, textOf } from "./products.ts";

/** The right to fill an entry, given with a miss: the moment of that miss, by the cache's own clock. */
export interface Lease {
  readonly readAtMs: number;
}

export interface CacheAnswer {
  /** Nothing when the cache does not have the product. */
  readonly state: ProductState | undefined;
  /** What is older than this is known to be out of date, also where there is no entry. */
  readonly leastVersion: number;
  readonly lease: Lease;
}

/** Products, and the absence of products, by key. Every method fails within the link's deadline when the cache is away. */
export interface ProductCache {
  read(key: ProductKey): Promise<CacheAnswer>;
  /** Keeps what Postgres told, unless the cache knows of a newer version or the lease is over. */
  fill(key: ProductKey, state: ProductState, lease: Lease): Promise<void>;
  /** Leaves a tombstone: older versions are gone, and cannot be filled in again by a read that is under way. */
  invalidate(key: ProductKey, version: number): Promise<void>;
  /** For seeded bugs only: both do what they do whatever version is there. */
  overwrite(key: ProductKey, state: ProductState): Promise<void>;
  remove(key: ProductKey): Promise<void>;
}

/** Longer than a read can take from its miss to its fill, shorter than a tombstone lives. */
const leaseMs = 2000;
const tombstoneMs = 10_000;

export function productCache(link: RedisLink, { ttlSeconds }: { ttlSeconds: number }): ProductCache {
  const ttlMs = mutated("no-ttl") ? 1e12 : ttlSeconds * 1000;
  const overwrite = (key: ProductKey, state: ProductState) =>
    link.run("overwrite", (redis) => redis.set(keyOf(key), entryOf(state), "PX", ttlMs)).then(() => undefined);
  return {
    async read(key) {
      const answer = await link.run("read", (redis) => redis.eval(readScript, 1, keyOf(key)));
      const [entry, readAt] = answer as [string | null, string];
      return { ...parsed(key, entry ?? ""), lease: { readAtMs: Number(readAt) } };
    },
    async fill(key, state, { readAtMs }) {
      if (mutated("unversioned-fill")) return overwrite(key, state); // instead of:
      await link.run("fill", (redis) =>
        redis.eval(fillScript, 1, keyOf(key), rankOf(state.version), entryOf(state), ttlMs, readAtMs, leaseMs),
      );
    },
    invalidate: (key, version) => leaveTombstone(link, key, version),
    overwrite,
    remove: async (key) => void (await link.run("remove", (redis) => redis.del(keyOf(key)))),
  };
}

export async function leaveTombstone(link: RedisLink, key: ProductKey, version: number): Promise<void> {
  await link.run("invalidate", (redis) => redis.eval(tombstoneScript, 1, keyOf(key), rankOf(version), tombstoneMs));
}

export function keyOf(key: ProductKey): string {
  return `product:${textOf(key)}`;
}

/** What tells which of two entries is the newer one. */
function rankOf(version: number): number {
  return mutated("wall-clock-ttl") ? Date.now() : version;
}

function entryOf({ product, version }: ProductState): string {
  return `${rankOf(version)}:${JSON.stringify({ version, product: product ?? null })}`;
}

/** An entry for another product under this key would be a bug of ours or a stranger's write: it is not served. */
function parsed({ tenant, id }: ProductKey, entry: string): Omit<CacheAnswer, "lease"> {
  const colon = entry.indexOf(":");
  const leastVersion = colon > 0 ? Number(entry.slice(0, colon)) : 0;
  const body = entry.slice(colon + 1);
  if (body === "") return { state: undefined, leastVersion };
  const { product, version } = JSON.parse(body) as { product: Product | null; version: number };
  const isItsOwn = product === null || (product.tenant === tenant && product.id === id);
  return { state: isItsOwn ? { product: product ?? undefined, version } : undefined, leastVersion };
}
