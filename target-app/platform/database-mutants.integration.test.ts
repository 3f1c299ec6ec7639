import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { MutantName } from "../mutants.ts";
import { type Component, startPostgres, withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { both, withMutant } from "../testing/mutant.ts";
import { createLog } from "./log.ts";

// Each seeded bug in how Postgres is spoken to: the same steps show it with the bug, and nothing without it.

let postgres: Component;
const log = createLog({ logLevel: "silent", instance: "test" });
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  await withClient(postgres.url, (client) => client.query("CREATE TABLE kept (what text)"));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => postgres?.dispose());

async function open(who: MutantName | "correct", url = postgres.url) {
  const { openDatabase } = await withMutant(who, () => import("./database.ts"));
  const limits = { poolSize: 1, connectMs: 400, queryMs: 400, transactionMs: 400 };
  const database = openDatabase(url, limits, log);
  closing.push(() => Promise.race([database.close(), sleep(500, undefined, { ref: false })]));
  return database;
}

async function linkTo(component: Component): Promise<Link> {
  const link = await openLink(component.url);
  closing.push(() => link.close());
  return link;
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: Error) => error.name,
  );

it("no-query-timeout: a statement may take as long as it likes", async () => {
  const seen = await both("no-query-timeout", async (who) => outcome((await open(who)).query("SELECT pg_sleep(1)")));
  expect(seen).toEqual({ mutant: "done", correct: "Unavailable" });
});

it("dirty-release: a connection that fell silent is used again, and errors outlive the fault", async () => {
  const seen = await both("dirty-release", async (who) => {
    const link = await linkTo(postgres);
    const database = await open(who, link.url);
    const work = () => outcome(database.transaction((session) => session.query("SELECT 1")));
    await work();
    link.blackHole();
    const during = await work();
    await link.heal("lost");
    return [during, await work()];
  });
  expect(seen).toEqual({ mutant: ["Unavailable", "Unavailable"], correct: ["Unavailable", "done"] });
});

it("commit-unchecked: what failed inside a transaction is acknowledged, and nothing is kept", async () => {
  const seen = await both("commit-unchecked", async (who) => {
    const database = await open(who);
    const told = await outcome(
      database.transaction(async (session) => {
        await session.query("INSERT INTO kept VALUES ($1)", [who]);
        await session.query("SELECT 1 / 0");
      }),
    );
    const { rowCount } = await database.query("SELECT FROM kept WHERE what = $1", [who]);
    return { told, rows: rowCount };
  });
  expect(seen).toEqual({ mutant: { told: "done", rows: 0 }, correct: { told: "error", rows: 0 } });
});

it("commit-definite: a commit whose reply was lost is reported as one that changed nothing, and is there", async () => {
  const seen = await both("commit-definite", async (who) => {
    const link = await linkTo(postgres);
    const database = await open(who, link.url);
    link.loseReplyTo("COMMIT");
    const told = await outcome(
      database.transaction((session) => session.query("INSERT INTO kept VALUES ($1)", [`definite ${who}`])),
    );
    const { rowCount } = await database.query("SELECT FROM kept WHERE what = $1", [`definite ${who}`]);
    return { told, rows: rowCount };
  });
  expect(seen).toEqual({ mutant: { told: "Unavailable", rows: 1 }, correct: { told: "OutcomeUnknown", rows: 1 } });
});

it("async-commit: a commit is acknowledged before it is on disk", async () => {
  const seen = await both("async-commit", async (who) => {
    const { rows } = await (await open(who)).query("SHOW synchronous_commit");
    return rows[0]?.["synchronous_commit"];
  });
  expect(seen).toEqual({ mutant: "off", correct: "on" });
});

it("nested-infinite-retry: a question is asked until it is answered, whoever still waits for it", async () => {
  const seen = await both("nested-infinite-retry", async (who) => {
    const database = await open(who);
    await postgres.kill();
    const asked = outcome(database.query("SELECT 1"));
    const during = await Promise.race([asked, sleep(1500, "still asking")]);
    await postgres.start();
    return [during, await asked];
  });
  expect(seen).toEqual({ mutant: ["still asking", "done"], correct: ["Unavailable", "Unavailable"] });
});

it("unbounded-pool: as many connections are open as there are callers", async () => {
  const seen = await both("unbounded-pool", async (who) => {
    const database = await open(who);
    const asked = Array.from({ length: 3 }, () => database.query("SELECT pg_sleep(0.05)"));
    await Promise.all(asked);
    return database.usage().open;
  });
  expect(seen).toEqual({ mutant: 3, correct: 1 });
});

/** What the server does for connections of the application, by its own account. */
const sessions = (condition: string, values: unknown[] = []) =>
  withClient(postgres.url, async (client) => {
    const { rows } = await client.query(
      `SELECT count(*)::int FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND ${condition}`,
      values,
    );
    return rows[0].count as number;
  });

it("no-statement-timeout: the server goes on with a statement that its client gave up", async () => {
  const seen = await both("no-statement-timeout", async (who) => {
    const database = await open(who);
    const answer = await outcome(database.query(`SELECT pg_sleep(2) AS "${who}"`));
    return { answer, stillRunning: await sessions("state = 'active' AND query LIKE $1", [`%"${who}"`]) };
  });
  expect(seen).toEqual({
    mutant: { answer: "Unavailable", stillRunning: 1 },
    correct: { answer: "Unavailable", stillRunning: 0 },
  });
});
