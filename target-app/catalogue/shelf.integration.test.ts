import { afterAll, beforeAll, expect, it } from "vitest";
import { demoKeys } from "../access/demo-keys.ts";
import { type App, patientWithCache, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";

// Products are created, changed and deleted; the cache, the index and other tenants see of it what they should.

let system: TestSystem;
let toPostgres: Link;
let api: App;

beforeAll(async () => {
  system = await TestSystem.start();
  toPostgres = await openLink(system.postgres.url);
  [api] = await Promise.all([
    system.launch("api", { DATABASE_URL: toPostgres.url, ...patientWithCache }),
    system.launch("worker"),
  ]);
  await api.untilReady();
});
afterAll(async () => {
  await system?.dispose();
  await toPostgres?.close();
});

let lastKey = 0;
const wanted = { name: "Tin Whistle", priceCents: 700, stock: 5, note: "new" };
const create = (product: object = wanted, key = `create-${++lastKey}`) =>
  api.request("POST", "/products", product, { "idempotency-key": key });
const served = async (path: string) => (await api.request("GET", path)).headers.get("x-served");

it("creates a product once for its key, and everybody finds it", async () => {
  const created = await create(wanted, "whistle");
  expect(created).toMatchObject({ status: 201, body: { ...wanted, tenant: "acme", version: 1 } });
  const path = created.headers.get("location") ?? "";
  expect(path).toBe(`/products/${created.body.id}`);
  expect((await create(wanted, "whistle")).body).toEqual(created.body);
  expect(await create({ ...wanted, stock: 6 }, "whistle")).toMatchObject({
    status: 422,
    body: { code: "idempotency-key-reused", field: "headers/idempotency-key" },
  });
  expect((await api.request("GET", path)).body).toEqual(created.body);
  await eventually(async () => {
    const { body } = await api.request("GET", "/search?q=whistles");
    return body.hits.some(({ id }: { id: number }) => id === created.body.id) || undefined;
  });
});

it("is seen at once though its absence was cached a moment before", async () => {
  const { body } = await create();
  const next = `/products/${body.id + 1}`;
  expect((await api.request("GET", next)).status).toBe(404);
  await eventually(async () => (await served(next)) === "hit" || undefined);
  expect((await create()).body.id).toBe(body.id + 1);
  expect((await api.request("GET", next)).status).toBe(200);
});

it("deletes a product for readers, orders and search, and for good", async () => {
  const { body, headers } = await create({ ...wanted, name: "Doomed Gong" });
  const path = headers.get("location") ?? "";
  await eventually(async () => (await api.request("GET", "/search?q=gong")).body.total === 1 || undefined);
  await eventually(async () => (await served(path)) === "hit" || undefined);
  expect((await api.request("DELETE", path)).status).toBe(204);
  expect(await api.request("GET", path)).toMatchObject({ status: 404, body: { code: "unknown-product" } });
  expect(await api.request("DELETE", path)).toMatchObject({ status: 404 });
  expect(await api.request("PUT", path, { priceCents: 1 })).toMatchObject({ status: 404 });
  const order = { productId: body.id, quantity: 1 };
  expect(await api.request("POST", "/orders", order, { "idempotency-key": "gong" })).toMatchObject({
    status: 422,
    body: { code: "unknown-product", field: "body/productId" },
  });
  await eventually(async () => (await api.request("GET", "/search?q=gong")).body.total === 0 || undefined);
});

it("makes a change only on the version that was seen, if one is given", async () => {
  const { headers } = await create();
  const path = headers.get("location") ?? "";
  expect(headers.get("etag")).toBe('"1"');
  const seen = { "if-match": '"1"' };
  const first = await api.request("PUT", path, { priceCents: 2 }, seen);
  expect(first).toMatchObject({ status: 200, body: { version: 2, name: wanted.name } });
  expect(await api.request("PUT", path, { priceCents: 3 }, seen)).toMatchObject({
    status: 412,
    body: { code: "version-mismatch", field: "headers/if-match" },
  });
  expect((await api.request("DELETE", path, undefined, seen)).status).toBe(412);
  expect((await api.request("GET", path)).body).toMatchObject({ priceCents: 2, version: 2 });
  const races = await Promise.all(
    [3, 4, 5, 6].map((priceCents) => api.request("PUT", path, { priceCents }, { "if-match": '"2"' })),
  );
  expect(races.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(races.filter(({ status }) => status === 412)).toHaveLength(3);
});

it("says which field is wrong", async () => {
  expect((await create({ ...wanted, stock: -1 })).body).toMatchObject({ code: "invalid-request", field: "body/stock" });
  expect((await create({ name: "x", stock: 1 })).body).toMatchObject({ field: "body/priceCents" });
  expect((await create({ ...wanted, colour: "red" })).body).toMatchObject({ field: "body/colour" });
});

it("gives each tenant its own products, whatever their ids", async () => {
  const asGlobex = { authorization: `Bearer ${demoKeys.globex.keeper}` };
  const { body, headers } = await create();
  const path = headers.get("location") ?? "";
  for (const _time of ["first", "cached"]) {
    expect((await api.request("GET", path, undefined, asGlobex)).status).toBe(404);
    expect((await api.request("GET", path)).body.tenant).toBe("acme");
    expect((await api.request("GET", "/products/1", undefined, asGlobex)).body.tenant).toBe("globex");
    expect((await api.request("GET", "/products/1")).body.tenant).toBe("acme");
  }
  expect((await api.request("PUT", path, { priceCents: 1 }, asGlobex)).status).toBe(404);
  const order = { productId: body.id, quantity: 1 };
  expect(await api.request("POST", "/orders", order, { ...asGlobex, "idempotency-key": "foreign" })).toMatchObject({
    status: 422,
  });
});

it("serves a copy that says so when neither the cache nor Postgres has the product", async () => {
  await api.request("GET", "/products/20");
  await eventually(async () => (await served("/products/20")) === "hit" || undefined);
  await withClient(system.postgres.url, (client) => client.query("SELECT 1"));
  await system.cache.kill();
  await system.cache.start();
  await eventually(async () => ((await api.request("GET", "/readyz")).body.status === "ready" ? true : undefined));
  toPostgres.blackHole();
  const stale = await eventually(async () => {
    const reply = await api.request("GET", "/products/20");
    return reply.headers.get("x-served") === "stale" ? reply : undefined;
  });
  expect(stale).toMatchObject({ status: 200, body: { id: 20 } });
  expect(Number(stale.headers.get("age"))).toBeGreaterThanOrEqual(0);
  // What was never read here can't be made up.
  expect(await api.request("GET", "/products/21")).toMatchObject({ status: 503, body: { code: "unavailable" } });
  await toPostgres.heal("lost");
  await api.untilReady();
  await eventually(async () => (await served("/products/20")) === "hit" || undefined);
});

it("serves no copy that is known to be out of date", async () => {
  const other = await system.launch("api");
  await other.untilReady();
  await eventually(async () => (await served("/products/30")) === "hit" || undefined);
  toPostgres.blackHole();
  try {
    expect((await other.request("PUT", "/products/30", { priceCents: 1, note: "newer" })).status).toBe(200);
    expect(await api.request("GET", "/products/30")).toMatchObject({ status: 503, body: { code: "unavailable" } });
  } finally {
    await toPostgres.heal("lost");
  }
  await api.untilReady();
  expect((await api.request("GET", "/products/30")).body.note).toBe("newer");
});
