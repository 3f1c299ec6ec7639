import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Component, startPostgres } from "../testing/components.ts";
import { openLink } from "../testing/link.ts";
import { openDatabase } from "./database.ts";
import { createLog } from "./log.ts";

const limits = { poolSize: 3, connectMs: 200, queryMs: 200, transactionMs: 200 };
const log = createLog({ logLevel: "silent", instance: "test" });

let postgres: Component;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.dispose());

it("has nothing lent once its work has ended, by an answer, an error or silence", async () => {
  const link = await openLink(postgres.url);
  const database = openDatabase(link.url, limits, log);
  try {
    const work = () => database.transaction((session) => session.query("SELECT 1")).catch(() => undefined);
    const both = () => Promise.all([work(), database.query("SELECT 1 / 0").catch(() => undefined)]);
    await both();
    link.blackHole();
    await both();
    await link.heal("lost");
    await both();
    expect(database.usage()).toMatchObject({ lent: 0, overdue: 0 });
  } finally {
    await database.close();
    await link.close();
  }
});

it("shows what work keeps for longer than it may", async () => {
  const database = openDatabase(postgres.url, limits, log);
  const end = Promise.withResolvers<void>();
  const work = database.transaction(() => end.promise).catch(() => undefined);
  try {
    await sleep(150);
    expect(database.usage()).toMatchObject({ lent: 1, overdue: 0 });
    await sleep(400);
    expect(database.usage()).toMatchObject({ lent: 1, overdue: 1 });
    end.resolve();
    await work;
    expect(database.usage()).toMatchObject({ lent: 0, overdue: 0 });
  } finally {
    end.resolve();
    await database.close();
  }
});
