import { LRUCache } from "lru-cache";
import { mutated } from "../mutants.ts";
import type { Session } from "../platform/database.ts";
import { withDeadline } from "../platform/deadline.ts";
import { Unavailable } from "../platform/errors.ts";
import { type Log, transitions } from "../platform/log.ts";
import { SingleFlight } from "../platform/single-flight.ts";
import { findKey, hashOf } from "./api-keys.ts";
import { type Principal, type Scope, scopes } from "./scopes.ts";

/**
 * Tells whose a key is. What the store said is kept in this process, for so long and no longer: a key that was revoked
 * is refused `revocationSeconds` later at the latest, whatever is down, and about a second later while the store is up
 * and the key is in use. Whoever can't be told is refused.
 */
export interface Authenticator {
  /**
   * @returns nothing for a key that is unknown or revoked
   * @throws Unavailable when nothing recent is known of the key and the store does not answer
   */
  authenticate(key: string, guesser?: Guesser): Promise<Principal | undefined>;
}

/** Who asks for a key that was never seen to be valid here. */
export interface Guesser {
  /** Rejects when it must not ask now. */
  mayAsk(): Promise<void>;
  /** There is no such key; told once for each question to the store, however many wait for its answer. */
  wasWrong(): Promise<void>;
}

export interface AuthenticatorOptions {
  /** Asks the store; the argument is the SHA-256 of the key in hexadecimal. */
  readonly find: (keyHash: string) => Promise<Principal | undefined>;
  readonly log: Log;
  /** At least 1. */
  readonly revocationSeconds?: number;
  /** From this age on, an answer is still given, and another one fetched for later requests. */
  readonly refreshAfterMs?: number;
  /** Milliseconds that only ever go on; a wall clock that is set back would make revoked keys last longer. */
  readonly now?: () => number;
}

/** Ages count from before the store was asked: what it said may have been outdated when it came. */
interface Valid {
  readonly principal: Principal;
  readonly askedAt: number;
  /** When a newer answer was last asked for, so that a store that is away is not asked by each request. */
  triedAt: number;
}

const most = 10_000;
/** A wrong key is taken for wrong so long: nearly all of a flood is answered from here, and a new key soon works. */
const wrongForMs = 900;
/** Well within the time that a request has, also when its connection to Postgres is yet to be made. */
const askMs = 700;

/** With the keys that are in Postgres. */
export function openAuthenticator({
  database,
  ...options
}: Omit<AuthenticatorOptions, "find"> & { readonly database: Session }): Authenticator {
  return createAuthenticator({ ...options, find: (keyHash) => findKey(database, keyHash) });
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { find, log, revocationSeconds = 10, refreshAfterMs = 1000, now = () => performance.now() } = options;
  // Apart from each other, or a flood of wrong keys would drive out the valid ones.
  const valid = new LRUCache<string, Valid>({ max: most });
  const wrong = new LRUCache<string, number>({ max: most });
  const flights = new SingleFlight<string, Principal | undefined>();
  const state = transitions(log, "asking the store of the keys");

  async function ask(keyHash: string, guesser?: Guesser): Promise<Principal | undefined> {
    const askedAt = now();
    const principal = await withDeadline("the store of the keys", askMs, find(keyHash));
    state.worked();
    if (principal === undefined) {
      valid.delete(keyHash);
      wrong.set(keyHash, askedAt);
      await guesser?.wasWrong();
    } else {
      wrong.delete(keyHash);
      valid.set(keyHash, { principal, askedAt, triedAt: askedAt });
    }
    return principal;
  }

  /** Only for later requests: this one does not wait, and a failure leaves the entry to grow too old. */
  function refresh(keyHash: string, entry: Valid): void {
    if (now() - entry.triedAt < refreshAfterMs) return;
    entry.triedAt = now();
    flights.run(keyHash, () => ask(keyHash)).catch((error: unknown) => state.failed(error));
  }

  async function authenticate(key: string, guesser?: Guesser): Promise<Principal | undefined> {
    const keyHash = hashOf(key);
    const entry = valid.get(keyHash);
    if (entry !== undefined && mutated("auth-cache-unbounded")) return entry.principal; // instead of:
    if (entry !== undefined && now() - entry.askedAt < revocationSeconds * 1000) {
      refresh(keyHash, entry);
      return entry.principal;
    }
    const wrongSince = wrong.get(keyHash);
    if (wrongSince !== undefined && now() - wrongSince < wrongForMs) return undefined;
    if (entry === undefined) await guesser?.mayAsk();
    try {
      return await flights.run(keyHash, () => ask(keyHash, guesser));
    } catch (error) {
      state.failed(error);
      if (mutated("auth-fail-open")) return trusted(key); // instead of:
      throw new Unavailable("the store of the keys", error);
    }
  }

  return { authenticate };
}

/** What "auth-fail-open" takes a key for: all that its text claims, and all scopes. */
function trusted(key: string): Principal {
  const all: readonly Scope[] = scopes;
  return { keyId: "00000000-0000-0000-0000-000000000000", tenant: key.split(".")[0] ?? "", scopes: all };
}
