import { problemOfMutant } from "./mutants.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every process of the system needs. */
export interface Config {
  readonly databaseUrl: string;
  readonly cacheUrl: string;
  readonly host: string;
  readonly port: number;
  readonly instance: string;
  readonly logLevel: string;
  readonly poolSize: number;
}

export interface ApiConfig extends Config {
  readonly cacheTtlSeconds: number;
  /** How long one cache command may take before the read goes on without the cache. */
  readonly cacheDeadlineMs: number;
  /** How many reads may fall through to Postgres at once, and how many may wait for a place. */
  readonly fallThroughLimit: number;
  readonly fallThroughQueue: number;
}

export interface WorkerConfig extends Config {
  readonly queueUrl: string;
  readonly relayIdleMs: number;
  readonly concurrency: number;
  /** How old a sent but unfulfilled order gets before it is enqueued once more. */
  readonly republishAfterSeconds: number;
}

export function readApiConfig(environment: Environment): ApiConfig {
  return read(environment, (settings) => ({
    ...common(settings, { instance: "api", poolSize: 12 }),
    cacheTtlSeconds: settings.integer("CACHE_TTL_SECONDS", 30, 1, 86_400),
    cacheDeadlineMs: settings.integer("CACHE_DEADLINE_MS", 80, 5, 500),
    fallThroughLimit: settings.integer("FALL_THROUGH_LIMIT", 8, 1, 1000),
    fallThroughQueue: settings.integer("FALL_THROUGH_QUEUE", 100, 0, 10_000),
  }));
}

export function readWorkerConfig(environment: Environment): WorkerConfig {
  return read(environment, (settings) => ({
    ...common(settings, { instance: "worker", poolSize: 12 }),
    queueUrl: settings.url("QUEUE_URL", ["redis:", "rediss:"]),
    relayIdleMs: settings.integer("RELAY_IDLE_MS", 40, 5, 60_000),
    concurrency: settings.integer("WORKER_CONCURRENCY", 8, 1, 100),
    republishAfterSeconds: settings.integer("REPUBLISH_AFTER_SECONDS", 10, 1, 86_400),
  }));
}

/** Migration runs before there is anything but a database. */
export function readDatabaseUrl(environment: Environment): string {
  return read(environment, (settings) => settings.url("DATABASE_URL", ["postgres:", "postgresql:"]));
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

function common(settings: Settings, defaults: { instance: string; poolSize: number }): Config {
  return {
    databaseUrl: settings.url("DATABASE_URL", ["postgres:", "postgresql:"]),
    cacheUrl: settings.url("CACHE_URL", ["redis:", "rediss:"]),
    host: settings.text("HOST", "127.0.0.1"),
    port: settings.integer("PORT", 3000, 0, 65_535),
    instance: settings.text("INSTANCE", defaults.instance),
    logLevel: settings.oneOf("LOG_LEVEL", "info", ["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    poolSize: settings.integer("DATABASE_POOL_SIZE", defaults.poolSize, 2, 200),
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
    oneOf(name: string, fallback: string, allowed: readonly string[]): string {
      const value = text(name, fallback);
      if (!allowed.includes(value)) problems.push(`${name} must be one of ${allowed.join(", ")}, not "${value}"`);
      return value;
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
