import { mutated } from "../mutants.ts";
import { append } from "../outbox/outbox.ts";
import type { Session } from "../platform/database.ts";
import type { ProductCache } from "./product-cache.ts";
import type { ProductKey, ProductState } from "./products.ts";

/** What a change does about the cache, once in its transaction and once after it. */
export interface WritePolicy {
  inTransaction(session: Session, key: ProductKey, state: ProductState): Promise<void>;
  /** It may fail: what was noted in the transaction makes up for it. */
  afterCommit(key: ProductKey, state: ProductState): Promise<void>;
}

export const policyNames = ["invalidate", "write-through", "write-back"] as const;

export type PolicyName = (typeof policyNames)[number];

/** How changes that go to Postgres first treat the cache; `write-back` says only which changes do not. */
export function writePolicy(name: PolicyName, cache: ProductCache): WritePolicy {
  if (mutated("set-on-write")) return { inTransaction: noteInOutbox, afterCommit: setting(cache) }; // instead of:
  if (mutated("del-before-commit")) return { inTransaction: removal(cache), afterCommit: nothing };
  const note = mutated("lost-del", "no-ttl") ? nothing : noteInOutbox;
  return { inTransaction: note, afterCommit: name === "write-through" ? through(cache) : invalidation(cache) };
}

async function nothing(): Promise<void> {}

/** The worker carries it to the cache, for as long as it takes. */
async function noteInOutbox(session: Session, { tenant, id }: ProductKey, { version }: ProductState): Promise<void> {
  await append(session, "product-changed", { tenant, productId: id, version });
}

function setting(cache: ProductCache): WritePolicy["afterCommit"] {
  return (key, state) => cache.overwrite(key, state);
}

function removal(cache: ProductCache): WritePolicy["inTransaction"] {
  return (_session, key) => cache.remove(key).catch(nothing);
}

/** Lazy loading: the entry is gone, and who asks next fills it. */
function invalidation(cache: ProductCache): WritePolicy["afterCommit"] {
  return (key, { version }) => cache.invalidate(key, version);
}

/** The next reader finds the new value in the cache. If it does not get there, the outbox removes the old one. */
function through(cache: ProductCache): WritePolicy["afterCommit"] {
  return async (key, state) => {
    const { lease } = await cache.read(key);
    await cache.fill(key, state, lease);
  };
}
