import type { AuditContext } from "faultline";
import { Redis } from "ioredis";
import pg from "pg";
import { database, index } from "./system.ts";

const connectMs = 5000;
const answerMs = 10_000;
const databases = { postgres: database, search: index } as const;

/** Lends a connection to a database of the system, past the proxies; it is ended whatever happens. */
export async function withDatabase<T>(
  { addresses }: Pick<AuditContext, "addresses">,
  component: keyof typeof databases,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...databases[component],
    ...addresses[component],
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await body(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The same with a Redis of the system. It never connects again by itself: what fails is told at once. */
export async function withRedis<T>(
  { addresses }: Pick<AuditContext, "addresses">,
  component: "cache" | "queue",
  body: (client: Redis) => Promise<T>,
): Promise<T> {
  const client = new Redis({
    ...addresses[component],
    lazyConnect: true,
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    retryStrategy: () => null,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await body(client);
  } finally {
    client.disconnect();
  }
}
