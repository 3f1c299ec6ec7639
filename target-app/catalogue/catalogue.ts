import { type BulkheadPolicy, BulkheadRejectedError } from "cockatiel";
import { mutated } from "../mutants.ts";
import type { Database } from "../platform/database.ts";
import { Unavailable } from "../platform/errors.ts";
import type { LastGood } from "../platform/last-good.ts";
import type { Log } from "../platform/log.ts";
import { SingleFlight } from "../platform/single-flight.ts";
import type { OverdueInvalidations } from "./overdue-invalidations.ts";
import type { CacheAnswer, ProductCache } from "./product-cache.ts";
import { findProduct, type Product, type ProductKey, type ProductState, textOf } from "./products.ts";

/**
 * `hit`: by the cache; `miss`: by Postgres, for the cache did not have it; `bypass`: by Postgres, without the cache;
 * `stale`: a copy of an earlier answer, for Postgres is away, and the cache did not have it.
 */
export type Served = "hit" | "miss" | "bypass" | "stale";

export interface Answer {
  readonly product: Product | undefined;
  readonly served: Served;
  /** Of a copy. */
  readonly ageMs?: number;
}

export interface CatalogueParts {
  readonly database: Database;
  readonly cache: ProductCache;
  /** Keeps reads that fall through from taking every connection that writes need. */
  readonly fallThrough: BulkheadPolicy;
  readonly overdue: OverdueInvalidations;
  readonly copies: LastGood<ProductState>;
  /** What was acknowledged and is not in Postgres yet, laid over what is; see `write-back.ts`. */
  readonly overlay?: (key: ProductKey, state: ProductState) => Promise<ProductState>;
  readonly log: Log;
}

/** Products, read through the cache. */
export class Catalogue {
  readonly #parts: CatalogueParts;
  readonly #flights = new SingleFlight<string, ProductState>();

  constructor(parts: CatalogueParts) {
    this.#parts = parts;
  }

  /** @throws {Unavailable} when neither the cache nor Postgres answers, and there is no copy that may be served */
  async read(key: ProductKey): Promise<Answer> {
    const { overdue, copies } = this.#parts;
    // Before the cache is asked: a version is taken off this list only once the cache is past it.
    const leastVersion = overdue.leastVersion(key);
    const cached = await this.#askCache(key);
    const answer = (state: ProductState, served: Served): Answer => {
      copies.keep(key.tenant, `product ${key.id}`, state);
      return { product: state.product, served };
    };
    if (cached?.state !== undefined && cached.state.version >= leastVersion) return answer(cached.state, "hit");
    try {
      return answer(await this.#loadOnce(key, cached), cached === undefined ? "bypass" : "miss");
    } catch (error) {
      return this.#copy(key, Math.max(leastVersion, cached?.leastVersion ?? 0), error);
    }
  }

  /** Reads that are under way were begun before a change: who asks from now on gets a new answer. */
  forgetReads(key: ProductKey): void {
    this.#flights.forget(textOf(key));
  }

  async #askCache(key: ProductKey): Promise<CacheAnswer | undefined> {
    try {
      return await this.#parts.cache.read(key);
    } catch (error) {
      if (mutated("cache-fatal")) throw new Unavailable("cache", error); // instead of:
      this.#parts.log.debug({ err: error }, "the cache is bypassed");
      return undefined;
    }
  }

  async #loadOnce(key: ProductKey, cached: CacheAnswer | undefined): Promise<ProductState> {
    const load = () => this.#load(key, cached);
    return mutated("no-single-flight") ? load() : this.#flights.run(textOf(key), load);
  }

  async #load(key: ProductKey, cached: CacheAnswer | undefined): Promise<ProductState> {
    const { cache, log } = this.#parts;
    const state = await this.#askPostgres(key);
    if (cached !== undefined) {
      // Nobody waits for it: the answer is known, and the next miss will fill what this one could not.
      const filling = cache.fill(key, state, cached.lease);
      if (mutated("unhandled-fill"))
        void filling; // instead of:
      else filling.catch((error) => log.debug({ err: error }, "the cache was not filled"));
    }
    return state;
  }

  async #askPostgres(key: ProductKey): Promise<ProductState> {
    const { database, fallThrough, overlay } = this.#parts;
    try {
      const state = await fallThrough.execute(() => findProduct(database, key));
      return overlay === undefined ? state : await overlay(key, state);
    } catch (error) {
      if (mutated("negative-on-error")) return { product: undefined, version: 0 }; // instead of:
      throw error;
    }
  }

  /** Old, but never older than a change that is known of. */
  #copy(key: ProductKey, leastVersion: number, error: unknown): Answer {
    const isAway = error instanceof Unavailable || error instanceof BulkheadRejectedError;
    const copy = isAway ? this.#parts.copies.find(key.tenant, `product ${key.id}`) : undefined;
    if (copy === undefined || copy.value.version < leastVersion) throw error;
    return { product: copy.value.product, served: "stale", ageMs: copy.ageMs };
  }
}
