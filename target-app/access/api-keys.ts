import { hash, randomBytes } from "node:crypto";
import type { Session } from "../platform/database.ts";
import { Problem } from "../platform/errors.ts";
import type { Principal, Scope } from "./scopes.ts";

/** What may be told of a key to its tenant, at any time. Two keys may have one name: it is for people. */
export interface KeyRecord {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export interface IssuedKey extends NewKey {
  readonly id: string;
  readonly tenant: string;
  /** The key itself. Only its hash is kept: this is the one time that it can be told. */
  readonly key: string;
}

/** Of the whole text, in hexadecimal; a fast hash is enough, for keys are long random texts. */
export function hashOf(key: string): string {
  return hash("sha256", key, "hex");
}

const columns = `id, tenant, name, scopes, created_at AS "createdAt", revoked_at AS "revokedAt"`;
const bytes = (hex: string) => Buffer.from(hex, "hex");

/** Nothing for a key that never was or was revoked. */
export async function findKey(session: Session, keyHash: string): Promise<Principal | undefined> {
  const { rows } = await session.query<Principal>(
    `SELECT id AS "keyId", tenant, scopes FROM api_keys WHERE hash = $1 AND revoked_at IS NULL`,
    [bytes(keyHash)],
  );
  return rows[0];
}

/** The beginning of the key is for people that find it somewhere; nothing is read from it. */
export async function issueKey(session: Session, tenant: string, { name, scopes }: NewKey): Promise<IssuedKey> {
  const key = `${tenant}.${name}.${randomBytes(24).toString("base64url")}`;
  const { rows } = await session.query<{ id: string }>(
    "INSERT INTO api_keys (tenant, name, hash, scopes) VALUES ($1, $2, $3, $4) RETURNING id",
    [tenant, name, bytes(hashOf(key)), scopes],
  );
  return { id: rows[0]!.id, tenant, name, scopes, key };
}

/** Oldest first, from the one after a given one; those that were revoked, too. */
export async function listKeys(
  session: Session,
  tenant: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly KeyRecord[]> {
  const { rows } = await session.query<KeyRecord>(
    `SELECT ${columns} FROM api_keys WHERE tenant = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after ?? null, limit],
  );
  return rows;
}

/** A key that is revoked already stays so since then. Of another tenant's it is not even told that it exists. */
export async function revokeKey(session: Session, tenant: string, id: string): Promise<void> {
  const { rowCount } = await session.query(
    "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant = $1 AND id = $2",
    [tenant, id],
  );
  if (rowCount === 0) throw new Problem(404, "unknown-key-id", `there is no key ${id}`);
}
