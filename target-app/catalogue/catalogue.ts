import type { BulkheadPolicy } from "cockatiel";
import type { Database } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { SingleFlight } from "../platform/single-flight.ts";
import type { OverdueInvalidations } from "./overdue-invalidations.ts";
import type { CacheAnswer, Lease, ProductCache } from "./product-cache.ts";
import { findProduct, type Product, type Repricing, repriceProduct } from "./products.ts";

/** `hit`: by the cache; `miss`: by Postgres, for the cache did not have it; `bypass`: by Postgres, without the cache. */
export type Served = "hit" | "miss" | "bypass";

export interface CatalogueParts {
  readonly database: Database;
  readonly cache: ProductCache;
  /** Keeps reads that fall through from taking every connection that writes need. */
  readonly fallThrough: BulkheadPolicy;
  readonly overdue: OverdueInvalidations;
  readonly log: Log;
}

/** Products, read through the cache and changed around it. */
export class Catalogue {
  readonly #parts: CatalogueParts;
  readonly #flights = new SingleFlight<number, Product | undefined>();

  constructor(parts: CatalogueParts) {
    this.#parts = parts;
  }

  async read(id: number): Promise<{ product: Product | undefined; served: Served }> {
    // Before the cache is asked: a version is taken off this list only once the cache is past it.
    const leastVersion = this.#parts.overdue.leastVersion(id);
    const cached = await this.#askCache(id);
    if (cached?.product !== undefined && cached.product.version >= leastVersion) {
      return { product: cached.product, served: "hit" };
    }
    const product = await this.#flights.run(id, () => this.#load(id, cached?.lease));
    return { product, served: cached === undefined ? "bypass" : "miss" };
  }

  async reprice(id: number, repricing: Repricing): Promise<Product | undefined> {
    const { database, cache, log } = this.#parts;
    const product = await repriceProduct(database, id, repricing);
    this.#flights.forget(id);
    if (product !== undefined) {
      // It may fail: the outbox holds the same invalidation, and the worker keeps at it until it is done.
      await cache.invalidate(id, product.version).catch((error) => log.debug({ err: error }, "left to the outbox"));
    }
    return product;
  }

  async #askCache(id: number): Promise<CacheAnswer | undefined> {
    try {
      return await this.#parts.cache.read(id);
    } catch (error) {
      this.#parts.log.debug({ err: error }, "the cache is bypassed");
      return undefined;
    }
  }

  async #load(id: number, lease: Lease | undefined): Promise<Product | undefined> {
    const { database, cache, fallThrough, log } = this.#parts;
    const product = await fallThrough.execute(() => findProduct(database, id));
    if (product !== undefined && lease !== undefined) {
      // Nobody waits for it: the answer is known, and the next miss will fill what this one could not.
      cache.fill(product, lease).catch((error) => log.debug({ err: error }, "the cache was not filled"));
    }
    return product;
  }
}
