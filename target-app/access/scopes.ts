/** What a key may be for. `operations` is dead letters; `keys` is to issue, list and revoke those of its own tenant. */
export const scopes = ["products:read", "products:write", "orders:read", "orders:write", "operations", "keys"] as const;

export type Scope = (typeof scopes)[number];

/** Who sends a request: as the row of the key says, never as the key's text does. */
export interface Principal {
  readonly keyId: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}
