import { LRUCache } from "lru-cache";
import { mutated } from "../mutants.ts";

/** A copy of an earlier answer, and how old it is. */
export interface Copy<T> {
  readonly value: T;
  readonly ageMs: number;
}

/** The last good answers of this process, for when the component that gave them is away; never older than stated. */
export interface LastGood<T> {
  keep(tenant: string, what: string, value: T): void;
  find(tenant: string, what: string): Copy<T> | undefined;
}

const most = 5000;

export function lastGood<T extends object>({ staleSeconds }: { staleSeconds: number }): LastGood<T> {
  const copies = new LRUCache<string, { value: T; keptAt: number }>({ max: most });
  // A tenant's name has no space in it, so that no two pairs make one key.
  const keyOf = (tenant: string, what: string) => (mutated("degraded-skips-tenant") ? what : `${tenant} ${what}`);
  return {
    keep: (tenant, what, value) => void copies.set(keyOf(tenant, what), { value, keptAt: performance.now() }),
    find(tenant, what) {
      const copy = copies.get(keyOf(tenant, what));
      if (copy === undefined) return undefined;
      const ageMs = performance.now() - copy.keptAt;
      return ageMs > staleSeconds * 1000 ? undefined : { value: copy.value, ageMs };
    },
  };
}
