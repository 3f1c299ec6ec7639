import { Redis } from "ioredis";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { container, postgres, redis, type System, service, system } from "../../model/system.ts";
import { describeIn } from "../testing/here.ts";
import { Stand } from "../testing/stand.ts";
import { imageSettings } from "./settings.ts";

// Programs in images of their own, which know nothing of Faultline: each listens where it always does.

const program = "require('node:http').createServer((_, r) => r.end(JSON.stringify(process.env))).listen(8080)";
const { images } = imageSettings();

function shop(changes: { image?: string; command?: string[] } = {}): System {
  return system({
    name: "shop",
    entry: "web",
    components: {
      store: container({ image: images.redis, command: ["redis-server", "--protected-mode", "no"], port: 6379 }),
      worker: container({ image: images.service, command: ["node", "-e", "setInterval(() => {}, 1000)"] }),
      web: container({
        image: images.service,
        command: ["node", "-e", program],
        environment: { COLOUR: "blue" },
        port: 8080,
        readyPath: "/",
        instances: 2,
        links: { STORE_HOST: { to: "store", as: "{host}" }, STORE_PORT: { to: "store", as: "{port}" } },
        ...changes,
      }),
    },
  });
}

describeIn("containers", "in containers, a program in an image of its own", () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await Stand.open("containers");
  });
  afterEach(() => stand.close());

  test("is reached where it listens, told its links, and ended with all others", async () => {
    const running = await stand.start(shop());
    const told = await Promise.all(
      running.entry.map(
        async ({ address }) =>
          (await (await fetch(`http://${address.host}:${address.port}/`)).json()) as Record<string, string>,
      ),
    );
    for (const variables of told) expect(variables).toMatchObject({ COLOUR: "blue", STORE_HOST: "toxiproxy" });
    expect(told[0]?.["STORE_PORT"]).not.toBe(told[1]?.["STORE_PORT"]);
    expect(await running.health()).toEqual({ "web-1": "ready", "web-2": "ready" });
    expect(await running.control("process", "worker")[0]?.state()).toMatchObject({ state: "running" });
    expect(Object.keys(await running.gauges())).toContain("connections to store");
    const [first, second] = running.control("network", "web->store");
    expect(await second?.probe(5000)).toMatchObject({ answered: true });
    await first?.addToxic({ name: "t", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    expect(await first?.probe(300)).toMatchObject({ answered: false });
    expect(await second?.probe(5000)).toMatchObject({ answered: true });
    await running.stop();
    expect(await stand.left()).toBe(0);
  });

  test("is killed and started again, and given other variables", async () => {
    const running = await stand.start(shop());
    const [link] = running.control("network", "clients->web-1");
    const [web] = running.control("process", "web-1");
    await web?.kill();
    expect(await link?.probe(1000)).toMatchObject({ answered: false });
    await web?.restart();
    await vi.waitFor(async () => expect(await link?.probe(1000)).toMatchObject({ answered: true }), 10_000);
    const [rollout] = running.control("rollout", "web-1");
    expect(rollout?.original("COLOUR")).toBe("blue");
    await rollout?.rollOut({ COLOUR: "red" });
    expect(await rollout?.given("COLOUR")).toBe("red");
    await rollout?.rollBack();
    expect(await rollout?.given("COLOUR")).toBe("blue");
    expect(await link?.probe(5000)).toMatchObject({ answered: true });
  });

  test("a new version of a server finds what the old one had written, and so does the old one after it", async () => {
    const stores = system({
      name: "stores",
      entry: "store",
      components: {
        store: redis({ configuration: { appendonly: "yes", appendfsync: "always" } }),
        db: postgres({ database: "shop", user: "shop" }),
      },
    });
    const running = await stand.start(stores);
    const { store, db } = running.direct;
    const asked = async () => {
      const [cache, client] = [new Redis(store!.port), new Client({ ...db, user: "shop", database: "shop" })];
      try {
        await client.connect();
        await client.query("CREATE TABLE IF NOT EXISTS seen (at timestamptz DEFAULT now())");
        await client.query("INSERT INTO seen DEFAULT VALUES");
        const { rowCount } = await client.query("SELECT FROM seen");
        return [await cache.incr("seen"), rowCount];
      } finally {
        cache.disconnect();
        await client.end();
      }
    };
    const answered = () => vi.waitFor(asked, { timeout: 30_000, interval: 200 });
    expect(await answered()).toEqual([1, 1]);
    const rollouts = ["store", "db"].flatMap((name) => running.control("rollout", name));
    for (const one of rollouts) await one.rollOut({ COLOUR: "red" });
    for (const one of rollouts) expect(await one.given("COLOUR")).toBe("red");
    const [cached] = await answered();
    expect(cached).toBeGreaterThanOrEqual(2);
    for (const one of rollouts) await one.rollBack();
    const [again = 0, rows = 0] = await answered();
    expect(again).toBeGreaterThanOrEqual(3);
    expect(rows).toBeGreaterThanOrEqual(3);
  });

  test("what the engine refuses is told, with what to do, and nothing is left", async () => {
    vi.spyOn(process, "cwd").mockReturnValue("/a/folder/that/it/does/not/see");
    const alone = service({ command: ["node", "-e", program], readyPath: "/" });
    const error = await stand
      .start(system({ name: "alone", entry: "web", components: { web: alone } }))
      .catch((caught: unknown) => caught)
      .finally(() => vi.restoreAllMocks());
    expect(error).toMatchObject({
      code: "ENGINE_REFUSED",
      exit: 3,
      message: expect.stringMatching(/could not create web: .*bind source path does not exist[\s\S]*share the folder/),
    });
    expect(await stand.left()).toBe(0);
  });

  test.each([
    ["an image that is not to be had", { image: "faultline/nobody-made-this:1" }, "IMAGE_NOT_TO_BE_HAD", /nobody-made/],
    ["a program that ends at once", { command: ["node", "-e", "process.exit(7)"] }, "COMPONENT_EXITED", /exit 7/],
  ])("%s is told, and nothing is left", async (_what, changes, code, message) => {
    const error = await stand.start(shop(changes)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, exit: 3, message: expect.stringMatching(message) });
    expect(await stand.left()).toBe(0);
  });
});
