import { append } from "../outbox/outbox.ts";
import type { Database } from "../platform/database.ts";
import { Unavailable } from "../platform/errors.ts";
import { type Log, transitions } from "../platform/log.ts";
import { type Loop, startLoop } from "../platform/loop.ts";
import type { Catalogue } from "./catalogue.ts";
import type { ProductCache } from "./product-cache.ts";
import { type Product, type ProductChange, type ProductKey, updateProduct } from "./products.ts";
import { mismatch, there } from "./shelf.ts";
import type { Buffered, WriteBackBuffer } from "./write-back-buffer.ts";

/**
 * The write policy `write-back`: a change of a product is acknowledged once it is in a buffer, and written to Postgres
 * a moment later. It costs a trip to Redis instead of a transaction, goes on while Postgres is away, and makes many
 * changes of one product into one.
 *
 * What it may lose: the buffer lives in the queue's Redis, whose append-only file goes to disk once a second. If that
 * Redis is killed, nothing acknowledged is lost; if its machine loses power, the last second of it is; if its data is
 * deleted, every change that is not in Postgres yet is. A product deleted meanwhile stays deleted, and search learns of
 * a change only when Postgres has. Products are created and deleted in Postgres first, as ever.
 */
export function bufferedChange({
  buffer,
  catalogue,
  cache,
  log,
}: {
  buffer: WriteBackBuffer;
  catalogue: Catalogue;
  cache: ProductCache;
  log: Log;
}) {
  return async (key: ProductKey, change: ProductChange, expected?: number): Promise<Product> => {
    const { product: base, served } = await catalogue.read(key);
    // The version after that of a copy may have been given to another change.
    if (served === "stale") throw new Unavailable("postgres", new Error("the present version is not known"));
    const { before, product } = await buffer.accept(key, there(key, base), change, expected);
    if (product === undefined) throw mismatch(key, before, expected);
    catalogue.forgetReads(key);
    const fill = cache.read(key).then(({ lease }) => cache.fill(key, { product, version: product.version }, lease));
    await fill.catch((error) => log.debug({ err: error }, "the cache hears of it once Postgres has"));
    return product;
  };
}

const everyMs = 100;

/** Writes what is buffered to Postgres, in its own version: by several at once, or twice, to the same end. */
export function startWriteBack(buffer: WriteBackBuffer, { database, log }: { database: Database; log: Log }): Loop {
  const state = transitions(log, "writing back to Postgres");
  return startLoop(async () => {
    try {
      for (const entry of await buffer.entries()) await writeBack(buffer, database, entry);
      state.worked();
    } catch (error) {
      state.failed(error);
    }
    return everyMs;
  });
}

async function writeBack(buffer: WriteBackBuffer, database: Database, entry: Buffered): Promise<void> {
  const { key, change, version } = entry;
  await database.transaction(async (session) => {
    const product = await updateProduct(session, key, change, version);
    if (product === undefined) return;
    const event = { tenant: key.tenant, productId: key.id, version };
    await append(session, "product-to-index", event);
    await append(session, "product-changed", event);
  });
  await buffer.done(entry);
}
