import type { Log } from "../platform/log.ts";
import type { SearchIndex } from "./search-index.ts";

export interface SearchOptions {
  readonly log: Log;
  /** Connections at the most. */
  readonly poolSize?: number;
  /** For one question of a client, and for one change by the feed. */
  readonly readMs?: number;
  readonly feedMs?: number;
}

type Driver = (url: string, options: Required<SearchOptions>) => Promise<SearchIndex>;

const inPostgres: Driver = async (url, options) => (await import("./postgres-index.ts")).postgresIndex(url, options);
const inOpenSearch: Driver = async (url, options) =>
  (await import("./opensearch-index.ts")).openSearchIndex(url, options);

/** By the protocol of their URL; only the one that is used is loaded. */
const drivers: Readonly<Record<string, Driver>> = {
  "postgres:": inPostgres,
  "postgresql:": inPostgres,
  "http:": inOpenSearch,
  "https:": inOpenSearch,
};

export async function openIndex(url: string, { log, poolSize = 4, readMs = 300, feedMs = 1000 }: SearchOptions) {
  const driver = drivers[new URL(url).protocol];
  if (driver === undefined) throw new Error(`there is no index for ${new URL(url).protocol}`);
  return driver(url, { log, poolSize, readMs, feedMs });
}
