import { readFileSync } from "node:fs";
import type { UndoStep } from "../model/undo.ts";

type AskPostgres = Omit<Extract<UndoStep, { do: "askPostgres" }>, "do">;

/**
 * Says statements to a Postgres server, each for itself. Its client is loaded when it is needed, and not before: whoever
 * cleans up must be able to start without it.
 * @throws with the server's words when it refuses, and when there is no answer in time
 */
export async function askPostgres(step: AskPostgres, deadlineMs: number): Promise<void> {
  const { host, port, database, user, passwordFile, statements } = step;
  const { Client } = (await import("pg")).default;
  const client = new Client({
    host,
    port,
    database,
    user,
    ...(passwordFile === undefined ? {} : { password: readFileSync(passwordFile, "utf8") }),
    application_name: "faultline",
    connectionTimeoutMillis: deadlineMs,
    query_timeout: deadlineMs,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}
