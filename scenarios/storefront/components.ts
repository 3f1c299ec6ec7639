import type { AuditContext } from "faultline";
import { Redis } from "ioredis";
import pg from "pg";
import { database, index } from "./system.ts";

const connectMs = 5000;
const answerMs = 10_000;
const databases = { postgres: database, search: index } as const;

/** Lends a connection to a database of the system, past the proxies; it ends whatever happens. */
export async function withDatabase<T>(
  { addresses, signal }: AuditContext,
  component: keyof typeof databases,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...databases[component],
    ...addresses[component],
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
  });
  const end = (): Promise<void> => client.end().catch(() => undefined);
  const stop = (): void => void end();
  client.on("error", () => undefined);
  signal.addEventListener("abort", stop);
  try {
    await client.connect();
    return await body(client);
  } finally {
    signal.removeEventListener("abort", stop);
    await end();
  }
}

/** The same with a Redis of the system. It never connects again by itself: what fails is told at once. */
export async function withRedis<T>(
  { addresses, signal }: AuditContext,
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
  const stop = (): void => client.disconnect();
  client.on("error", () => undefined);
  signal.addEventListener("abort", stop);
  try {
    await client.connect();
    return await body(client);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
