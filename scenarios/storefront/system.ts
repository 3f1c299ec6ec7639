import { openSearch, perEnvironment, postgres, redis, seconds, service, system } from "faultline";

/** How the audit logs in, too. */
export const database = { database: "shop", user: "shop" } as const;
/** The index is a database of its own, where it is no OpenSearch. */
export const index = { database: "search", user: "shop" } as const;

/** How many connections an instance keeps to each; the pools of `target-app/config.ts`. */
interface Pools {
  readonly postgres: number;
  readonly search: number;
  readonly cache: number;
  readonly queue: number;
}

const linksWith = (pools: Pools) =>
  ({
    DATABASE_URL: { to: "postgres", as: "{url}", connections: pools.postgres },
    SEARCH_URL: { to: "search", as: "{url}", connections: pools.search },
    CACHE_URL: { to: "cache", as: "{url}", connections: pools.cache },
    QUEUE_URL: { to: "queue", as: "{url}", connections: pools.queue },
  }) as const;

/** An API has no part in the queue, but for the buffer of write-back there, and for a seeded bug. */
const ofApi: Pools = { postgres: 12, search: 6, cache: 1, queue: 1 };
/** Of the queue, one to add jobs, and for each of two kinds of jobs one to take them and one that waits for them. */
const ofWorker: Pools = { postgres: 14, search: 4, cache: 1, queue: 5 };
/** One more, for the buffer. */
const ofWritingBackWorker: Pools = { ...ofWorker, queue: 6 };

/** All that is lent comes back by itself, with or without callers. */
const lentForGood = {
  "a connection to Postgres was lent and does not come back": {
    metric: "shop_database_overdue",
    above: 0,
    goesOffAlone: true,
  },
} as const;

/**
 * After its start it answers too late now and then for so long: in containers on two cores for up to 2.2 s, until a search
 * server has compiled what it does, connections are open, and code has come from a slow disk.
 */
export const warmUp = seconds(2.5);

/** What makes a variant of the reference system, as variables of the environment: a seeded bug, a write policy. */
const switches = { MUTANT: "mutant", WRITE_POLICY: "write policy" } as const;

/** MUTANT may name several, with commas between them. */
function inWords(word: string, value: string): string {
  return value.includes(",") ? `${word}s ${value.split(",").join(" and ")}` : `${word} ${value}`;
}

/** What a scenario may want otherwise than it is. */
interface Stated {
  readonly writePolicy?: "invalidate" | "write-through" | "write-back";
  readonly republishAfterSeconds?: number;
}

/** What was compiled is kept for the next start, which takes a quarter of the processor's time then. */
const compiled = { NODE_COMPILE_CACHE: "node_modules/.cache/storefront" } as const;

/**
 * The reference system of `target-app/`, as it is, or as the variables MUTANT and WRITE_POLICY say.
 * @param stated.writePolicy where a scenario says it, the variable has no say
 * @param stated.republishAfterSeconds after how long work that was not done is sent to the queue again: a whole number, from
 * 1. Default 60
 */
export function storefront({ writePolicy, republishAfterSeconds }: Stated = {}) {
  const set = Object.entries(switches).flatMap(([name, word]) => {
    const value = process.env[name] ?? "";
    const isStated = name === "WRITE_POLICY" && writePolicy !== undefined;
    return value === "" || isStated ? [] : [{ name, value, text: inWords(word, value) }];
  });
  const variables = Object.fromEntries(set.map(({ name, value }) => [name, value]));
  const environment = {
    ...compiled,
    ...variables,
    ...(writePolicy === undefined ? {} : { WRITE_POLICY: writePolicy }),
    ...(republishAfterSeconds === undefined ? {} : { REPUBLISH_AFTER_SECONDS: String(republishAfterSeconds) }),
  };
  const paths = { readyPath: "/readyz", livePath: "/livez", nameVariable: "INSTANCE" };
  return system({
    name: "storefront",
    ...(set.length === 0 ? {} : { variant: set.map(({ text }) => text).join(", "), variables }),
    entry: "api",
    components: {
      postgres: postgres({ ...database, configuration: { max_connections: "100" } }),
      cache: redis({ configuration: { maxmemory: "64mb", "maxmemory-policy": "allkeys-lru" } }),
      search: perEnvironment({
        // An index that nobody prepared would have no mapping.
        containers: openSearch({ configuration: { "action.auto_create_index": "false" } }),
        otherwise: postgres({ ...index, configuration: { max_connections: "30", shared_buffers: "32MB" } }),
      }),
      queue: redis({ configuration: { "maxmemory-policy": "noeviction", appendonly: "yes", appendfsync: "everysec" } }),
      api: service({
        ...paths,
        metrics: {
          path: "/metrics",
          marks: {
            "the pool of connections to Postgres is exhausted": { metric: "shop_database_waiting", above: 0 },
            ...lentForGood,
            "the cache is away, or its circuit breaker not closed": { metric: "shop_cache_up", below: 1 },
            "the index's circuit breaker is not closed": { metric: "shop_search_up", below: 1 },
          },
        },
        command: ["node", "--max-semi-space-size=2", "target-app/api.ts"],
        prepare: ["node", "target-app/migrate.ts"],
        instances: 2,
        environment,
        links: linksWith(ofApi),
      }),
      worker: service({
        ...paths,
        metrics: { path: "/metrics", marks: lentForGood },
        command: ["node", "target-app/worker.ts"],
        instances: 2,
        environment,
        links: linksWith(environment.WRITE_POLICY === "write-back" ? ofWritingBackWorker : ofWorker),
      }),
    },
  });
}
