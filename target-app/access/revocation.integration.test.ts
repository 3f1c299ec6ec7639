import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Door, type DoorOptions, openDoor, prepareKeys } from "../testing/access.ts";
import { type Component, startPostgres, withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";
import { hashOf } from "./api-keys.ts";
import { demoKeys } from "./demo-keys.ts";

const { shopper, keeper } = demoKeys.acme;
const doors = new Set<Door>();
let postgres: Component;
let link: Link;

beforeAll(async () => {
  postgres = await startPostgres();
  await prepareKeys(postgres);
});
beforeEach(async () => {
  link = await openLink(postgres.url);
  await withClient(postgres.url, (client) => client.query("UPDATE api_keys SET revoked_at = NULL"));
});
afterEach(async () => {
  await Promise.all([...doors].map((door) => door.close()));
  doors.clear();
  await link.close();
});
afterAll(() => postgres?.dispose());

/** A door whose way to Postgres is the link. */
async function open(options: Partial<DoorOptions> = {}): Promise<Door> {
  const door = await openDoor({ url: link.url, ...options });
  doors.add(door);
  return door;
}

/** By another instance: not through the link. */
async function revoke(key: string): Promise<void> {
  const hash = Buffer.from(hashOf(key), "hex");
  await withClient(postgres.url, (client) =>
    client.query("UPDATE api_keys SET revoked_at = now() WHERE hash = $1", [hash]),
  );
}

const unavailable = { status: 503, body: { code: "unavailable" }, headers: { "retry-after": "1" } };

it.each([
  ["is stopped", async () => postgres.process.signal("SIGSTOP"), async () => postgres.process.signal("SIGCONT")],
  ["was killed", () => postgres.kill(), () => postgres.start()],
  ["is a black hole", async () => link.blackHole(), async () => link.heal("lost")],
])("says in time that it can't tell while the store %s, and tells after", async (_what, inject, heal) => {
  const { ask } = await open();
  await inject();
  try {
    for (const key of [shopper, "acme.shopper.wrong"]) {
      const answer = await ask(key);
      expect(answer).toMatchObject(unavailable);
      expect(answer.tookMs).toBeLessThan(900);
    }
  } finally {
    await heal();
  }
  await eventually(async () => (await ask(shopper)).status === 200);
  expect(await ask("acme.shopper.wrong")).toMatchObject({ status: 401 });
});

it.each([
  ["too long", "a".repeat(129)],
  ["of other characters", "acme.shopper.\u00e9"],
])("refuses without the store what can't be a key, being %s", async (_what, key) => {
  const { ask } = await open();
  link.blackHole();
  expect(await ask(key)).toMatchObject({ status: 401, body: { code: "unknown-key" } });
  expect(await ask("a".repeat(128))).toMatchObject(unavailable);
});

it("lets a known key in within the bound while the store is away, without a delay, and not after it", async () => {
  const { ask, skip } = await open();
  await ask(shopper);
  link.blackHole();
  skip(9000);
  // The first of them begins a refresh that will not be answered.
  for (let at = 0; at < 3; at += 1) {
    const { status, tookMs } = await ask(shopper);
    expect(status).toBe(200);
    expect(tookMs).toBeLessThan(300);
  }
  skip(1000);
  expect(await ask(shopper)).toMatchObject(unavailable);
  await link.heal("lost");
  await eventually(async () => (await ask(shopper)).status === 200);
});

it("notices that a key was revoked about a second later, and that it was issued", async () => {
  const { ask, skip } = await open();
  await revoke(shopper);
  expect(await ask(shopper)).toMatchObject({ status: 401 });
  await withClient(postgres.url, (client) => client.query("UPDATE api_keys SET revoked_at = NULL"));
  skip(1000);
  expect(await ask(shopper)).toMatchObject({ status: 200 });
  await revoke(shopper);
  skip(1000);
  await eventually(async () => (await ask(shopper)).status === 401, { withinMs: 5000 });
});

it("refuses after the bound what was revoked during a partition, and from the heal on", async () => {
  const { ask, skip } = await open({ revocationSeconds: 3 });
  await ask(shopper);
  link.blackHole();
  await revoke(shopper);
  skip(3000);
  expect(await ask(shopper)).toMatchObject(unavailable);
  await link.heal("lost");
  await eventually(async () => {
    const { status } = await ask(shopper);
    expect(status).not.toBe(200);
    return status === 401;
  });
});

it("with auth-fail-open takes any key for valid when the store is away, and only then", async () => {
  const { ask } = await open({ mutant: "auth-fail-open" });
  expect(await ask("acme.shopper.wrong")).toMatchObject({ status: 401 });
  link.blackHole();
  expect(await ask("globex.nobody.guess", "/operations")).toMatchObject({ status: 200 });
  expect(await ask("globex.nobody.guess")).toMatchObject({ status: 200, body: { tenant: "globex" } });
  await link.heal("lost");
  await eventually(async () => (await ask("globex.nobody.guess")).status === 401);
});

it("with auth-cache-unbounded never refuses a key that was valid once, and otherwise does", async () => {
  const { ask, skip } = await open({ mutant: "auth-cache-unbounded" });
  await ask(shopper);
  await Promise.all([revoke(shopper), revoke(keeper)]);
  expect(await ask(keeper)).toMatchObject({ status: 401 });
  for (let at = 0; at < 5; at += 1) {
    skip(60_000);
    expect(await ask(shopper)).toMatchObject({ status: 200 });
  }
  link.blackHole();
  expect(await ask("acme.shopper.wrong")).toMatchObject(unavailable);
});
