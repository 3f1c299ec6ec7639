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
  return whileOpen(client, end, signal, () => body(client));
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
  return whileOpen(
    client,
    () => client.disconnect(),
    signal,
    () => body(client),
  );
}

/** Connects for as long as a body takes. It is closed whatever happens, and at once when the signal is aborted. */
async function whileOpen<T>(
  client: { connect(): Promise<unknown>; on(event: "error", heard: () => void): unknown },
  close: () => void | Promise<void>,
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<T> {
  const stop = (): void => void close();
  client.on("error", () => undefined);
  signal.addEventListener("abort", stop);
  try {
    await client.connect();
    return await body();
  } finally {
    signal.removeEventListener("abort", stop);
    await close();
  }
}
