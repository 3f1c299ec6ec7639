import { afterAll, beforeAll, expect, it } from "vitest";
import { type App, TestSystem } from "../../target-app/testing/app.ts";
import { withClient } from "../../target-app/testing/components.ts";
import { eventually } from "../../target-app/testing/processes.ts";
import { withDatabase, withRedis } from "./components.ts";
import { ledger } from "./ledger.ts";
import { operators } from "./operators.ts";
import { productNames } from "./seed.ts";
import { send } from "./shop-api.ts";
import { judgeSearch, shoppers } from "./shoppers.ts";
import { strangers } from "./strangers.ts";

let system: TestSystem;
let api: App;
let worker: App;
const signal = new AbortController().signal;
const addressOf = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });
const draw = (id: number, key: number) => ({ id, key, session: 0, token: `ab12-${id}` });
const context = () => ({
  addresses: Object.fromEntries(
    (["postgres", "search", "cache", "queue"] as const).map((name) => [name, addressOf(system[name].url)]),
  ),
  kinds: { search: "postgres" },
  keyspaces: { keys: productNames.length },
  runToken: "ab12",
  signal,
});

beforeAll(async () => {
  system = await TestSystem.start();
  const admin = system.search.url.replace("shop@", "faultline@").replace(/\/shop$/, "/postgres");
  await withClient(admin, (client) => client.query("ALTER DATABASE shop RENAME TO search"));
  const settings = { SEARCH_URL: system.search.url.replace(/\/shop$/, "/search") };
  [api, worker] = await Promise.all([system.launch("api", settings), system.launch("worker", settings)]);
  await api.untilReady();
});
afterAll(() => system?.dispose());

it("reads what the workloads did, from each component", async () => {
  const target = addressOf(api.url);
  const prepared = { targets: [target], runToken: "ab12", signal };
  const [shopping, operating, knocking] = [
    shoppers({ perSecond: 1 }),
    operators({ perSecond: 1 }),
    strangers({ perSecond: 1 }),
  ];
  await operating.prepare?.(prepared);
  await knocking.prepare?.(prepared);
  const operations = { ...shopping.operations, ...operating.operations, ...knocking.operations };
  const perform = async (name: string, id: number, key: number) => {
    const operation = operations[name]!;
    if (operation.perform !== undefined) return operation.perform(draw(id, key), { target, signal });
    return operation.judge(await send(target, operation.request(draw(id, key)), signal), draw(id, key));
  };

  expect(await perform("reprice", 1, 4)).toEqual({ outcome: "ok", version: 2 });
  expect(await perform("browse", 2, 4)).toEqual({ outcome: "ok", version: 2, value: 1 });
  expect(await perform("buy", 3, 4)).toEqual({ outcome: "ok" });
  expect(await perform("buy", 3, 4)).toEqual({ outcome: "ok" });
  expect(await perform("orderSoldOut", 4, 0)).toEqual({ outcome: "ok" });
  await eventually(async () => (await ledger().atRest(context())) || undefined, { withinMs: 20_000 });
  expect(await perform("search", 5, 4)).toEqual({ outcome: "ok", version: 2, value: 1 });
  expect(await perform("listDeadLetters", 6, 0)).toEqual({ outcome: "ok" });

  const strange = ["browseForged", "orderForged", "repriceForged", "browseKeyless", "orderKeyless", "browseForeign"];
  for (const [at, name] of [...strange, "searchForeign", "repriceForeign", "revokeForeign"].entries()) {
    expect(await perform(name, 10 + at, 4), name).toMatchObject({ outcome: "ok", granted: false });
  }
  expect(await perform("useKey", 30, 7)).toEqual({ outcome: "ok", granted: true });
  expect(await perform("revokeKey", 31, 7)).toEqual({ outcome: "ok" });
  await eventually(async () => (await perform("useKey", 32, 7)).granted === false || undefined);

  await eventually(async () => (await ledger().atRest(context())) || undefined, { withinMs: 20_000 });
  const state = await ledger().read(context());
  // Without the one that is sold out, which no workload has a key for.
  expect(state.registers).toHaveLength(200);
  expect(state.registers[4]).toEqual({ key: 4, version: 2, value: 1 });
  expect(state.items).toEqual(
    expect.arrayContaining([
      { id: 3, count: 1 },
      { id: 4, count: 1 },
    ]),
  );
  expect(state.items).toHaveLength(2);
  expect(state.jobs).toEqual(
    expect.arrayContaining([
      { id: 3, state: "completed", effects: 1, attempts: 1, attemptsAllowed: 40 },
      { id: 4, state: "dead", effects: 0, letters: 1, attempts: 1, attemptsAllowed: 40 },
    ]),
  );
  expect(state.cache?.find(({ key }) => key === 4)).toEqual({ key: 4, cached: 2, row: 2 });
  expect(state.index).toHaveLength(200);
  expect(state.index?.[4]).toEqual({ key: 4, version: 2 });
  for (const { name, expected, actual } of state.conserved ?? []) expect(actual, name).toBe(expected);

  // Nobody works on it until it was seen.
  worker.process.signal("SIGSTOP");
  expect(await perform("redrive", 40, 0)).toEqual({ outcome: "ok" });
  expect(await ledger().atRest(context())).toBe(false);
  worker.process.signal("SIGCONT");
  await eventually(async () => (await ledger().atRest(context())) || undefined, { withinMs: 20_000 });
  const again = await ledger().read(context());
  expect(again.jobs?.filter(({ id }) => id === 4)).toMatchObject([{ state: "dead", effects: 0 }]);
  // Once it can be worked on, sending it again is its end.
  await withClient(system.postgres.url, (client) =>
    client.query("UPDATE products SET stock = 1 WHERE name = 'Vanished Ornament'"),
  );
  expect(await perform("redrive", 41, 0)).toEqual({ outcome: "ok" });
  await eventually(async () => (await ledger().atRest(context())) || undefined, { withinMs: 20_000 });
  const redriven = await ledger().read(context());
  expect(redriven.jobs?.filter(({ id }) => id === 4)).toEqual([
    { id: 4, state: "completed", effects: 1, attempts: 1, attemptsAllowed: 40 },
  ]);
  expect(await ledger().gauges?.(context())).toMatchObject({ "jobs in the queue": 0, "unsent events": 0 });
});

