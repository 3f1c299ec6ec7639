import { append } from "../outbox/outbox.ts";
import type { Database, Session } from "../platform/database.ts";
import { Problem } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import {
  insertProduct,
  lockProduct,
  markDeleted,
  type NewProduct,
  type Product,
  type ProductChange,
  type ProductKey,
  type ProductState,
  updateProduct,
} from "./products.ts";
import type { WritePolicy } from "./write-policies.ts";

export interface ShelfParts {
  readonly database: Database;
  readonly policy: WritePolicy;
  /** A change was made: answers that are being read now may be older. */
  readonly onChange: (key: ProductKey) => void;
  readonly log: Log;
}

/** Changes of products: Postgres first, with a note for the cache and for the index in the same transaction. */
export class Shelf {
  readonly #parts: ShelfParts;

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  /** In a transaction of the caller's; what it returns is to be done after the commit. */
  async add(session: Session, tenant: string, wanted: NewProduct): Promise<Product> {
    const product = await insertProduct(session, tenant, wanted);
    await this.#note(session, product, { product, version: product.version });
    return product;
  }

  /** @param expected the version that the caller has seen; any will do when it is left out */
  async change(key: ProductKey, change: ProductChange, expected?: number): Promise<Product> {
    return this.#write(key, expected, async (session, { version }) => {
      const product = await updateProduct(session, key, change, version + 1);
      if (product === undefined) throw new Error(`product ${key.id} was locked, and yet it changed`);
      return { product, version: product.version };
    }).then((state) => state.product!);
  }

  async remove(key: ProductKey, expected?: number): Promise<void> {
    await this.#write(key, expected, async (session) => ({
      product: undefined,
      version: await markDeleted(session, key),
    }));
  }

  /** The cache may hold that there is no such product. */
  async afterCommit(key: ProductKey, state: ProductState): Promise<void> {
    const { policy, onChange, log } = this.#parts;
    onChange(key);
    // It may fail: the outbox holds the same, and the worker keeps at it until it is done.
    await policy.afterCommit(key, state).catch((error) => log.debug({ err: error }, "left to the outbox"));
  }

  async #write(
    key: ProductKey,
    expected: number | undefined,
    write: (session: Session, before: ProductState) => Promise<ProductState>,
  ): Promise<ProductState> {
    const state = await this.#parts.database.transaction(async (session) => {
      const before = await lockProduct(session, key);
      there(key, before.product);
      if (expected !== undefined && expected !== before.version) throw mismatch(key, before.version, expected);
      const after = await write(session, before);
      await this.#note(session, key, after);
      return after;
    });
    await this.afterCommit(key, state);
    return state;
  }

  async #note(session: Session, key: ProductKey, state: ProductState): Promise<void> {
    await append(session, "product-to-index", { tenant: key.tenant, productId: key.id, version: state.version });
    await this.#parts.policy.inTransaction(session, key, state);
  }
}

/** @throws {Problem} unless there is one */
export function there({ id }: ProductKey, product: Product | undefined): Product {
  if (product === undefined) throw new Problem(404, "unknown-product", `there is no product ${id}`);
  return product;
}

export function mismatch({ id }: ProductKey, present: number, expected: number | undefined): Problem {
  const detail = `product ${id} is at version ${present}, not ${expected}: read it again, and decide anew`;
  return new Problem(412, "version-mismatch", detail, { field: "headers/if-match" });
}
