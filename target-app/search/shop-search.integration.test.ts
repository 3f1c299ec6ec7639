import { afterAll, beforeAll, expect, it } from "vitest";
import { type App, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { eventually, Process } from "../testing/processes.ts";
import { openSearchHindrance, startOpenSearch } from "./testing/opensearch.ts";

// Search as the shop's clients see it, over either index.

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});
afterAll(() => system?.dispose());

async function launch(settings: Record<string, string> = {}): Promise<App> {
  const [api, worker] = await Promise.all([system.launch("api", settings), system.launch("worker", settings)]);
  await Promise.all([api.untilReady(), worker.untilReady()]);
  return api;
}

async function command(name: string, settings: Record<string, string> = {}): Promise<void> {
  const child = new Process(process.execPath, [new URL(`../${name}.ts`, import.meta.url).pathname], {
    env: { DATABASE_URL: system.postgres.url, SEARCH_URL: system.search.url, ...settings },
  });
  if ((await child.exit()) !== 0) throw new Error(child.output);
}

const untilFound = (api: App, text: string, total: number) =>
  eventually(async () => (await api.request("GET", `/search?q=${text}`)).body.total === total);

it("finds what was made, changed and deleted, and is honest while its index is gone, until it is rebuilt", async () => {
  const api = await launch();
  try {
    await untilFound(api, "kettles", 10);
    const { body } = await api.request(
      "POST",
      "/products",
      { name: "Tin Kettle", priceCents: 1, stock: 1 },
      { "idempotency-key": "tin" },
    );
    await untilFound(api, "kettles", 11);
    await api.request("PUT", `/products/${body.id}`, { name: "Tin Whistle", priceCents: 1 });
    await untilFound(api, "whistle", 1);

    await withClient(system.search.url, (client) => client.query("DROP TABLE documents"));
    expect(await api.request("GET", "/search?q=kettles")).toMatchObject({
      status: 200,
      body: { degraded: true, total: 11, ageSeconds: expect.any(Number) },
    });
    expect(await api.request("GET", "/search?q=lanterns")).toMatchObject({
      status: 503,
      body: { code: "unavailable" },
    });
    await command("rebuild-index");
    await eventually(async () => (await api.request("GET", "/search?q=lanterns")).body.degraded === false);
    await untilFound(api, "kettles", 10);
    await untilFound(api, "whistle", 1);
  } finally {
    await system.stopApps();
  }
});

const hindrance = openSearchHindrance();

it.skipIf(hindrance !== undefined)(
  `does the same with an OpenSearch${hindrance === undefined ? "" : ` (skipped: ${hindrance})`}`,
  async () => {
    const openSearch = await startOpenSearch();
    try {
      const settings = { SEARCH_URL: openSearch.url };
      await command("migrate", settings);
      await command("rebuild-index", settings);
      const api = await launch(settings);
      await untilFound(api, "lanterns", 10);
      expect((await api.request("GET", "/search?q=coper+lantrens")).body.hits[0]).toMatchObject({
        name: "Copper Lantern",
      });
      await api.request("PUT", "/products/1", { name: "Tin Trumpet", priceCents: 1 });
      await untilFound(api, "trumpets", 1);
      expect((await api.request("DELETE", "/products/1")).status).toBe(204);
      await untilFound(api, "trumpets", 0);
    } finally {
      await system.stopApps();
      await openSearch.dispose();
    }
  },
  420_000,
);
