import { mutated } from "../mutants.ts";
import { append } from "../outbox/outbox.ts";
import type { Database, Session } from "../platform/database.ts";

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
  /** As of when the product was read: orders change it without a new version. */
  readonly stock: number;
  readonly note: string;
  readonly version: number;
}

export interface Repricing {
  readonly priceCents: number;
  readonly note: string;
}

const columns = `id, name, price_cents AS "priceCents", stock, note, version`;

export async function findProduct(session: Session, id: number): Promise<Product | undefined> {
  const { rows } = await session.query<Product>(`SELECT ${columns} FROM products WHERE id = $1`, [id]);
  return rows[0];
}

/** Changes the product and notes in the same transaction that caches must hear of it; nothing if there is none. */
export async function repriceProduct(
  database: Database,
  id: number,
  { priceCents, note }: Repricing,
): Promise<Product | undefined> {
  return database.transaction(async (session) => {
    const { rows } = await session.query<Product>(
      `UPDATE products SET price_cents = $2, note = $3, version = version + 1 WHERE id = $1 RETURNING ${columns}`,
      [id, priceCents, note],
    );
    const product = rows[0];
    if (product === undefined) return undefined;
    const event = { productId: id, version: product.version };
    if (mutated("lost-del")) return product; // instead of:
    await append(session, "product-changed", event);
    return product;
  });
}
