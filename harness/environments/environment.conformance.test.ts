import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunningSystem } from "../model/environment.ts";
import { FaultlineError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { redis, type System, system } from "../model/system.ts";
import { describeInEach } from "./testing/here.ts";
import { Stand, shop } from "./testing/stand.ts";

// What every environment must do, whatever it starts its systems on. A new environment is one name more in this list.
describeInEach("the environment %s", (name) => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await Stand.open(name);
  });
  afterEach(() => stand.close());
  const start = (definition: System): Promise<RunningSystem> => stand.start(definition);
  const left = (): Promise<number> => stand.left();
  const event = <T extends RunEvent["type"]>(type: T) => stand.told(type);

  test("starts everything, links it through proxies of its own, and stops everything", async () => {
    const running = await start(shop());
    expect(
      event("started")
        .map(({ instance }) => instance)
        .sort(),
    ).toEqual(["api-1", "api-2", "cache", "db"]);
    const links = ["clients->api", "api->db", "api->cache"].flatMap((target) => running.control("network", target));
    expect(links.map((link) => link.name).sort()).toEqual([
      "api-1->cache",
      "api-1->db",
      "api-2->cache",
      "api-2->db",
      "clients->api-1",
      "clients->api-2",
    ]);
    for (const link of links) expect(await link.probe(5000)).toMatchObject({ answered: true });
    // Each instance was told addresses that are its own, and that are not the real ones.
    const [one, two] = await Promise.all(running.entry.map(({ address }) => environmentOf(address)));
    expect(one?.["CACHE_URL"]).not.toBe(two?.["CACHE_URL"]);
    const real = Object.values(running.direct).map(({ port }) => `:${port}`);
    for (const told of [one?.["CACHE_URL"], two?.["DATABASE_URL"]]) {
      expect(real.some((port) => String(told).includes(port))).toBe(false);
    }
    expect(readFileSync(join(stand.folder, "logs", "api-1.log"), "utf8")).toContain("listening");
    expect(readFileSync(join(stand.folder, "logs", "api.prepare.log"), "utf8")).toContain("prepared once");
    await running.stop();
    expect(await left()).toBe(0);
    await running.stop();
  });

  test("cuts one instance's link and leaves the other's", async () => {
    const running = await start(shop());
    const [first, second] = running.control("network", "api->cache");
    await first?.addToxic({ name: "t", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    expect(await first?.toxics()).toEqual(["t"]);
    expect(await first?.probe(300)).toMatchObject({ answered: false });
    expect(await second?.probe(5000)).toMatchObject({ answered: true });
    await first?.removeToxic("t");
    await first?.removeToxic("t");
    expect(await first?.probe(5000)).toMatchObject({ answered: true });
  });

  test("kills, restarts, pauses and continues an instance with all its processes", async () => {
    const running = await start(shop());
    const [db] = running.control("process", "db");
    const [link] = running.control("network", "api-1->db");
    const before = await db?.state();
    expect(before?.state).toBe("running");
    await db?.pause();
    expect((await db?.state())?.state).toBe("stopped");
    expect(await link?.probe(300)).toMatchObject({ answered: false });
    await db?.resume();
    expect((await db?.state())?.state).toBe("running");
    await vi.waitFor(async () => expect(await link?.probe(1000)).toMatchObject({ answered: true }), 10_000);
    await db?.kill();
    await db?.kill();
    expect((await db?.state())?.state).toBe("dead");
    await db?.restart();
    await db?.restart();
    expect(await db?.state()).toMatchObject({ state: "running" });
    expect((await db?.state())?.pid).not.toBe(before?.pid);
    expect(await link?.probe(5000)).toMatchObject({ answered: true });
  });

  test("tells how each instance says it is, and how many processes and connections there are", async () => {
    const running = await start(shop());
    const [first, second] = running.control("process", "api");
    expect(await running.health()).toEqual({ "api-1": "ready", "api-2": "ready" });
    await fetch(`http://127.0.0.1:${running.direct["api-1"]?.port}/unready`);
    await second?.pause();
    expect(await running.health()).toEqual({ "api-1": "unready", "api-2": "silent" });
    await second?.resume();
    await first?.kill();
    await vi.waitFor(
      async () => expect(await running.health()).toEqual({ "api-1": "silent", "api-2": "ready" }),
      10_000,
    );

    const before = await running.gauges();
    expect(before).toMatchObject({ "processes of api-1": 0, "processes of api-2": 1, "processes of cache": 1 });
    const client = new pg.Client({ ...running.direct["db"], user: "shop", database: "shop" });
    await client.connect();
    const during = await running.gauges();
    expect(during["connections to db"]).toBe((before["connections to db"] ?? Number.NaN) + 1);
    await client.end();
    await vi.waitFor(
      async () => expect((await running.gauges())["connections to db"]).toBe(before["connections to db"]),
      10_000,
    );
  });

  test("a database keeps over a kill what it had acknowledged", async () => {
    const running = await start(shop());
    const query = async (text: string) => {
      const client = new pg.Client({ ...running.direct["db"], user: "shop", database: "shop" });
      await client.connect();
      try {
        return await client.query(text);
      } finally {
        await client.end();
      }
    };
    await query("CREATE TABLE kept AS SELECT 42 AS answer");
    const [db] = running.control("process", "db");
    await db?.kill();
    await db?.restart();
    expect((await query("SELECT answer FROM kept")).rows).toEqual([{ answer: 42 }]);
  });

  test("what ends when it is started again, as its cache is away, has ended by itself; later it can be started", async () => {
    const program = `
      const { connect } = require("node:net");
      const { hostname, port } = new URL(process.env.CACHE_URL);
      const socket = connect(Number(port), hostname, () => socket.write("PING\\r\\n"));
      socket.on("error", () => process.exit(7)).on("close", () => process.exit(7)).on("data", () => {
        socket.removeAllListeners("close");
        require("node:http").createServer((_, reply) => reply.end()).listen(process.env.PORT, process.env.HOST ?? "127.0.0.1");
      });`;
    const running = await start(shop({ command: ["node", "-e", program] }));
    const [[api], [cache]] = [running.control("process", "api-1"), running.control("process", "cache")];
    await cache?.kill();
    await api?.kill();
    await expect(api?.restart()).rejects.toMatchObject({ code: "COMPONENT_EXITED" });
    const ends = event("exited").filter(({ instance }) => instance === "api-1");
    expect(ends.map(({ how, expected }) => [how, expected])).toEqual([
      ["SIGKILL", true],
      ["exit 7", false],
    ]);
    const [killed, ended] = ends;
    expect(ended!.ranMs).toBeGreaterThan(0);
    expect(ended!.atMs - ended!.ranMs!).toBeGreaterThanOrEqual(killed!.atMs - 1);
    await cache?.restart();
    await api?.restart();
    expect((await api?.state())?.state).toBe("running");
  });

  test.each([
    ["does not exist", { command: ["no-such-program"] }, "COMMAND_NOT_STARTED", /no-such-program/],
    [
      "exits at once",
      { command: ["node", "-e", "console.log('my last words'); process.exit(7)"] },
      "COMPONENT_EXITED",
      /exit 7[\s\S]*my last words/,
    ],
    [
      "can't be prepared",
      { prepare: ["node", "-e", "console.log('no table'); process.exit(3)"] },
      "PREPARE_FAILED",
      /exit 3[\s\S]*no table/,
    ],
  ])("when a program %s: says which and why, and nothing is left running", async (_what, settings, code, message) => {
    const broken = shop(settings);
    const error = await start(broken).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FaultlineError);
    expect(error).toMatchObject({ code, exit: 3 });
    expect((error as Error).message).toMatch(message);
    expect(await left()).toBe(0);
  });

  test("a fixed port that is taken: says who has it, before anything is started", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const taken = system({ name: "taken", entry: "cache", components: { cache: redis({ port }) } });
    await expect(start(taken)).rejects.toMatchObject({ code: "PORT_TAKEN", exit: 3 });
    await expect(start(taken)).rejects.toThrow(`port ${port} of 127.0.0.1`);
    expect(event("started")).toEqual([]);
    server.close();
  });

  test("an abort during the start ends what had been started", async () => {
    const starting = start(shop({ command: ["node", "-e", "setInterval(() => {}, 1000)"] }));
    await vi.waitFor(() => expect(event("started").length).toBeGreaterThanOrEqual(2), 20_000);
    stand.stop.abort(new Error("no patience"));
    await expect(starting).rejects.toThrow(/abort/i);
    expect(await left()).toBe(0);
    expect(readdirSync(stand.folder)).toContain("logs");
  });
});

async function environmentOf({ host, port }: { host: string; port: number }): Promise<Record<string, string>> {
  return (await (await fetch(`http://${host}:${port}/`)).json()) as Record<string, string>;
}
