import distance from "damerau-levenshtein";

/** A bug seeded on purpose, so that a test of this system can show that it would notice. */
interface Mutant {
  /** What the code does instead, in one line. */
  readonly change: string;
  /** What its users can then no longer rely on. */
  readonly breaks: string;
  /** A public thread about the same bug in another project, as `owner/repository#number` on GitHub. */
  readonly seen?: string;
}

const noStaleReads = "no read returns a value older than a write acknowledged more than two seconds earlier";
const everyOrderSettles = "every accepted order is fulfilled, or is dead with a reason";
const onceOnly = "an order is taken once for its key, and takes effect once";
const answersInTime = "every request is answered in time, and soon as well as ever once a fault has healed";
const noLostWrites = "what was acknowledged is kept";
const comesToRest = "once every fault has healed, the work that was left over is done, and nothing stays degraded";
const startsAlone = "a process starts, and stays up, whatever it depends on is doing";
const stopsCleanly = "a process that is asked to end loses no request that was begun, and no job in hand";
const poolsHold = "a process opens no more connections than it states, and gives back those that it was done with";
const honestRefusals = "a refusal that says that nothing was changed is true";
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
  "no-socket-timeout": {
    change: "connections to the queue wait for ever on a server that no longer knows of them",
    breaks: comesToRest,
    seen: "redis/ioredis#1888",
  },
  "gives-up-reconnecting": {
    change: "the client of the cache stops for good after ten attempts in a row to connect",
    breaks: comesToRest,
    seen: "redis/ioredis#139",
  },
  "limited-reconnects": {
    change: "the client of the cache stops for good when it loses its fourth connection",
    breaks: comesToRest,
    seen: "redis/ioredis#913",
  },
  "queue-needed-at-start": {
    change: "a worker that has no connection to the queue two seconds after its start never takes a job",
    breaks: comesToRest,
    seen: "OptimalBits/bull#890",
  },
  "stalled-once": {
    change: "a job whose worker died twice is given up, whatever attempts it has left (BullMQ's maxStalledCount of 1)",
    breaks: everyOrderSettles,
    seen: "taskforcesh/bullmq#892",
  },
  "exits-without-database": {
    change: "a process asks Postgres one question at its start, and ends when there is no answer",
    breaks: startsAlone,
    seen: "n8n-io/n8n#33647",
  },
  "unhandled-fill": {
    change: "the promise of a fill of the cache is dropped, so that a fill that fails ends the process",
    breaks: startsAlone,
    seen: "parse-community/parse-server#10635",
  },
  "live-needs-database": {
    change: "the live path asks what the ready path asks, and an orchestrator would restart what is in order",
    breaks: "a process is live while it runs, whatever it depends on is doing",
    seen: "vectorize-io/hindsight#3329",
  },
  "exits-at-sigterm": {
    change: "a process that is asked to end does so at once, with its requests and jobs in hand",
    breaks: stopsCleanly,
    seen: "bayesimpact/bayes-platform#794",
  },
  "cuts-open-answers": {
    change: "a server that closes also cuts the connections on which it owes an answer",
    breaks: stopsCleanly,
    seen: "fastify/fastify#3870",
  },
  "key-stuck-in-flight": {
    change: "an idempotency key is claimed in a transaction of its own, and stays claimed if its order fails",
    breaks: "a client that repeats its request with the same key gets an answer in the end",
    seen: "VilledeMontreal/express-idempotency#32",
  },
  "unbounded-pool": {
    change: "the pool opens a connection for every caller, up to a thousand",
    breaks: poolsHold,
    seen: "brianc/node-postgres#557",
  },
  "no-statement-timeout": {
    change: "only the client gives up on a statement; Postgres goes on with it, on a connection that the pool forgot",
    breaks: poolsHold,
    seen: "brianc/node-postgres#1954",
  },
  "unversioned-index": {
    change: "the index takes in whatever comes last, also an older version that was held up on its way",
    breaks: "in the end the index has each product as it is in the database",
    seen: "ankane/searchkick#651",
  },
  "commit-definite": {
    change: "a COMMIT whose reply was lost is taken for one that failed: the answer says that nothing was changed",
    breaks: honestRefusals,
    seen: "CorfuDB/CorfuDB#974",
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof mutants;

/** The one place that reads the switch; once, so that an unset switch costs a look into an empty set. */
const chosen: ReadonlySet<string> = new Set(mutantsIn(process.env["MUTANT"] ?? ""));

export function mutated(...names: readonly MutantName[]): boolean {
  return names.some((name) => chosen.has(name));
}

/** The names in a value of `MUTANT`, which has commas between several; of no value there are none. */
function mutantsIn(value: string): readonly string[] {
  return value === "" ? [] : value.split(",");
}

/** Why a process must not start with this value of `MUTANT`; nothing if it may. A typing error must not pass for a correct run. */
export function problemOfMutant(value: string): string | undefined {
  const given = mutantsIn(value);
  const unknown = given.find((name) => !Object.hasOwn(mutants, name));
  if (unknown !== undefined) return `MUTANT has the unknown name "${unknown}"${hintFor(unknown)} Allowed: ${allowed()}`;
  const doubled = given.find((name, at) => given.indexOf(name) !== at);
  return doubled === undefined ? undefined : `MUTANT has "${doubled}" more than once. Give each name once`;
}

const allowed = () => `${Object.keys(mutants).join(", ")}; several with a comma, and no space, between them`;

/** The name that is nearest to what was typed, if one is near. */
function hintFor(typed: string): string {
  const near = Object.keys(mutants)
    .map((name) => ({ name, edits: distance(typed.trim().toLowerCase(), name).steps }))
    .toSorted((one, other) => one.edits - other.edits)[0];
  return near !== undefined && near.edits <= 3 ? `: did you mean "${near.name}"?` : ".";
}
