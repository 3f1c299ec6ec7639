import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type App, type Components, TestSystem } from "./testing/app.ts";
import { Clients, type Deed, staleReads } from "./testing/clients.ts";
import { withClient } from "./testing/components.ts";
import { type Link, openLink } from "./testing/link.ts";
import { eventually } from "./testing/processes.ts";

// Each component breaks in each way for five seconds, while clients read, write, search and order.

type Name = keyof Components;
type Way = keyof typeof ways;

let system: TestSystem;
let links: Readonly<Record<Name, Link>>;
let apis: readonly App[];

beforeAll(async () => {
  system = await TestSystem.start();
  const open = (name: Name) => openLink(system[name].url);
  const [postgres, search, cache, queue] = await Promise.all([
    open("postgres"),
    open("search"),
    open("cache"),
    open("queue"),
  ]);
  links = { postgres, search, cache, queue };
  const settings = {
    DATABASE_URL: postgres.url,
    SEARCH_URL: search.url,
    CACHE_URL: cache.url,
    QUEUE_URL: queue.url,
  };
  const launch = (kind: "api" | "worker", name: string) => system.launch(kind, { ...settings, INSTANCE: name });
  const [api1, api2, ...workers] = await Promise.all([
    launch("api", "api-1"),
    launch("api", "api-2"),
    launch("worker", "worker-1"),
    launch("worker", "worker-2"),
  ]);
  apis = [api1, api2];
  await Promise.all([...apis, ...workers].map((app) => app.untilReady()));
});
afterAll(async () => {
  await system?.dispose();
  await Promise.all(Object.values(links ?? {}).map((link) => link.close()));
});

/** How a component goes away, and how it comes back. */
const ways = {
  killed: {
    begin: (name: Name) => system[name].kill(),
    end: (name: Name) => system[name].start(),
  },
  stopped: {
    begin: async (name: Name) => signalAll(name, "SIGSTOP"),
    end: async (name: Name) => signalAll(name, "SIGCONT"),
  },
  "a black hole": {
    begin: async (name: Name) => links[name].blackHole(),
    end: (name: Name) => links[name].heal("lost"),
  },
  refused: {
    begin: (name: Name) => links[name].refuse(),
    end: (name: Name) => links[name].heal(),
  },
} as const;

/** With the processes below it, which in Postgres do the work. */
function signalAll(name: Name, signal: NodeJS.Signals): void {
  const pid = system[name].process.pid;
  const below = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid);
  for (const [child] of below) if (child !== undefined) process.kill(child, signal);
  system[name].process.signal(signal);
}

/** What share of each operation is served while the component is away, from half a second after it went. */
const served: Readonly<Record<Name, Readonly<Partial<Record<Deed["kind"], number>>>>> = {
  cache: { read: 0.97, write: 0.97, search: 1, order: 1 },
  search: { read: 1, write: 1, order: 1 },
  queue: { read: 1, write: 1, search: 1, order: 1 },
  // What was read before is there as a hit or a copy, unless it was changed a moment before.
  postgres: { read: 0.5, search: 1 },
};

const isOk = ({ reply }: Deed) => reply !== undefined && reply.status < 300;

async function count(question: string, values: unknown[]): Promise<number> {
  return withClient(system.postgres.url, async (client) =>
    Number((await client.query(question, values)).rows[0].count),
  );
}

/** All four operations, at both APIs. */
async function everythingWorks(products: readonly number[]): Promise<true> {
  const clients = new Clients(apis, { products, everyMs: 0 });
  await clients.workFor(1);
  for (const api of apis) {
    const [id = 1] = products;
    const replies = await Promise.all([
      api.request("GET", `/products/${id}`),
      api.request("PUT", `/products/${id}`, { priceCents: 2, note: "" }),
      api.request("GET", "/search?q=kettle"),
      api.request(
        "POST",
        "/orders",
        { productId: id, quantity: 1 },
        { "idempotency-key": `again-${performance.now()}` },
      ),
    ]);
    for (const { status, body } of replies) if (status >= 300 || body.degraded) throw new Error(JSON.stringify(body));
  }
  return true;
}

const cells = (["cache", "search", "queue", "postgres"] as const).flatMap((name) =>
  (Object.keys(ways) as Way[]).map((way) => ({ name, way })),
);
let lastProduct = 0;

it.each(cells)("$name: $way for 5 s", async ({ name, way }) => {
  const products = Array.from({ length: 10 }, () => ++lastProduct);
  await eventually(() => everythingWorks(products), { withinMs: 20_000 });
  const clients = new Clients(apis, { products, everyMs: 25 });
  await clients.workFor(1000);

  const beganMs = performance.now();
  await ways[way].begin(name);
  await clients.workFor(5000);
  await ways[way].end(name);
  const healedMs = performance.now();
  await eventually(() => everythingWorks(products), { withinMs: 20_000, what: "the work of all operations" });
  const recoveredMs = performance.now() - healedMs;
  await clients.workFor(1500);

  const { deeds } = clients;
  const during = deeds.filter(({ beganMs: at }) => at > beganMs + 500 && at < healedMs);
  // Ours is a busy machine: the promise is 900 ms.
  expect(deeds.filter(({ beganMs: at, endedMs }) => endedMs - at > 1500)).toEqual([]);
  const undocumented = deeds.filter((deed) => !isOk(deed) && ![503, 504, 409].includes(deed.reply?.status ?? 0));
  expect(undocumented.map(({ kind, reply }) => ({ kind, status: reply?.status, body: reply?.body }))).toEqual([]);
  for (const [kind, share] of Object.entries(served[name])) {
    const those = during.filter((deed) => deed.kind === kind);
    expect(those.filter(isOk).length / those.length, `${kind} while ${name} is ${way}`).toBeGreaterThanOrEqual(share);
  }
  expect(staleReads(deeds, 2000)).toEqual([]);
  expect(recoveredMs).toBeLessThan(3000);
  await nothingIsLostOrTwice(deeds);
});

async function nothingIsLostOrTwice(deeds: readonly Deed[]): Promise<void> {
  const orders = deeds.filter(({ kind }) => kind === "order");
  const accepted = orders.filter(isOk).map(({ reply }) => reply?.body.orderId as string);
  const settled = "SELECT count(*) FROM orders WHERE id = ANY ($1::uuid[]) AND status = 'fulfilled'";
  await eventually(async () => (await count(settled, [accepted])) === accepted.length, {
    withinMs: 15_000,
    what: "the fulfilment of every accepted order",
  });
  const keys = orders.map(({ key }) => key);
  const twice = `SELECT count(*) FROM (
    SELECT FROM orders WHERE tenant = 'acme' AND idempotency_key = ANY ($1) GROUP BY idempotency_key HAVING count(*) > 1) AS twice`;
  expect(await count(twice, [keys])).toBe(0);
  const sales = "SELECT count(*) FROM ledger WHERE order_id = ANY ($1::uuid[])";
  expect(await count(sales, [accepted])).toBe(accepted.length);
  for (const { reply, productId } of deeds.filter((deed) => deed.kind === "write" && isOk(deed))) {
    const kept = "SELECT count(*) FROM products WHERE tenant = 'acme' AND id = $1 AND version >= $2";
    expect(await count(kept, [productId, reply?.body.version])).toBe(1);
  }
}
