import { type PolicyName, policyNames } from "./catalogue/write-policies.ts";
import { problemOfMutant } from "./mutants.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where what is kept is kept. */
export interface StoreConfig {
  readonly databaseUrl: string;
  readonly searchUrl: string;
}

/** What every process of the system needs. */
export interface Config extends StoreConfig {
  readonly cacheUrl: string;
  readonly queueUrl: string;
  readonly host: string;
  readonly port: number;
  readonly instance: string;
  readonly logLevel: string;
  readonly poolSize: number;
  readonly searchPoolSize: number;
  readonly writePolicy: PolicyName;
}

export interface ApiConfig extends Config {
  readonly cacheTtlSeconds: number;
  /** How long one cache command may take before the read goes on without the cache. */
  readonly cacheDeadlineMs: number;
  /** How many reads may fall through to Postgres at once, and how many may wait for a place. */
  readonly fallThroughLimit: number;
  readonly fallThroughQueue: number;
  /** How old a copy may be that is served while the component that gave it is away. */
  readonly staleSeconds: number;
  /** How long after its end a key may still be taken for valid, at the most. */
  readonly revocationSeconds: number;
  /** How many requests one key may make in a second, of each instance. */
  readonly requestsPerSecond: number;
  readonly mostRequestsAtOnce: number;
}

export interface WorkerConfig extends Config {
  readonly relayIdleMs: number;
  readonly orderConcurrency: number;
  readonly indexConcurrency: number;
  /** How old a sent event gets whose work was not done before it is sent once more. */
  readonly republishAfterSeconds: number;
}

export function readApiConfig(environment: Environment): ApiConfig {
  return read(environment, (settings) => ({
    ...common(settings, { instance: "api", poolSize: 12, searchPoolSize: 6 }),
    cacheTtlSeconds: settings.integer("CACHE_TTL_SECONDS", 30, 1, 86_400),
    cacheDeadlineMs: settings.integer("CACHE_DEADLINE_MS", 80, 5, 500),
    fallThroughLimit: settings.integer("FALL_THROUGH_LIMIT", 8, 1, 1000),
    fallThroughQueue: settings.integer("FALL_THROUGH_QUEUE", 100, 0, 10_000),
    staleSeconds: settings.integer("STALE_SECONDS", 60, 0, 86_400),
    revocationSeconds: settings.integer("REVOCATION_SECONDS", 10, 1, 3600),
    requestsPerSecond: settings.integer("REQUESTS_PER_SECOND", 3000, 1, 1_000_000),
    mostRequestsAtOnce: settings.integer("MOST_REQUESTS_AT_ONCE", 400, 1, 100_000),
  }));
}

export function readWorkerConfig(environment: Environment): WorkerConfig {
  return read(environment, (settings) => ({
    ...common(settings, { instance: "worker", poolSize: 14, searchPoolSize: 4 }),
    relayIdleMs: settings.integer("RELAY_IDLE_MS", 40, 5, 60_000),
    orderConcurrency: settings.integer("ORDER_CONCURRENCY", 8, 1, 100),
    indexConcurrency: settings.integer("INDEX_CONCURRENCY", 4, 1, 100),
    republishAfterSeconds: settings.integer("REPUBLISH_AFTER_SECONDS", 60, 1, 86_400),
  }));
}

/** What is prepared before anything else runs. */
export function readStoreConfig(environment: Environment): StoreConfig {
  return read(environment, stores);
}

/** Everything that is wrong with the environment at once, so that it is put right at once. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

function stores(settings: Settings): StoreConfig {
  return {
    databaseUrl: settings.url("DATABASE_URL", ["postgres:", "postgresql:"]),
    searchUrl: settings.url("SEARCH_URL", ["postgres:", "postgresql:", "http:", "https:"]),
  };
}

function common(settings: Settings, defaults: { instance: string; poolSize: number; searchPoolSize: number }): Config {
  return {
    ...stores(settings),
    cacheUrl: settings.url("CACHE_URL", ["redis:", "rediss:"]),
    queueUrl: settings.url("QUEUE_URL", ["redis:", "rediss:"]),
    host: settings.text("HOST", "127.0.0.1"),
    port: settings.integer("PORT", 3000, 0, 65_535),
    instance: settings.text("INSTANCE", defaults.instance),
    logLevel: settings.oneOf("LOG_LEVEL", "info", ["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    poolSize: settings.integer("DATABASE_POOL_SIZE", defaults.poolSize, 2, 200),
    searchPoolSize: settings.integer("SEARCH_POOL_SIZE", defaults.searchPoolSize, 1, 200),
    writePolicy: settings.oneOf("WRITE_POLICY", "invalidate", policyNames),
  };
}

type Settings = ReturnType<typeof settingsOf>;

function read<T>(environment: Environment, body: (settings: Settings) => T): T {
  const problems: string[] = [];
  const mutant = problemOfMutant(environment["MUTANT"] ?? "");
  if (mutant !== undefined) problems.push(mutant);
  const config = body(settingsOf(environment, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Readers that note a problem and go on with a stand-in, which `read` never lets out. */
function settingsOf(environment: Environment, problems: string[]) {
  const text = (name: string, fallback: string) => environment[name] || fallback;
  return {
    text,
    integer(name: string, fallback: number, least: number, most: number): number {
      const given = text(name, String(fallback));
      const value = Number(given);
      if (!Number.isInteger(value) || value < least || value > most) {
        problems.push(`${name} must be a whole number from ${least} to ${most}, not "${given}"`);
      }
      return value;
    },
    oneOf<T extends string>(name: string, fallback: T, allowed: readonly T[]): T {
      const value = text(name, fallback);
      const found = allowed.find((each) => each === value);
      if (found === undefined) problems.push(`${name} must be one of ${allowed.join(", ")}, not "${value}"`);
      return found ?? fallback;
    },
    /** The value is not repeated in the problem: it may hold a password. */
    url(name: string, protocols: readonly string[]): string {
      const value = text(name, "");
      const protocol = URL.canParse(value) ? new URL(value).protocol : undefined;
      if (value === "") problems.push(`${name} is missing`);
      else if (protocol === undefined || !protocols.includes(protocol)) {
        problems.push(`${name} must be a URL that starts with ${protocols.map((each) => `${each}//`).join(" or ")}`);
      }
      return value;
    },
  };
}
