import { afterAll, beforeAll, expect, it } from "vitest";
import { type Door, openDoor, prepareKeys } from "../testing/access.ts";
import { type Component, startPostgres, withClient } from "../testing/components.ts";
import { eventually } from "../testing/processes.ts";
import { demoKeys } from "./demo-keys.ts";
import { accessSeed } from "./schema.ts";

const { keeper, shopper } = demoKeys.acme;
let postgres: Component;
let door: Door;

beforeAll(async () => {
  postgres = await startPostgres();
  await prepareKeys(postgres);
  door = await openDoor({ url: postgres.url });
});
afterAll(async () => {
  await door?.close();
  await postgres?.dispose();
});

const issue = (key: string, body: object) => door.ask(key, "/keys", { method: "POST", body });
const revoke = (key: string, id: string) => door.ask(key, `/keys/${id}`, { method: "DELETE" });
const nobody = "00000000-0000-7000-8000-000000000000";

it("issues a key that works at once, with the scopes asked for, in the tenant of who asks", async () => {
  const { status, body, headers } = await issue(keeper, { name: "till-3", scopes: ["products:read"] });
  expect(status).toBe(201);
  expect(headers["cache-control"]).toBe("no-store");
  expect(body).toEqual({
    id: expect.any(String),
    tenant: "acme",
    name: "till-3",
    scopes: ["products:read"],
    key: expect.stringMatching(/^acme\.till-3\.[\w-]{32}$/),
  });
  const who = { keyId: body.id, tenant: "acme", scopes: ["products:read"] };
  expect(await door.ask(body.key)).toMatchObject({ status: 200, body: who });
  expect(await door.ask(body.key, "/operations")).toMatchObject({ status: 403 });
});

it("lists one's own tenant's keys, page by page, and neither the keys themselves nor their hashes", async () => {
  const first = await door.ask(keeper, "/keys?limit=1");
  expect(first.body.keys).toEqual([
    {
      id: expect.any(String),
      tenant: "acme",
      name: "shopper",
      scopes: ["products:read", "orders:read", "orders:write"],
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      revokedAt: null,
    },
  ]);
  const rest = await door.ask(keeper, `/keys?after=${first.body.keys[0].id}`);
  expect(rest.body.keys[0]).toMatchObject({ tenant: "acme", name: "keeper" });
  expect(await door.ask(demoKeys.globex.keeper, "/keys")).toMatchObject({
    body: { keys: [{ tenant: "globex" }, { tenant: "globex" }] },
  });
});

it("revokes a key, also when it is already, and leaves the time of the first", async () => {
  const { body } = await issue(keeper, { name: "short", scopes: ["products:read"] });
  expect(await door.ask(body.key)).toMatchObject({ status: 200 });
  expect(await revoke(keeper, body.id)).toMatchObject({ status: 204, body: undefined });
  const timeOf = async () =>
    (await door.ask(keeper, "/keys")).body.keys.find(({ id }: { id: string }) => id === body.id).revokedAt;
  const revokedAt = await timeOf();
  expect(revokedAt).toEqual(expect.stringMatching(/Z$/));
  expect(await revoke(keeper, body.id)).toMatchObject({ status: 204 });
  expect(await timeOf()).toBe(revokedAt);
  await eventually(async () => (await door.ask(body.key)).status === 401);
});

it("knows no key of another tenant, and does not revoke it", async () => {
  const { body } = await issue(keeper, { name: "ours", scopes: ["products:read"] });
  const other = await revoke(demoKeys.globex.keeper, body.id);
  expect(other).toMatchObject({ status: 404, body: { code: "unknown-key-id" } });
  expect(await revoke(keeper, nobody)).toMatchObject({ status: 404, body: { code: "unknown-key-id" } });
  const { keys } = (await door.ask(keeper, "/keys")).body;
  expect(keys.find(({ id }: { id: string }) => id === body.id)).toMatchObject({ revokedAt: null });
});

it("gives no key a scope that the one which asks lacks, and nothing without the scope for it", async () => {
  const issuer = (await issue(keeper, { name: "issuer", scopes: ["keys", "products:read"] })).body.key;
  const more = await issue(issuer, { name: "more", scopes: ["products:read", "orders:write"] });
  expect(more).toMatchObject({ status: 403, body: { code: "missing-scope" } });
  expect(more.body.detail).toContain("orders:write");
  expect(await issue(issuer, { name: "same", scopes: ["keys", "products:read"] })).toMatchObject({ status: 201 });
  expect(await issue(shopper, { name: "none", scopes: ["products:read"] })).toMatchObject({ status: 403 });
  expect(await door.ask(shopper, "/keys")).toMatchObject({ status: 403 });
  expect(await revoke(shopper, nobody)).toMatchObject({ status: 403 });
});

it.each([
  [{}],
  [{ name: "x" }],
  [{ name: "x", scopes: [] }],
  [{ name: "x", scopes: ["everything"] }],
  [{ name: "x", scopes: ["keys", "keys"] }],
  [{ name: "x", scopes: ["keys"], tenant: "globex" }],
  [{ name: "X", scopes: ["keys"] }],
  [{ name: "x\n", scopes: ["keys"] }],
  [{ name: "x".repeat(41), scopes: ["keys"] }],
  [{ name: "a.b", scopes: ["keys"] }],
])("refuses %j", async (body) => {
  expect(await issue(keeper, body)).toMatchObject({ status: 400, body: { code: "invalid-request" } });
});

it("refuses an id that is none", async () => {
  expect(await revoke(keeper, "1")).toMatchObject({
    status: 400,
    body: { code: "invalid-request", field: "params/id" },
  });
});

it("does not bring back a demo key that was revoked", async () => {
  const { body } = await door.ask(demoKeys.globex.keeper, "/keys");
  const { id } = body.keys.find(({ name }: { name: string }) => name === "shopper");
  await revoke(demoKeys.globex.keeper, id);
  await withClient(postgres.url, (client) => client.query(accessSeed));
  const { keys } = (await door.ask(demoKeys.globex.keeper, "/keys")).body;
  expect(keys).toHaveLength(2);
  expect(await door.ask(demoKeys.globex.shopper)).toMatchObject({ status: 401 });
});
