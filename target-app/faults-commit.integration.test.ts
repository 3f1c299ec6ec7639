import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type App, type Reply, TestSystem } from "./testing/app.ts";
import { withClient } from "./testing/components.ts";
import { type Link, openLink } from "./testing/link.ts";
import { eventually } from "./testing/processes.ts";

// The answer to a COMMIT is lost: nobody can tell from it whether the change was made, and both happens.

let system: TestSystem;
let link: Link;
/** The first one's way to Postgres is the link; the second one has seen nothing of what went wrong. */
let first: App;
let second: App;

beforeAll(async () => {
  system = await TestSystem.start();
  link = await openLink(system.postgres.url);
  [first, second] = await Promise.all([
    system.launch("api", { DATABASE_URL: link.url }),
    system.launch("api"),
    system.launch("worker"),
  ]);
  await Promise.all([first.untilReady(), second.untilReady()]);
});
afterAll(async () => {
  await system?.dispose();
  await link?.close();
});

async function sql<T>(text: string, values: unknown[] = []): Promise<T[]> {
  return withClient(system.postgres.url, async (client) => (await client.query(text, values)).rows);
}

/** With a Postgres that, once, ends the connection instead of committing such a change. */
async function losingOneCommit<T>(change: string, body: () => Promise<T>): Promise<T> {
  // What a sequence has counted is not rolled back.
  await sql("CREATE SEQUENCE commits");
  await sql(`CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$`);
  await sql(`CREATE CONSTRAINT TRIGGER lose AFTER ${change} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION lose()`);
  try {
    const result = await body();
    expect(await sql("SELECT is_called AS lost FROM commits"), "a commit was lost").toEqual([{ lost: true }]);
    return result;
  } finally {
    await sql("DROP FUNCTION lose CASCADE");
    await sql("DROP SEQUENCE commits");
  }
}

/** What becomes of the COMMIT whose answer is lost. */
const fates = {
  "was carried out": async <T>(_change: string, body: () => Promise<T>) => {
    link.loseReplyTo("COMMIT");
    return body();
  },
  "was not carried out": losingOneCommit,
};

it.each(Object.entries(fates))("takes an order once though the COMMIT %s without an answer", async (_what, under) => {
  const [order, headers] = [{ productId: 1, quantity: 1 }, { "idempotency-key": randomUUID() }];
  const place = (api: App) => api.request("POST", "/orders", order, headers);
  const reply = await under("INSERT ON orders", () => place(first));
  expect(reply.status).toBe(202);
  expect((await place(second)).body).toEqual(reply.body);
  const { orderId } = reply.body;
  await eventually(async () => (await second.request("GET", `/orders/${orderId}`)).body.status === "fulfilled");
  const orders = await sql("SELECT id FROM orders WHERE idempotency_key = $1", [headers["idempotency-key"]]);
  expect(orders).toEqual([{ id: orderId }]);
  expect(await sql("SELECT count(*)::int FROM ledger WHERE order_id = $1", [orderId])).toEqual([{ count: 1 }]);
});

it.each([
  { what: "was carried out", path: "/products/2", version: 2 },
  { what: "was not carried out", path: "/products/3", version: 1 },
] as const)(
  "says that it does not know whether a change was made whose COMMIT $what",
  async ({ what, path, version }) => {
    const read = async (api: App) => (await api.request("GET", path)).body;
    // Both have it in hand in its old version.
    await Promise.all([read(first), read(second)]);
    const note = `lost-${version}`;
    const reply = await fates[what]("UPDATE OF version ON products", () =>
      first.request("PUT", path, { priceCents: 1, note }),
    );
    expect(reply).toMatchObject({ status: 504, body: { code: "outcome-unknown" } });

    await eventually(async () => (await read(first)).version === version && (await read(second)).version === version, {
      withinMs: 2000,
      what: "what is there, at both",
    });
    await eventually(async () => isFound(await second.request("GET", `/search?q=${note}`), version === 2));
    // Whoever read before they repeat it, as they were told, changes it once.
    const again = () => second.request("PUT", path, { priceCents: 1, note }, { "if-match": `"${version}"` });
    expect((await again()).body.version).toBe(version + 1);
    expect((await again()).status).toBe(412);
  },
);

it("says so of an order, too, whose COMMIT was carried out, when Postgres is away for the second try", async () => {
  const headers = { "idempotency-key": randomUUID() };
  let refused: Promise<void> = Promise.resolve();
  link.loseReplyTo("COMMIT", () => {
    refused = link.refuse();
  });
  const reply = await first.request("POST", "/orders", { productId: 4, quantity: 1 }, headers);
  await refused;
  await link.heal();
  expect(reply).toMatchObject({ status: 504, body: { code: "outcome-unknown" } });
  const orders = await sql("SELECT count(*)::int FROM orders WHERE idempotency_key = $1", [headers["idempotency-key"]]);
  expect(orders).toEqual([{ count: 1 }]);
});

const isFound = ({ body }: Reply, isExpected: boolean) => body.total > 0 === isExpected;
