import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { environmentNamed } from "../cli/environments.ts";
import type { Environment, RunningSystem } from "../model/environment.ts";
import { FaultlineError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { commits } from "../model/milestone.ts";
import type { Plan } from "../model/plan.ts";
import { differencesOf } from "../model/snapshot.ts";
import { postgres, redis, type System, service, system } from "../model/system.ts";
import { Tally } from "../model/tally.ts";
import { milestoneReached } from "../run/milestones.ts";
import { openJournal } from "../safety/journal.ts";
import { makeScratch, removeScratch } from "../safety/leftovers.ts";
import { identify, listProcesses, markedProcesses } from "../safety/processes.ts";

// What every environment must do, whatever it starts its systems on. A new environment is one name more in this list.
describe.each(["local"])("the environment %s", (name) => {
  let environment: Environment;
  let folder: string;
  let started: RunningSystem | undefined;
  let events: RunEvent[];
  let mark: string;
  let stop: AbortController;
  let scratch: string;

  beforeEach(async () => {
    environment = await environmentNamed(name).open();
    folder = mkdtempSync(join(tmpdir(), "conformance-"));
    events = [];
    stop = new AbortController();
  });
  afterEach(async () => {
    await started?.stop();
    started = undefined;
    removeScratch(scratch);
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(definition: System): Promise<RunningSystem> {
    const logs = join(folder, "logs");
    mkdirSync(logs, { recursive: true });
    const journal = openJournal(join(folder, "undo.jsonl"));
    const began = performance.now();
    ({ mark, scratch } = makeScratch("conformance", join(folder, "undo.jsonl")));
    started = await environment.start(definition, {
      mark,
      scratch,
      logs,
      journal,
      now: () => performance.now() - began,
      emit: (event) => events.push(event),
      signal: stop.signal,
    });
    return started;
  }

  const left = (): number => markedProcesses(mark, join(tmpdir(), "nowhere")).length;
  const event = <T extends RunEvent["type"]>(type: T) =>
    events.filter((one): one is Extract<RunEvent, { type: T }> => one.type === type);

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
    expect(readFileSync(join(folder, "logs", "api-1.log"), "utf8")).toContain("listening");
    expect(readFileSync(join(folder, "logs", "api.prepare.log"), "utf8")).toContain("prepared once");
    const pids = event("started").map(({ pid }) => pid);
    await running.stop();
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([]);
    expect(left()).toBe(0);
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
    const before = db?.state();
    expect(before?.state).toBe("running");
    await db?.pause();
    expect(db?.state().state).toBe("stopped");
    expect(await link?.probe(300)).toMatchObject({ answered: false });
    await db?.resume();
    expect(db?.state().state).toBe("running");
    await vi.waitFor(async () => expect(await link?.probe(1000)).toMatchObject({ answered: true }), 10_000);
    await db?.kill();
    await db?.kill();
    expect(db?.state().state).toBe("dead");
    await db?.restart();
    await db?.restart();
    expect(db?.state()).toMatchObject({ state: "running" });
    expect(db?.state().pid).not.toBe(before?.pid);
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

  test("a proxy server that hangs is replaced on the same ports, with what was on it, and that is told", async () => {
    const running = await start(shop());
    const [first, second, third] = ["api-1->cache", "api-2->cache", "api-1->db"].flatMap((target) =>
      running.control("network", target),
    );
    await first?.addToxic({ name: "kept", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    await third?.setListening(false);
    const [proxies] = markedProcesses(mark, join(tmpdir(), "nowhere")).filter(({ pid }) =>
      readFileSync(`/proc/${pid}/comm`, "utf8").includes("toxiproxy"),
    );
    process.kill(proxies!.pid, "SIGSTOP");
    // A signal takes its time to arrive.
    await vi.waitFor(() =>
      expect(listProcesses().find(({ pid }) => pid === proxies!.pid)).toMatchObject({ state: "stopped" }),
    );
    // Two that find out at once, of which one takes something away.
    const [toxics] = await Promise.all([second?.toxics(), first?.removeToxic("gone")]);
    expect(toxics).toEqual([]);
    expect(event("replaced")).toMatchObject([{ what: "toxiproxy" }]);
    expect(await first?.toxics()).toEqual(["kept"]);
    expect(await first?.probe(300)).toMatchObject({ answered: false });
    expect(await second?.probe(5000)).toMatchObject({ answered: true });
    expect(await third?.isListening()).toBe(false);
    await third?.setListening(true);
    expect(await third?.probe(5000)).toMatchObject({ answered: true });
    expect(identify(proxies!.pid)?.startedAt).not.toBe(proxies!.startedAt);
    await expect(Promise.race([running.lost, Promise.resolve("not lost")])).resolves.toBe("not lost");
    await running.stop();
    expect(left()).toBe(0);
  });

  test("tells the configuration of everything that lives, so that what was changed shows", async () => {
    const running = await start(shop());
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
    await running.control("runtime", "api-1")[0]?.evaluate("1 + 1");
    expect(differencesOf(withTable, await running.snapshot()).join("\n")).toMatch(
      /api-1: ports was "\d+", and after everything was healed it is "\d+ \d+"/,
    );
    expect(changed).toContain('api-2: process was "running", and after everything was healed it is "stopped"');
    await running.control("process", "cache")[0]?.kill();
    expect(Object.keys(await running.snapshot())).not.toContain("cache");
  });

  test("counts the transactions that write on a database, and no others", async () => {
    const running = await start(shop());
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
    expect(left()).toBe(0);
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
    stop.abort(new Error("no patience"));
    await expect(starting).rejects.toThrow(/abort/i);
    expect(left()).toBe(0);
    expect(readdirSync(folder)).toContain("logs");
  });
});

const program = `
  const { createServer } = require("node:http");
  let status = 200;
  createServer((request, reply) => {
    if (request.url === "/unready") status = 503;
    reply.writeHead(status).end(JSON.stringify(process.env));
  })
    .listen(process.env.PORT, "127.0.0.1", () => console.log("listening"));
`;

/** A database, a cache, and two instances of a program that tells its environment. */
function shop(changes: { command?: string[]; prepare?: string[] } = {}): System {
  return system({
    name: "shop",
    entry: "api",
    components: {
      db: postgres({ database: "shop", user: "shop" }),
      cache: redis(),
      api: service({
        command: ["node", "-e", program],
        prepare: ["node", "-e", "console.log('prepared once')"],
        readyPath: "/",
        instances: 2,
        links: {
          DATABASE_URL: { to: "db", as: "postgres://shop@{host}:{port}/shop" },
          CACHE_URL: { to: "cache", as: "redis://{host}:{port}" },
        },
        ...changes,
      }),
    },
  });
}

async function environmentOf({ host, port }: { host: string; port: number }): Promise<Record<string, string>> {
  return (await (await fetch(`http://${host}:${port}/`)).json()) as Record<string, string>;
}
