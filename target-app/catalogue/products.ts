import type { Session } from "../platform/database.ts";

/** Which product: each tenant's ids are its own. */
export interface ProductKey {
  readonly tenant: string;
  readonly id: number;
}

export interface Product extends ProductKey {
  readonly name: string;
  readonly priceCents: number;
  /** As of when the product was read: orders change it without a new version. */
  readonly stock: number;
  readonly note: string;
  readonly version: number;
}

/** What is known of a product; its version goes on counting when it is deleted, and is 0 when it never was. */
export interface ProductState {
  readonly product: Product | undefined;
  readonly version: number;
}

export interface NewProduct {
  readonly name: string;
  readonly priceCents: number;
  readonly stock: number;
  readonly note: string;
}

export interface ProductChange {
  /** Left out: it stays as it is. */
  readonly name?: string;
  readonly priceCents: number;
  readonly note: string;
}

/** As one text, for maps and caches; a tenant's name has no colon in it. */
export function textOf({ tenant, id }: ProductKey): string {
  return `${tenant}:${id}`;
}

const columns = `tenant, id, name, price_cents AS "priceCents", stock, note, version`;

type Row = Product & { readonly deleted: boolean };

export async function findProduct(session: Session, { tenant, id }: ProductKey): Promise<ProductState> {
  return stateOf(
    await session.query<Row>(`SELECT ${columns}, deleted FROM products WHERE tenant = $1 AND id = $2`, [tenant, id]),
  );
}

/** The same, and nobody else changes it until the transaction is over. */
export async function lockProduct(session: Session, { tenant, id }: ProductKey): Promise<ProductState> {
  return stateOf(
    await session.query<Row>(
      `SELECT ${columns}, deleted FROM products WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE`,
      [tenant, id],
    ),
  );
}

export async function insertProduct(session: Session, tenant: string, product: NewProduct): Promise<Product> {
  const { rows } = await session.query<Product>(
    `INSERT INTO products (tenant, name, price_cents, stock, note) VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`,
    [tenant, product.name, product.priceCents, product.stock, product.note],
  );
  return rows[0]!;
}

/** To a version that is given, so that a change which was taken elsewhere keeps its own; nothing if it is not newer. */
export async function updateProduct(
  session: Session,
  { tenant, id }: ProductKey,
  { name, priceCents, note }: ProductChange,
  version: number,
): Promise<Product | undefined> {
  const { rows } = await session.query<Product>(
    `UPDATE products SET name = coalesce($3, name), price_cents = $4, note = $5, version = $6, changed_at = now()
     WHERE tenant = $1 AND id = $2 AND version < $6 AND NOT deleted RETURNING ${columns}`,
    [tenant, id, name, priceCents, note, version],
  );
  return rows[0];
}

export async function markDeleted(session: Session, { tenant, id }: ProductKey): Promise<number> {
  const { rows } = await session.query<{ version: number }>(
    `UPDATE products SET deleted = true, version = version + 1, changed_at = now()
     WHERE tenant = $1 AND id = $2 RETURNING version`,
    [tenant, id],
  );
  return rows[0]!.version;
}

function stateOf({ rows }: { rows: readonly Row[] }): ProductState {
  const row = rows[0];
  if (row === undefined) return { product: undefined, version: 0 };
  const { deleted, ...product } = row;
  return { product: deleted ? undefined : product, version: row.version };
}
