import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { MutantName } from "./mutants.ts";
import { type App, patientWithCache, TestSystem } from "./testing/app.ts";
import { withClient } from "./testing/components.ts";
import { openLink } from "./testing/link.ts";
import { both } from "./testing/mutant.ts";
import { eventually, freePort, Process } from "./testing/processes.ts";

// Each seeded bug in how a process begins and ends: the same steps show it with the bug, and nothing without it.

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});
afterEach(() => system.stopApps());
afterAll(() => system?.dispose());

type Who = MutantName | "correct";

const settingsOf = (who: Who): Record<string, string> => (who === "correct" ? {} : { MUTANT: who });

async function launch(who: Who, settings: Record<string, string> = {}): Promise<App> {
  const api = await system.launch("api", { ...settings, ...settingsOf(who) });
  await api.untilReady();
  return api;
}

it("exits-without-database: a process that starts before its database ends", async () => {
  const seen = await both("exits-without-database", async (who) => {
    const port = await freePort();
    const env = {
      DATABASE_URL: "postgres://shop@127.0.0.1:1/shop",
      SEARCH_URL: system.search.url,
      CACHE_URL: system.cache.url,
      QUEUE_URL: system.queue.url,
      PORT: `${port}`,
      ...settingsOf(who),
    };
    const child = new Process(process.execPath, [new URL("api.ts", import.meta.url).pathname], { env });
    try {
      return await eventually(async () => {
        if (!child.isRunning) return `exit ${await child.exit()}`;
        return (await fetch(`http://127.0.0.1:${port}/livez`)).ok ? "live" : undefined;
      });
    } finally {
      await child.stop("SIGKILL");
    }
  });
  expect(seen).toEqual({ mutant: "exit 1", correct: "live" });
});

it("exits-at-sigterm: a request in hand is not answered", async () => {
  const seen = await both("exits-at-sigterm", async (who) => {
    const api = await launch(who);
    return withClient(system.postgres.url, async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT FROM products WHERE tenant = 'acme' AND id = 60 FOR NO KEY UPDATE");
      const answer = api.request("PUT", "/products/60", { priceCents: 1, note: "" }).then(
        ({ status }) => status,
        () => "cut",
      );
      await eventually(async () => (await waitingForLocks()) > 0 || undefined);
      const ended = api.process.stop();
      await eventually(() => api.process.output.includes("shutting down") || undefined);
      await client.query("COMMIT");
      return [await answer, await ended];
    });
  });
  // What waits for a row is refused in a moment: an honest refusal is an answer, too.
  expect(seen).toEqual({ mutant: ["cut", 0], correct: [expect.any(Number), 0] });
});

const waitingForLocks = () =>
  withClient(system.postgres.url, async (client) => {
    const { rows } = await client.query("SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    return rows[0].count as number;
  });

it("unhandled-fill: a fill of the cache that fails is the end of the process", async () => {
  const seen = await both("unhandled-fill", async (who) => {
    const link = await openLink(system.cache.url);
    try {
      const api = await launch(who, { CACHE_URL: link.url, ...patientWithCache });
      // A process is ready, with less comfort, before its cache is: what is read then is not filled.
      await eventually(async () => (await api.request("GET", "/readyz")).body.status === "ready" || undefined);
      const path = who === "correct" ? "/products/61" : "/products/62";
      link.loseReplyTo("'SET', KEYS[1], ARGV[2], 'PX', ARGV[3]");
      const { status, headers } = await api.request("GET", path);
      const died = eventually(() => !api.process.isRunning || undefined, { withinMs: 1500 });
      return [
        status,
        headers.get("x-served"),
        await died.then(
          () => "it died",
          async () => (await api.request("GET", "/livez")).body.status,
        ),
      ];
    } finally {
      await link.close();
    }
  });
  expect(seen).toEqual({ mutant: [200, "miss", "it died"], correct: [200, "miss", "live"] });
});
