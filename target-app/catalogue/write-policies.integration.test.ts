import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type App, patientWithCache, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";
import type { PolicyName } from "./write-policies.ts";

// The three write policies under the same steps: what each gains, and what each loses.

let system: TestSystem;
let toPostgres: Link;

beforeAll(async () => {
  system = await TestSystem.start();
  toPostgres = await openLink(system.postgres.url);
});
afterEach(async () => {
  await toPostgres.heal();
  await system.stopApps();
});
afterAll(async () => {
  await system?.dispose();
  await toPostgres?.close();
});

/** Both kinds of process, with their way to Postgres in the test's hands. */
async function launch(policy: PolicyName): Promise<{ api: App; worker: App }> {
  const settings = { WRITE_POLICY: policy, DATABASE_URL: toPostgres.url, ...patientWithCache };
  const [api, worker] = await Promise.all([system.launch("api", settings), system.launch("worker", settings)]);
  await Promise.all([api.untilReady(), worker.untilReady()]);
  return { api, worker };
}

async function inPostgres(id: number): Promise<{ note: string; version: number }> {
  const question = "SELECT note, version FROM products WHERE tenant = 'acme' AND id = $1";
  return withClient(system.postgres.url, async (client) => (await client.query(question, [id])).rows[0]);
}

const untilHit = (api: App, path: string) =>
  eventually(async () => (await api.request("GET", path)).headers.get("x-served") === "hit" || undefined);

it.each([
  ["invalidate", "miss", 1],
  ["write-through", "hit", 2],
  ["write-back", "hit", 3],
] as const)("%s: a change is seen at once, and the next read is a %s", async (policy, served, id) => {
  const { api } = await launch(policy);
  const path = `/products/${id}`;
  await untilHit(api, path);
  const changed = await api.request("PUT", path, { priceCents: 5, note: policy }, { "if-match": '"1"' });
  expect(changed).toMatchObject({ status: 200, body: { version: 2, note: policy } });
  const read = await api.request("GET", path);
  expect(read.body).toEqual(changed.body);
  expect(read.headers.get("x-served")).toBe(served);
  await eventually(async () => (await inPostgres(id)).note === policy || undefined);
  expect(await inPostgres(id)).toEqual({ note: policy, version: 2 });
  expect((await api.request("PUT", path, { priceCents: 6 }, { "if-match": '"1"' })).status).toBe(412);
});

it.each([
  ["invalidate", 503, 11],
  ["write-through", 503, 12],
  ["write-back", 200, 13],
] as const)("%s: with Postgres away a change is answered with %i", async (policy, status, id) => {
  const { api } = await launch(policy);
  const path = `/products/${id}`;
  await untilHit(api, path);
  toPostgres.blackHole();
  const replies = [];
  for (let count = 1; count <= 3; count++) {
    replies.push(await api.request("PUT", path, { priceCents: count, note: `away ${count}` }));
  }
  expect(replies.map((reply) => reply.status)).toEqual([status, status, status]);
  await toPostgres.heal("lost");
  await api.untilReady();
  const expected = status === 200 ? { note: "away 3", version: 4 } : { note: "", version: 1 };
  await eventually(async () => (await inPostgres(id)).version === expected.version || undefined);
  await sleep(300); // Were anything else on its way, it would be there by now.
  expect(await inPostgres(id)).toEqual(expected);
  expect((await api.request("GET", path)).body).toMatchObject(expected);
});

it("write-back: a buffer that loses its data loses what was acknowledged and not written back", async () => {
  const { api, worker } = await launch("write-back");
  await untilHit(api, "/products/21");
  await worker.process.stop("SIGKILL");
  expect((await api.request("PUT", "/products/21", { priceCents: 5, note: "lost" })).status).toBe(200);
  // Without an append-only file, as the queue of these tests is: on another machine, a disk that is gone.
  await system.queue.kill();
  await system.queue.start();
  const again = await system.launch("worker", { WRITE_POLICY: "write-back" });
  await again.untilReady();
  await sleep(500);
  expect(await inPostgres(21)).toEqual({ note: "", version: 1 });
});

it("write-back: what is buffered outlives its processes, and the cache", async () => {
  const { api, worker } = await launch("write-back");
  await untilHit(api, "/products/22");
  await worker.process.stop("SIGKILL");
  expect((await api.request("PUT", "/products/22", { priceCents: 5, note: "kept" })).status).toBe(200);
  expect(await inPostgres(22)).toMatchObject({ version: 1 });
  await system.cache.kill();
  await system.cache.start();
  // From Postgres, with what is buffered laid over it.
  expect((await api.request("GET", "/products/22")).body).toMatchObject({ note: "kept", version: 2 });
  await api.process.stop("SIGKILL");
  await (await system.launch("worker", { WRITE_POLICY: "write-back" })).untilReady();
  await eventually(async () => (await inPostgres(22)).note === "kept" || undefined);
});