it("counts what the queue keeps, and not what ends by itself there", async () => {
  const count = async () => (await ledger().gauges!(context()))["keys that the queue keeps"]!;
  const before = await count();
  await withRedis(context(), "queue", async (queue) => {
    for (let at = 0; at < 50; at++) {
      await queue.set(`kept-${at}`, "");
      await queue.set(`ends-${at}`, "", "EX", 60);
    }
  });
  // A few keys of BullMQ come and go while there is nothing to do, too.
  expect(Math.abs((await count()) - before - 50)).toBeLessThan(5);
});

it("finds each product of the seed data, alone, by its name", async () => {
  // One after the other: it is about names, and not about how many can be looked for at once.
  for (const [key, name] of productNames.entries()) {
    const request = shoppers({ perSecond: 1 }).operations["search"]!.request!(draw(1, key));
    const found = judgeSearch(await send(addressOf(api.url), request, signal), key + 1);
    expect(found, name).toMatchObject({ outcome: "ok" });
  }
});

it("tells of a cache that differs from its rows, and of effects that do not add up", async () => {
  await withClient(system.postgres.url, async (client) => {
    await client.query("UPDATE products SET version = 9 WHERE tenant = 'acme' AND id = 5");
    await client.query("UPDATE products SET stock = stock - 2 WHERE tenant = 'acme' AND id = 6");
    const columns = "tenant, order_id, product_id, quantity, amount_cents";
    await client.query(`INSERT INTO ledger (${columns}) SELECT ${columns} FROM ledger`);
  });
  expect(await ledger().atRest(context())).toBe(false);
  const state = await ledger().read(context());
  expect(state.cache?.find(({ key }) => key === 4)).toMatchObject({ row: 9 });
  expect(state.jobs?.find(({ id }) => id === 3)).toMatchObject({ effects: 2 });
  expect(state.conserved).toMatchObject([
    { expected: 200_000_000, actual: 200_000_001 },
    { expected: 2, actual: 4 },
  ]);
});

it("is interrupted at once when the run ends", async () => {
  const stop = new AbortController();
  const sleeping = () =>
    withClient(system.postgres.url, async (client) => {
      const asleep = "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(9)' AND state = 'active'";
      return (await client.query(asleep)).rowCount === 1 || undefined;
    });
  const slow = withDatabase({ ...context(), signal: stop.signal }, "postgres", (client) =>
    client.query("SELECT pg_sleep(9)"),
  );
  const interrupted = expect(slow).rejects.toThrow("terminated");
  await eventually(sleeping);
  stop.abort();
  await interrupted;
});
