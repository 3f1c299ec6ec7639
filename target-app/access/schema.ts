import { hashOf } from "./api-keys.ts";
import { demoKeys } from "./demo-keys.ts";
import { type Scope, scopes } from "./scopes.ts";

export const accessSchema = `
  -- Keys are long random texts: nobody can try them all, so a fast hash hides them as well as a slow one would.
  CREATE TABLE IF NOT EXISTS api_keys (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    -- Tenants are part of other keys, whose parts are told from each other by a colon or a space.
    tenant text NOT NULL CHECK (tenant ~ '^[a-z0-9-]{1,40}$'),
    name text NOT NULL CHECK (name ~ '^[a-z0-9-]{1,40}$'),
    hash bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
  );
  CREATE INDEX IF NOT EXISTS api_keys_of_tenant ON api_keys (tenant, id);
`;

const shopper: readonly Scope[] = ["products:read", "orders:read", "orders:write"];

const values = Object.entries(demoKeys).flatMap(([tenant, keys]) => [
  row(tenant, "shopper", keys.shopper, shopper),
  row(tenant, "keeper", keys.keeper, scopes),
]);

function row(tenant: string, name: string, key: string, held: readonly Scope[]): string {
  return `('${tenant}', '${name}', '\\x${hashOf(key)}', '{${held.join(",")}}')`;
}

/** A demo key that was revoked stays revoked. */
export const accessSeed = `
  INSERT INTO api_keys (tenant, name, hash, scopes) VALUES
    ${values.join(",\n    ")}
  ON CONFLICT (hash) DO NOTHING
`;
