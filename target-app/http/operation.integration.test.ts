import { afterAll, beforeAll, expect, it } from "vitest";
import { type App, TestSystem } from "../testing/app.ts";
import { type Link, openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";

// What those who run the shop need of it: figures, ids in the logs, deadlines, and refusals before it is too late.

let system: TestSystem;
let toPostgres: Link;
let api: App;
let worker: App;

beforeAll(async () => {
  system = await TestSystem.start();
  toPostgres = await openLink(system.postgres.url);
  const settings = { DATABASE_URL: toPostgres.url, MOST_REQUESTS_AT_ONCE: "4" };
  [api, worker] = await Promise.all([system.launch("api", settings), system.launch("worker")]);
  await Promise.all([api.untilReady(), worker.untilReady()]);
});
afterAll(async () => {
  await system?.dispose();
  await toPostgres?.close();
});

async function figure(app: App, name: string, ...labels: readonly string[]): Promise<number> {
  const { body } = await app.request("GET", "/metrics");
  const line = String(body)
    .split("\n")
    .find((each) => each.startsWith(`${name}{`) && labels.every((label) => each.includes(label)));
  return Number(line?.split(" ").at(-1));
}

it("counts reads by how they were served, and tells the state of what it depends on", async () => {
  const hits = () => figure(api, "shop_reads_total", 'served="hit"');
  await eventually(async () => {
    await api.request("GET", "/products/1");
    return (await hits()) >= 2 || undefined;
  });
  expect(await figure(api, "shop_cache_up")).toBe(1);
  expect(await figure(api, "shop_search_up")).toBe(1);
  expect(await figure(api, "shop_database_connections_open")).toBeGreaterThan(0);
  const answered = await figure(api, "shop_http_request_seconds_count", 'route="/products/:id"', 'status="200"');
  expect(answered).toBeGreaterThanOrEqual(2);
  expect(await figure(worker, "shop_outbox_unsent")).toBe(0);
  expect(await figure(worker, "shop_queue_depth")).toBe(0);
  expect(await figure(worker, "shop_outbox_age_seconds")).toBe(0);
});

it("gives every request an id, or takes the one that came with it", async () => {
  expect((await api.request("GET", "/livez")).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  const given = await api.request("GET", "/livez", undefined, { "x-request-id": "trace-7" });
  expect(given.headers.get("x-request-id")).toBe("trace-7");
  const odd = await api.request("GET", "/livez", undefined, { "x-request-id": 'a"b' });
  expect(odd.headers.get("x-request-id")).not.toBe('a"b');
});

it("does not work longer for a request than its client waits", async () => {
  toPostgres.blackHole();
  try {
    const change = { priceCents: 1 };
    const impatient = await api.request("PUT", "/products/3", change, { "x-timeout-ms": "100" });
    expect(impatient).toMatchObject({ status: 503, body: { code: "unavailable" } });
    const patient = await api.request("PUT", "/products/3", change);
    expect(impatient.tookMs).toBeLessThan(patient.tookMs);
  } finally {
    await toPostgres.heal("lost");
  }
  await api.untilReady();
});

it("refuses what is too much at once, at once, and is live and ready to say so", async () => {
  toPostgres.blackHole();
  try {
    const change = () => api.request("PUT", "/products/3", { priceCents: 1 });
    const held = Array.from({ length: 4 }, change);
    const refused = await eventually(async () => {
      const reply = await change();
      return reply.body.code === "overloaded" ? reply : undefined;
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await api.request("GET", "/livez")).status).toBe(200);
    await Promise.all(held);
  } finally {
    await toPostgres.heal("lost");
  }
  await api.untilReady();
  expect((await api.request("PUT", "/products/3", { priceCents: 1 })).status).toBe(200);
});
