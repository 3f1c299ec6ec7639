import { afterAll, beforeAll, expect, it } from "vitest";
import { type Component, startPostgres, withClient } from "../testing/components.ts";
import { openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";
import { openDatabase } from "./database.ts";
import { createLog } from "./log.ts";

let postgres: Component;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.dispose());

const sessions = () =>
  withClient(postgres.url, async (client) => {
    const { rows } = await client.query(
      `SELECT count(*)::int FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state IS NOT NULL`,
    );
    return rows[0].count as number;
  });

it("leaves no sessions in Postgres whose connections were forgotten on the way", async () => {
  const link = await openLink(postgres.url);
  const limits = { poolSize: 3, connectMs: 400, queryMs: 400, transactionMs: 400 };
  const database = openDatabase(link.url, limits, createLog({ logLevel: "silent", instance: "test" }));
  try {
    const ask = () => Promise.allSettled(Array.from({ length: 3 }, () => database.query("SELECT pg_sleep(0.05)")));
    await ask();
    link.blackHole();
    const during = await ask();
    expect(during.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await link.heal("lost");
    await ask();
    expect(await sessions()).toBeGreaterThan(3);
    await eventually(async () => (await sessions()) === 0, { withinMs: 20_000, what: "an end of the sessions" });
  } finally {
    await database.close();
    await link.close();
  }
});
