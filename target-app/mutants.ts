/** A bug seeded on purpose, so that a test of this system can show that it would notice. */
interface Mutant {
  /** What the code does instead, in one line. */
  readonly change: string;
  /** What its users can then no longer rely on. */
  readonly breaks: string;
}

const noStaleReads = "no read returns a value older than a write acknowledged more than two seconds earlier";
const everyOrderSettles = "every accepted order is fulfilled, or is dead with a reason";
const onceOnly = "an order is taken once for its key, and takes effect once";
const answersInTime = "every request is answered in time, and soon as well as ever once a fault has healed";
const noLostWrites = "what was acknowledged is kept";
const onlyTheAuthorised =
  "nobody without a valid key gets anything, and a revoked key gets nothing after the stated bound";

/** The one catalogue. Each is applied at one line of the code, with the correct line beside it. */
export const mutants = {
  "set-on-write": {
    change: "a write sets the new value in the cache, whatever version is there, instead of invalidating",
    breaks: noStaleReads,
  },
  "del-before-commit": {
    change: "a write deletes the cache's entry before its commit, and never after it",
    breaks: noStaleReads,
  },
  "unversioned-fill": {
    change: "a miss fills the cache whatever newer version or tombstone is there",
    breaks: noStaleReads,
  },
  "lost-del": {
    change: "a failed invalidation of the cache is swallowed, and no outbox row makes up for it",
    breaks: noStaleReads,
  },
  "no-ttl": {
    change: "lost-del, and entries of the cache never expire",
    breaks: "a stale value is gone once its time to live is over",
  },
  "no-single-flight": {
    change: "every miss of the cache asks Postgres, also when another one already does",
    breaks: answersInTime,
  },
  "cache-fatal": {
    change: "a read fails when the cache does",
    breaks: "products can be read while the cache is away",
  },
  "negative-on-error": {
    change: "an error of Postgres is taken, and cached, for the absence of the product",
    breaks: "a product that exists is never answered with 404",
  },
  "wall-clock-ttl": {
    change: "which of two entries is fresher, and for how long, is told by the API's wall clock instead of the version",
    breaks: noStaleReads,
  },
  "no-query-timeout": {
    change: "connections and queries have no deadline",
    breaks: answersInTime,
  },
  "dirty-release": {
    change: "a connection whose reply never came goes back to the pool",
    breaks: answersInTime,
  },
  "commit-unchecked": {
    change: "an error inside a transaction is swallowed, and a COMMIT that rolled back is taken for one that did not",
    breaks: noLostWrites,
  },
  "no-pool-error": {
    change: "nobody listens for errors of idle connections",
    breaks: "no fault of a dependency ends a process",
  },
  "async-commit": {
    change: "Postgres acknowledges a commit before it is on disk (synchronous_commit=off)",
    breaks: noLostWrites,
  },
  "retry-no-key": {
    change: "an order whose COMMIT got no reply is placed again without its key",
    breaks: onceOnly,
  },
  "key-outside-txn": {
    change: "idempotency keys are kept in the cache, outside the transaction of the order",
    breaks: onceOnly,
  },
  "enqueue-no-outbox": {
    change: "an order is enqueued after its COMMIT, without an outbox row",
    breaks: everyOrderSettles,
  },
  "mark-sent-first": {
    change: "an outbox row is marked as sent before its event is delivered",
    breaks: everyOrderSettles,
  },
  "effect-not-idempotent": {
    change: "an event that comes again takes effect again",
    breaks: onceOnly,
  },
  "missing-await": {
    change: "a job is completed without waiting for its effect",
    breaks: everyOrderSettles,
  },
  "no-backoff": {
    change: "failed jobs are tried again at once, without a pause",
    breaks: "only what can never succeed becomes a dead letter",
  },
  "infinite-retry": {
    change: "a job that fails is put back at the head of its queue, for ever",
    breaks: "a poison message never starves the others",
  },
  "queue-evictable": {
    change: "the queue's Redis may evict jobs when its memory is full (allkeys-lru)",
    breaks: everyOrderSettles,
  },
  "no-aof": {
    change: "the queue's Redis keeps no append-only file",
    breaks: everyOrderSettles,
  },
  "nested-infinite-retry": {
    change: "statements, transactions and their callers each retry for ever and without a pause",
    breaks: answersInTime,
  },
  "auth-fail-open": {
    change: "when the store of the keys does not answer, the key is taken for valid",
    breaks: onlyTheAuthorised,
  },
  "auth-cache-unbounded": {
    change: "a key that was valid once is valid for as long as the process lives",
    breaks: onlyTheAuthorised,
  },
  "degraded-skips-tenant": {
    change: "the copies that are served when a component is away are shared by all tenants",
    breaks: "no tenant ever sees another's data",
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof mutants;

/** The one place that reads the switch; once, so that an unset switch costs a comparison of two strings. */
const chosen = process.env["MUTANT"] ?? "";

export function mutated(...names: readonly MutantName[]): boolean {
  return names.some((name) => name === chosen);
}

/** Why a process must not start with this choice; nothing if it may. A typing error must not pass for a correct run. */
export function problemOfMutant(name: string): string | undefined {
  if (name === "" || Object.hasOwn(mutants, name)) return undefined;
  return `MUTANT is "${name}", which is none of: ${Object.keys(mutants).join(", ")}`;
}
