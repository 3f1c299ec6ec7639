import { vi } from "vitest";
import type { LimitSettings } from "../access/limits.ts";
import type { Database } from "../platform/database.ts";
import type { Component } from "./components.ts";
import { withClient } from "./components.ts";

/** A server that asks for keys, as one process of the shop would have it, and the clock that its keys age by. */
export type Door = Awaited<ReturnType<typeof openDoor>>;

export interface DoorOptions {
  readonly url: string;
  /** A seeded bug to be open with. */
  readonly mutant?: string;
  readonly limits?: LimitSettings;
  readonly revocationSeconds?: number;
}

/** All modules anew: which bug is seeded is read once, when they are loaded. */
export async function openDoor({ url, mutant = "", limits, revocationSeconds = 10 }: DoorOptions) {
  vi.resetModules();
  vi.stubEnv("MUTANT", mutant);
  const { createServer } = await import("../http/server.ts");
  const { openDatabase } = await import("../platform/database.ts");
  const { createLog } = await import("../platform/log.ts");
  const { addAccess } = await import("../access/access.ts");
  const { openAuthenticator } = await import("../access/authenticator.ts");
  const { addKeyRoutes } = await import("../access/key-routes.ts");
  const { addLimits } = await import("../access/limits.ts");
  vi.unstubAllEnvs();

  const log = createLog({ logLevel: "silent", instance: "test" });
  // As in api.ts: what the time for an answer is made up of.
  const database: Database = openDatabase(url, { poolSize: 5, connectMs: 300, queryMs: 400, transactionMs: 450 }, log);
  let skippedMs = 0;
  const now = () => performance.now() + skippedMs;
  const server = createServer({ instance: "test", log });
  addAccess(server, openAuthenticator({ database, log, revocationSeconds, now }));
  await addLimits(server, limits);
  server.get("/open", { config: { scope: "public" } }, async () => ({}));
  server.get("/whoami", { config: { scope: "products:read" } }, async ({ principal }) => principal);
  server.get("/operations", { config: { scope: "operations" } }, async () => ({}));
  addKeyRoutes(server, database);

  /** @param key nothing: without any */
  const ask = async (key: string | undefined, path = "/whoami", { method = "GET", body, from }: Ask = {}) => {
    const startedAt = performance.now();
    const reply = await server.inject({
      method,
      path,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body }),
      ...(from === undefined ? {} : { remoteAddress: from }),
    });
    const answer = reply.body === "" ? undefined : reply.json();
    return { status: reply.statusCode, body: answer, headers: reply.headers, tookMs: performance.now() - startedAt };
  };

  return {
    server,
    database,
    skip: (milliseconds: number) => {
      skippedMs += milliseconds;
    },
    ask,
    async close() {
      await server.close();
      await database.close();
    },
  };
}

interface Ask {
  readonly method?: "GET" | "HEAD" | "POST" | "DELETE";
  readonly body?: object;
  readonly from?: string;
}

/** The table of the keys, with those of the seed data. */
export async function prepareKeys({ url }: Component): Promise<void> {
  const { accessSchema, accessSeed } = await import("../access/schema.ts");
  await withClient(url, async (client) => {
    await client.query(accessSchema);
    await client.query(accessSeed);
  });
}
