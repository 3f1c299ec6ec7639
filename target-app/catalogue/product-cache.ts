import type { RedisLink } from "../platform/redis-link.ts";
import { fillScript, readScript, tombstoneScript } from "./product-cache-scripts.ts";
import type { Product } from "./products.ts";

/** The right to fill an entry, given with a miss: the moment of that miss, by the cache's own clock. */
export interface Lease {
  readonly readAtMs: number;
}

export interface CacheAnswer {
  readonly product: Product | undefined;
  readonly lease: Lease;
}

/** Products by id. Every method fails within the link's deadline when the cache is away. */
export interface ProductCache {
  read(id: number): Promise<CacheAnswer>;
  /** Keeps a product read from Postgres, unless the cache knows of a newer version or the lease is over. */
  fill(product: Product, lease: Lease): Promise<void>;
  /** Leaves a tombstone: older versions are gone, and cannot be filled in again by a read that is under way. */
  invalidate(id: number, version: number): Promise<void>;
}

/** Longer than a read can take from its miss to its fill, shorter than a tombstone lives. */
const leaseMs = 2000;
const tombstoneMs = 10_000;

export function productCache(link: RedisLink, { ttlSeconds }: { ttlSeconds: number }): ProductCache {
  return {
    async read(id) {
      const answer = await link.run("read", (redis) => redis.eval(readScript, 1, keyOf(id)));
      const [entry, readAt] = answer as [string | null, string];
      const body = entry?.slice(entry.indexOf(":") + 1) ?? "";
      return {
        product: body === "" ? undefined : (JSON.parse(body) as Product),
        lease: { readAtMs: Number(readAt) },
      };
    },
    async fill(product, { readAtMs }) {
      const { id, version } = product;
      const entry = `${version}:${JSON.stringify(product)}`;
      await link.run("fill", (redis) =>
        redis.eval(fillScript, 1, keyOf(id), version, entry, ttlSeconds * 1000, readAtMs, leaseMs),
      );
    },
    invalidate: (id, version) => leaveTombstone(link, id, version),
  };
}

export async function leaveTombstone(link: RedisLink, id: number, version: number): Promise<void> {
  await link.run("invalidate", (redis) => redis.eval(tombstoneScript, 1, keyOf(id), version, tombstoneMs));
}

export function keyOf(id: number): string {
  return `product:${id}`;
}
