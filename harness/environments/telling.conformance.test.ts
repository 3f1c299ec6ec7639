import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { commits } from "../model/milestone.ts";
import type { Plan } from "../model/plan.ts";
import { differencesOf } from "../model/snapshot.ts";
import { Tally } from "../model/tally.ts";
import { DatabaseWatch } from "../run/database-watch.ts";
import { milestoneReached } from "../run/milestones.ts";
import { describeInEach } from "./testing/here.ts";
import { Stand, shop } from "./testing/stand.ts";

// What every environment must tell of its system, and how it keeps its own tools alive.
describeInEach("the environment %s", (name) => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await Stand.open(name);
  });
  afterEach(() => stand.close());

  test("a proxy server that hangs is replaced on the same ports, with what was on it, and that is told", async () => {
    const running = await stand.start(shop());
    const [first, second, third] = ["api-1->cache", "api-2->cache", "api-1->db"].flatMap((target) =>
      running.control("network", target),
    );
    await first?.addToxic({ name: "kept", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    await third?.setListening(false);
    const proxies = await stand.freezeProxies();
    // Several at once: one finds out, and the others' calls, which came later, break when the server is replaced.
    const late = (ms: number) => sleep(ms).then(() => first?.removeToxic("gone"));
    const [toxics] = await Promise.all([second?.toxics(), late(0), late(1000), late(2500)]);
    expect(toxics).toEqual([]);
    expect(stand.told("replaced")).toMatchObject([{ what: "toxiproxy" }]);
    expect(await first?.toxics()).toEqual(["kept"]);
    expect(await first?.probe(300)).toMatchObject({ answered: false });
    expect(await second?.probe(5000)).toMatchObject({ answered: true });
    expect(await third?.isListening()).toBe(false);
    await third?.setListening(true);
    expect(await third?.probe(5000)).toMatchObject({ answered: true });
    expect(await proxies.areTheSame()).toBe(false);
    await expect(Promise.race([running.lost, Promise.resolve("not lost")])).resolves.toBe("not lost");
    await running.stop();
    expect(await stand.left()).toBe(0);
  });

  test("tells the configuration of everything that lives, so that what was changed shows", async () => {
    const running = await stand.start(shop());
    const before = await running.snapshot();
    expect(Object.keys(before)).toEqual(expect.arrayContaining(["db", "cache", "api-1", "clients->api-2"]));
    expect(differencesOf(before, await running.snapshot())).toEqual([]);
    const client = new pg.Client({ ...running.direct["db"], user: "shop", database: "shop" });
    await client.connect();
    await client.query("CREATE TABLE t (x int PRIMARY KEY); ");
    const withTable = await running.snapshot();
    await client.query("ALTER TABLE t DROP CONSTRAINT t_pkey");
    await client.end();
    await running.control("postgres", "db")[0]?.admin("ALTER ROLE shop CONNECTION LIMIT 7");
    await running.control("redis", "cache")[0]?.admin("CONFIG", "SET", "maxclients", "77");
    await running.control("network", "clients->api-1")[0]?.setListening(false);
    await running.control("process", "api-2")[0]?.pause();
    const changed = differencesOf(withTable, await running.snapshot()).join("\n");
    expect(changed).toContain("db: index public.t_pkey was");
    expect(changed).toContain("db: role shop was");
    expect(changed).toMatch(/cache: maxclients was "\d+", and after everything was healed it is "77"/);
    expect(changed).toContain('clients->api-1: listening was "true"');
    // Where it can be had, an inspector that is open shows, too.
    for (const runtime of running.control("runtime", "api-1")) {
      await runtime.evaluate("1 + 1");
      expect(differencesOf(withTable, await running.snapshot()).join("\n")).toMatch(
        /api-1: ports was "\d+", and after everything was healed it is "\d+ \d+"/,
      );
    }
    expect(changed).toContain('api-2: process was "running", and after everything was healed it is "stopped"');
    await running.control("process", "cache")[0]?.kill();
    expect(Object.keys(await running.snapshot())).not.toContain("cache");
  });

  test("sees a statement at work in a database whose caller has gone, and no longer when it has ended", async () => {
    const running = await stand.start(shop());
    const events: RunEvent[] = [];
    const began = performance.now();
    const now = (): number => performance.now() - began;
    const watch = new DatabaseWatch({ definition: shop(), system: running, now, emit: (event) => events.push(event) });
    const client = new pg.Client({ ...running.direct["db"], user: "shop", database: "shop" });
    client.on("error", () => undefined);
    await client.connect();
    client.query("SELECT pg_sleep(3.6)").catch(() => undefined);
    await sleep(300);
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    await sleep(5000);
    await watch.end();
    const [last] = events.filter((event) => event.type === "statement").toReversed();
    expect(last).toMatchObject({ instance: "db", state: "active", text: "SELECT pg_sleep(3.6)" });
    expect(last!.forMs).toBeGreaterThan(1500);
    expect(last!.forMs).toBeLessThan(3700);
    const watched = events.flatMap((event) => (event.type === "connectionsWatched" ? event.watched : []));
    // By default a Postgres takes 100, and keeps 3 for its superuser.
    expect(watched).toMatchObject([{ on: "db", seen: "server", atMost: 97, gaps: [] }]);
    expect(watched[0]!.looks).toBeGreaterThan(2);
  });

  test("counts the transactions that write on a database, and no others", async () => {
    const running = await stand.start(shop());
    const client = new pg.Client({ ...running.direct["db"], user: "shop", database: "shop" });
    await client.connect();
    await client.query("CREATE TABLE counted (x int)");
    let isReached = false;
    const countable = { plan: { operations: [] } as unknown as Plan, tally: new Tally(0), system: running };
    const { signal } = new AbortController();
    const options = { untilMs: Infinity, now: () => performance.now(), signal };
    const reached = milestoneReached(commits("db", 3), countable, options).then((is) => {
      isReached = is;
    });
    for (let count = 0; count < 100; count += 1) await client.query("SELECT count(*) FROM counted");
    expect(isReached).toBe(false);
    let written = 0;
    for (; !isReached && written < 1000; written += 1) await client.query("INSERT INTO counted VALUES (1)");
    await reached;
    expect(written).toBeGreaterThanOrEqual(3);
    expect(written).toBeLessThan(1000);
    await client.end();
  });
});
