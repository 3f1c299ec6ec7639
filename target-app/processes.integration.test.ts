import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import { TestSystem } from "./testing/app.ts";
import { withClient } from "./testing/components.ts";
import { openLink } from "./testing/link.ts";
import { eventually, freePort, Process } from "./testing/processes.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});
afterEach(() => system.stopApps());
afterAll(() => system?.dispose());

it("migrates an empty database several times at once, and again later, to the same end", async () => {
  await withClient(system.postgres.url, (client) => client.query("CREATE SCHEMA fresh"));
  const url = `${system.postgres.url}?options=${encodeURIComponent("-c search_path=fresh")}`;
  const stores = { databaseUrl: url, searchUrl: system.search.url };
  await Promise.all([migrate(stores), migrate(stores), migrate(stores)]);
  await withClient(url, (client) => client.query("UPDATE products SET note = 'kept' WHERE id = 200"));
  await withClient(url, (client) => client.query("DELETE FROM products WHERE id = 1"));
  await migrate(stores);
  const { rows } = await withClient(url, (client) =>
    client.query("SELECT count(*)::int, max(id), max(note) AS note FROM products"),
  );
  expect(rows).toEqual([{ count: 398, max: 200, note: "kept" }]);
});

it.each(["api", "worker", "migrate", "rebuild-index"])(
  "%s refuses a configuration with an unknown mutant, and says which there are",
  async (kind) => {
    const environment = {
      DATABASE_URL: system.postgres.url,
      SEARCH_URL: system.search.url,
      CACHE_URL: system.cache.url,
      QUEUE_URL: system.queue.url,
      PORT: `${await freePort()}`,
      MUTANT: "no-such",
    };
    const child = new Process(process.execPath, [new URL(`${kind}.ts`, import.meta.url).pathname], {
      env: environment,
    });
    try {
      await eventually(() => !child.isRunning || undefined, { what: "its refusal" });
    } finally {
      await child.stop("SIGKILL");
    }
    expect(await child.exit()).toBe(78);
    expect(child.output).toContain("lost-del");
  },
);

it("starts without any of its dependencies: live, not ready, and ready once they come", async () => {
  const { postgres, search, cache, queue } = system;
  await Promise.all([postgres.kill(), search.kill(), cache.kill(), queue.kill()]);
  const apps = await Promise.all([system.launch("api"), system.launch("worker")]);
  for (const app of apps) {
    expect(await app.request("GET", "/readyz")).toMatchObject({ status: 503, body: { code: "not-ready" } });
  }
  await Promise.all([postgres.start(), search.start(), cache.start(), queue.start()]);
  await Promise.all(apps.map((app) => app.untilReady()));
});

it("outlives Postgres: says that it is away, in time, and goes on after its restart", async () => {
  const [api, worker] = await Promise.all([system.launch("api"), system.launch("worker")]);
  await Promise.all([api.untilReady(), worker.untilReady()]);
  await Promise.all(Array.from({ length: 20 }, () => api.request("GET", "/products/1")));
  await system.postgres.kill();
  const refused = await api.request("PUT", "/products/1", { priceCents: 1, note: "" });
  expect(refused).toMatchObject({ status: 503, body: { code: "unavailable" } });
  expect(refused.headers.get("content-type")).toContain("application/problem+json");
  expect((await api.request("GET", "/readyz")).status).toBe(503);
  expect((await api.request("GET", "/livez")).status).toBe(200);
  await system.postgres.start();
  await Promise.all([api.untilReady(), worker.untilReady()]);
  expect((await api.request("PUT", "/products/1", { priceCents: 1, note: "" })).status).toBe(200);
});

it("answers in time while its way to Postgres is a black hole, and writes again after it", async () => {
  const link = await openLink(system.postgres.url);
  try {
    const api = await system.launch("api", { DATABASE_URL: link.url });
    await api.untilReady();
    // Enough connections that each request below finds one, and sends its statement into the black hole.
    await Promise.all(Array.from({ length: 8 }, (_, index) => api.request("GET", `/products/${140 + index}`)));
    link.blackHole();
    const slowest: number[] = [];
    for (let round = 0; round < 2; round++) {
      const replies = await Promise.all([
        api.request("PUT", "/products/2", { priceCents: 2, note: "" }),
        api.request("GET", "/products/150"),
        api.request("POST", "/orders", { productId: 1, quantity: 1 }, { "idempotency-key": "black" }),
      ]);
      expect(replies.map(({ body }) => body.code)).toEqual(["unavailable", "unavailable", "unavailable"]);
      slowest.push(Math.max(...replies.map(({ tookMs }) => tookMs)));
    }
    // The machine may stand still in one of the rounds.
    expect(Math.min(...slowest)).toBeLessThan(950);
    await link.heal();
    await api.untilReady();
    expect((await api.request("PUT", "/products/2", { priceCents: 3, note: "" })).status).toBe(200);
  } finally {
    await link.close();
  }
});

it("answers the requests that are still coming in on open connections while it ends itself", async () => {
  const api = await system.launch("api");
  await api.untilReady();
  const { hostname, port } = new URL(api.url);
  const open = connect(Number(port), hostname);
  let answer = "";
  open.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  // A request that is half sent keeps the connection open.
  open.write("GET /livez HTTP/1.1\r\n");
  await eventually(() => open.bytesWritten > 0 && !open.pending);
  await api.request("GET", "/livez");
  const ending = api.process.stop();
  await eventually(() => api.process.output.includes("shutting down"));
  open.write("Host: shop\r\n\r\n");
  expect(await ending).toBe(0);
  expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
  expect(answer.toLowerCase()).toContain("connection: close");
});

it("ends itself on SIGTERM and on SIGINT, in time and without an error", async () => {
  const apps = await Promise.all([system.launch("api"), system.launch("worker")]);
  await Promise.all(apps.map((app) => app.untilReady()));
  const startedAt = performance.now();
  const codes = apps.map(({ process }, index) => process.stop(index === 0 ? "SIGINT" : "SIGTERM"));
  expect(await Promise.all(codes)).toEqual([0, 0]);
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

it("ends itself in time though nothing that it depends on is there", async () => {
  const apps = await Promise.all([system.launch("api"), system.launch("worker")]);
  await Promise.all(apps.map((app) => app.untilReady()));
  const { postgres, search, cache, queue } = system;
  await Promise.all([postgres.kill(), search.kill(), cache.kill(), queue.kill()]);
  const startedAt = performance.now();
  expect(await Promise.all(apps.map(({ process }) => process.stop()))).toEqual([0, 0]);
  expect(performance.now() - startedAt).toBeLessThan(3000);
  await Promise.all([postgres.start(), search.start(), cache.start(), queue.start()]);
});
