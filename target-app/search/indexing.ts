import { findProduct, type Product } from "../catalogue/products.ts";
import type { JobEvent } from "../jobs/job.ts";
import type { Database } from "../platform/database.ts";
import type { Source, SourceEntry } from "./rebuild.ts";
import type { ProductDocument, SearchIndex } from "./search-index.ts";

/** Gives the index the product as it is by now, which may be newer than the event; the index keeps the newest. */
export async function indexProduct(
  database: Database,
  index: SearchIndex,
  { payload: { tenant, productId: id } }: JobEvent<"product-to-index">,
): Promise<void> {
  const state = await findProduct(database, { tenant, id });
  if (state.product === undefined) await index.remove({ tenant, id, version: state.version });
  else await index.put(documentOf(state.product));
  await database.query(
    "UPDATE products SET indexed_version = $3 WHERE tenant = $1 AND id = $2 AND indexed_version < $3",
    [tenant, id, state.version],
  );
}

const pageSize = 500;

/** What the index is built anew from. */
export function productSource(database: Database): Source {
  return {
    all: () => allProducts(database),
    async knows({ tenant, id }) {
      const { rowCount } = await database.query("SELECT FROM products WHERE tenant = $1 AND id = $2", [tenant, id]);
      return rowCount !== 0;
    },
  };
}

async function* allProducts(database: Database): AsyncIterable<SourceEntry> {
  let after = { tenant: "", id: 0 };
  for (;;) {
    const { rows } = await database.query<Product & { deleted: boolean }>(
      `SELECT tenant, id, name, price_cents AS "priceCents", note, version, deleted FROM products
       WHERE (tenant, id) > ($1, $2) ORDER BY tenant, id LIMIT $3`,
      [after.tenant, after.id, pageSize],
    );
    for (const { deleted, ...product } of rows) yield entryOf(product, deleted);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

function entryOf(product: Product, isDeleted: boolean): SourceEntry {
  const { tenant, id, version } = product;
  return isDeleted
    ? { kind: "remove", removal: { tenant, id, version } }
    : { kind: "put", document: documentOf(product) };
}

function documentOf({ tenant, id, version, name, note, priceCents }: Product): ProductDocument {
  return { tenant, id, version, name, note, priceCents };
}
