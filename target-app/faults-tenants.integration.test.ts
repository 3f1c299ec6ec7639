import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoKeys } from "./access/demo-keys.ts";
import { type App, patientWithCache, TestSystem } from "./testing/app.ts";
import { withClient } from "./testing/components.ts";
import { type Link, openLink } from "./testing/link.ts";
import { eventually } from "./testing/processes.ts";

// Both tenants have a product of each number, under other names. None sees the other's, whatever is away.

type Tenant = keyof typeof demoKeys;

const tenants = ["acme", "globex"] as const;
let system: TestSystem;
let toPostgres: Link;
let toSearch: Link;
let api: App;

beforeAll(async () => {
  system = await TestSystem.start();
  [toPostgres, toSearch] = await Promise.all([openLink(system.postgres.url), openLink(system.search.url)]);
  const worker = system.launch("worker");
  api = await system.launch("api", {
    DATABASE_URL: toPostgres.url,
    SEARCH_URL: toSearch.url,
    ...patientWithCache,
  });
  await Promise.all([api.untilReady(), (await worker).untilReady()]);
});
afterAll(async () => {
  await system?.dispose();
  await Promise.all([toPostgres?.close(), toSearch?.close()]);
});

/** With the key of the tenant. */
const ask = (tenant: Tenant, path: string, method = "GET", body?: object) =>
  api.request(method, path, body, {
    authorization: `Bearer ${demoKeys[tenant].keeper}`,
    "idempotency-key": randomUUID(),
  });

/** The first words of the names of a tenant's products, which the other one's have not. */
const makes = { acme: /^(Copper|Bamboo) /, globex: /^(Golden|Walnut) / } as const;

async function nothingForeignAt(path: string, served: string): Promise<void> {
  for (const tenant of tenants) {
    const { status, body, headers } = await ask(tenant, path);
    expect({ status, served: headers.get("x-served") }).toEqual({ status: 200, served });
    expect(body).toMatchObject({ tenant, name: expect.stringMatching(makes[tenant]) });
  }
}

async function untilServed(path: string, served: string): Promise<void> {
  for (const tenant of tenants) {
    await eventually(async () => (await ask(tenant, path)).headers.get("x-served") === served, { what: served });
  }
}

it("from the cache, from Postgres without it, and from copies", async () => {
  await untilServed("/products/1", "hit");
  await nothingForeignAt("/products/1", "hit");
  // This one only acme has read, and that one only globex.
  await ask("acme", "/products/8");
  await ask("globex", "/products/18");

  await system.cache.kill();
  try {
    await untilServed("/products/1", "bypass");
    await nothingForeignAt("/products/1", "bypass");
    toPostgres.blackHole();
    await untilServed("/products/1", "stale");
    await nothingForeignAt("/products/1", "stale");
    expect((await ask("acme", "/products/8")).body).toMatchObject({ tenant: "acme", name: "Bamboo Kettle" });
    expect((await ask("globex", "/products/18")).body).toMatchObject({ tenant: "globex", name: "Walnut Teapot" });
    const unavailable = { status: 503, body: { code: "unavailable" } };
    expect(await ask("globex", "/products/8")).toMatchObject(unavailable);
    expect(await ask("acme", "/products/18")).toMatchObject(unavailable);
  } finally {
    await toPostgres.heal("lost");
    await system.cache.start();
  }
  await untilServed("/products/1", "hit");
  await nothingForeignAt("/products/1", "hit");
});

it("in what the index finds, and in what it found before it went", async () => {
  const found = async (tenant: Tenant, isDegraded: boolean) => {
    const { status, body } = await ask(tenant, "/search?q=kettles&limit=50");
    expect({ status, degraded: body.degraded, total: body.total }).toEqual({
      status: 200,
      degraded: isDegraded,
      total: 10,
    });
    return body.hits.map(({ name }: { name: string }) => name).toSorted();
  };
  const [acme, globex] = [await found("acme", false), await found("globex", false)];
  expect(acme[1]).toBe("Ceramic Kettle");
  expect(globex[1]).toBe("Crystal Kettle");
  await ask("acme", "/search?q=lanterns");

  toSearch.blackHole();
  try {
    await eventually(async () => (await ask("acme", "/search?q=kettles&limit=50")).body.degraded === true);
    expect(await found("acme", true)).toEqual(acme);
    expect(await found("globex", true)).toEqual(globex);
    expect((await ask("acme", "/search?q=lanterns")).body).toMatchObject({ degraded: true, total: 10 });
    // The same question of another is a new one.
    expect(await ask("globex", "/search?q=lanterns")).toMatchObject({ status: 503, body: { code: "unavailable" } });
  } finally {
    await toSearch.heal("lost");
  }
  await eventually(async () => (await ask("globex", "/search?q=lanterns")).body.degraded === false);
});

it("by the names of what only the other one has", async () => {
  const wanted = { name: "Tin Whistle", priceCents: 1, stock: 0, note: "" };
  const product = `/products/${(await ask("acme", "/products", "POST", wanted)).body.id}`;
  const { orderId } = (await ask("acme", "/orders", "POST", { productId: Number(product.split("/")[2]), quantity: 1 }))
    .body;
  await eventually(async () => (await ask("acme", "/search?q=whistles")).body.total === 1);
  await eventually(async () => (await ask("acme", `/orders/${orderId}`)).body.status === "dead");
  const letter = (await ask("acme", "/dead-letters")).body.deadLetters[0];
  expect(letter.payload.orderId).toBe(orderId);
  const keyId = (await ask("acme", "/keys")).body.keys[0].id;
  expect((await ask("globex", "/keys")).body.keys.map(({ id }: { id: string }) => id)).not.toContain(keyId);

  const unknown = [
    ["GET", product],
    ["PUT", product],
    ["DELETE", product],
    ["GET", `/orders/${orderId}`],
    ["POST", `/dead-letters/${letter.id}/redrive`],
    ["DELETE", `/keys/${keyId}`],
  ] as const;
  for (const [method, path] of unknown) {
    const change = method === "PUT" ? { priceCents: 2 } : undefined;
    expect((await ask("globex", path, method, change)).status, `${method} ${path}`).toBe(404);
    // What it was told is told to nobody else.
    if (method === "GET") expect((await ask("acme", path)).status).toBe(200);
  }
  expect((await ask("globex", "/dead-letters")).body).toEqual({ deadLetters: [] });
  expect((await ask("globex", "/search?q=whistles")).body).toMatchObject({ total: 0, hits: [] });
  const stray = await withClient(system.postgres.url, (client) =>
    client.query("SELECT FROM products WHERE tenant = 'globex' AND id > 200"),
  );
  expect(stray.rowCount).toBe(0);
});
