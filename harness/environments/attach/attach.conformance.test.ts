import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { faultKinds } from "../../faults/index.ts";
import type { AttachedSettings } from "../../model/attached.ts";
import { attached } from "../../model/attached.ts";
import type { RunningSystem } from "../../model/environment.ts";
import { FaultlineError } from "../../model/errors.ts";
import type { FaultKind, ScheduledInjection } from "../../model/fault.ts";
import { differencesOf } from "../../model/snapshot.ts";
import { postgres, redis, type System, service, system } from "../../model/system.ts";
import { sustain } from "../../run/sustain.ts";
import { identify, listProcesses } from "../../safety/processes.ts";
import { undoAll } from "../../safety/undo.ts";
import { Stand } from "../testing/stand.ts";

// What `attach` must do to a system that somebody else runs; here it is the environment `local` that does.

const program = "require('node:http').createServer((_, r) => r.end('hello')).listen(process.env.PORT, '127.0.0.1')";
const theirSystem = system({
  name: "theirs",
  entry: "web",
  components: {
    db: postgres({ database: "shop", user: "shop" }),
    cache: redis(),
    web: service({
      command: ["node", "-e", program],
      readyPath: "/",
      links: { CACHE: { to: "cache", as: "{host}:{port}" }, DB: { to: "db", as: "{host}:{port}" } },
    }),
  },
});

const all = ["db", "cache", "web"] as const;

let somebody: Stand;
let theirs: RunningSystem;
const pids = new Map<string, number>();
beforeAll(async () => {
  somebody = await Stand.open("local");
  theirs = await somebody.start(theirSystem);
  for (const name of all) pids.set(name, (await theirs.control("process", name)[0]!.state()).pid);
});
afterAll(() => somebody.close());

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.open("attach");
});
afterEach(() => stand.close());

const at = (name: string): string => `127.0.0.1:${theirs.direct[name]?.port}`;
const pidOf = (name: string): number => pids.get(name)!;
const toxiproxy = (): string => {
  const step = theirs.control("network", "web->cache")[0]!.undoToxic("none") as { admin: string };
  return step.admin.replace("http://", "");
};

type Changes = Partial<Record<"db" | "cache" | "web", object>> & { proxy?: object };
function ours({ db, cache, web, proxy }: Changes = {}): System {
  const link = (to: "cache" | "db") => ({ to, toxiproxy: toxiproxy(), proxy: `web.${to}` });
  const own = (name: string) => ({ at: at(name), pid: pidOf(name) });
  return system({
    name: "ours",
    entry: "web",
    components: {
      db: attached({
        kind: "postgres",
        ...own("db"),
        database: "shop",
        user: "shop",
        admin: { user: "faultline" },
        ...db,
      } as AttachedSettings),
      cache: attached({ kind: "redis", ...own("cache"), ...cache } as AttachedSettings),
      web: attached({
        ...({ kind: "http", ...own("web"), readyPath: "/", ...web } as AttachedSettings),
        links: { CACHE: { ...link("cache"), ...proxy }, DB: link("db") },
      }),
    },
  });
}

const living = () => all.map((name) => identify(pidOf(name)));

test("takes hold of every component and link, and lets go of all of them unharmed", async () => {
  const before = [living(), await theirs.snapshot()];
  const running = await stand.start(ours());
  const links = ["clients->web", "web->cache", "web->db"].flatMap((target) => running.control("network", target));
  expect(links.map(({ name }) => name)).toEqual(["clients->web", "web->cache", "web->db"]);
  for (const link of links) expect(await link.probe(5000)).toMatchObject({ answered: true });
  const [{ address }] = running.entry as [RunningSystem["entry"][number]];
  expect(await (await fetch(`http://${address.host}:${address.port}/`)).text()).toBe("hello");
  expect(running.direct["cache"]).toEqual(theirs.direct["cache"]);
  expect(await running.health()).toEqual({ web: "ready" });
  expect(await running.gauges()).toMatchObject({ "processes of web": 1, "connections to web": expect.any(Number) });
  expect(running.control("process", "web")).toEqual([]);
  expect(await stand.left()).toBe(1);
  await running.stop();
  await running.stop();
  expect(await stand.left()).toBe(0);
  expect([living(), await theirs.snapshot()]).toEqual(before);
});

test("cuts a link at the user's own proxy, and the clients' at one of ours", async () => {
  const running = await stand.start(ours());
  for (const target of ["web->cache", "clients->web"]) {
    const [link] = running.control("network", target);
    await link?.addToxic({ name: "t", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    expect(await link?.probe(300)).toMatchObject({ answered: false });
    const there = await theirs.control("network", "web->cache")[0]?.toxics();
    expect(there).toEqual(target === "web->cache" ? ["t"] : []);
    await link?.removeToxic("t");
    expect(await link?.probe(5000)).toMatchObject({ answered: true });
  }
});

test("makes a process with all its children stand still, and goes on", async () => {
  const running = await stand.start(ours());
  const [db] = running.control("pause", "db");
  const [web] = running.control("pause", "web");
  onTestFinished(() => [db, web].forEach((one) => void one?.resume()));
  await db?.pause();
  await web?.pause();
  expect(await db?.state()).toMatchObject({ state: "stopped" });
  expect(await web?.state()).toEqual({ state: "stopped", pid: pidOf("web") });
  expect(await theirs.control("process", "db")[0]?.state()).toMatchObject({ state: "stopped" });
  expect(await running.health()).toEqual({ web: "silent" });
  expect(Object.values(await running.snapshot())).toContainEqual({ process: "stopped" });
  await undoAll([...db!.undoPause(), ...web!.undoPause()]);
  for (const one of [db, web]) expect(await one?.state()).toMatchObject({ state: "running" });
  await vi.waitFor(async () => expect(await running.health()).toEqual({ web: "ready" }), 10_000);
});

test("asks a server for nothing that no fault needs", async () => {
  const running = await stand.start(ours({ cache: { password: "wrong" } }), { needs: () => false });
  expect([...running.control("redis", "cache"), ...running.control("postgres", "db")]).toEqual([]);
});

test("a password is used, and stands neither in the journal nor anywhere when all is over", async () => {
  const redisOf = async (password: string) => {
    const running = await stand.start(ours({ cache: { password } }));
    return running.control("redis", "cache")[0]!;
  };
  const theirRedis = theirs.control("redis", "cache")[0]!;
  await theirRedis.admin("CONFIG", "SET", "requirepass", "a secret");
  try {
    await expect(redisOf("another")).rejects.toMatchObject({ code: "NOT_LET_IN", exit: 3 });
    const control = await redisOf("a secret");
    const steps = control.undo(["CONFIG", "SET", "maxmemory-samples", control.original("maxmemory-samples")]);
    expect(JSON.stringify(steps)).not.toContain("a secret");
    await control.admin("CONFIG", "SET", "maxmemory-samples", "7");
    expect(await undoAll(steps)).toEqual([]);
    expect(await control.ask("CONFIG", "GET", "maxmemory-samples")).toEqual(["maxmemory-samples", "5"]);
    const refused = control.undo(["CONFIG", "SET", "maxmemory-samples", "no number"]);
    expect(String((await undoAll(refused))[0]?.error)).toMatch(/ERR/);
  } finally {
    await theirRedis.admin("CONFIG", "SET", "requirepass", "");
  }
});

describe("what is wrong is told, all at once, and nothing is begun", () => {
  async function refused(changes: Changes) {
    const error = await stand.start(ours(changes)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FaultlineError);
    expect(await stand.left()).toBe(0);
    return error as FaultlineError;
  }

  test("a host that nobody allowed, before anybody is asked", async () => {
    const error = await refused({ db: { at: "192.0.2.1:5432", pid: undefined }, cache: { at: "127.0.0.1:1" } });
    expect(error).toMatchObject({ exit: 64, problems: [{ code: "FOREIGN_TARGET", where: "system.components.db.at" }] });
    expect(error.message).toContain("--allow-target 192.0.2.1");
    const elsewhere = await refused({ proxy: { toxiproxy: "192.0.2.1:8474" } });
    expect(elsewhere.problems).toMatchObject([{ where: "system.components.web.links.CACHE.toxiproxy" }]);
  });

  test("an address where nothing listens, and one where something else does", async () => {
    const error = await refused({ db: { at: "127.0.0.1:1" }, web: { at: at("cache"), pid: pidOf("cache") } });
    expect(error).toMatchObject({ exit: 3, problems: [{ code: "NOT_ANSWERING" }, { code: "NOT_ANSWERING" }, {}] });
    expect(error.message).toMatch(/127\.0\.0\.1:1 .*kind postgres: .*ECONNREFUSED/);
    expect(error.message).toMatch(/kind http/);
  });

  test("a process that is not there, is not the server's, or started this run", async () => {
    const gone = spawn("true");
    await once(gone, "exit");
    const error = await refused({ db: { pid: gone.pid }, cache: { pid: pidOf("web") }, web: { pid: process.ppid } });
    expect(error).toMatchObject({ exit: 3 });
    expect(error.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "NO_SUCH_PROCESS db",
      "PROCESS_NOT_LISTENING cache",
      "PROCESS_IS_OURS web",
    ]);
    expect(error.message).toContain(`(pid ${pidOf("cache")})`);
  });

  test("a file with a process id: one that is right, one without, and none", async () => {
    const [right, wrong] = ["right.pid", "wrong.pid"].map((name) => join(stand.folder, name));
    writeFileSync(right!, `${pidOf("db")}\n5432\n`);
    writeFileSync(wrong!, "not yet\n");
    const error = await refused({
      db: { pid: undefined, pidFile: right },
      cache: { pid: undefined, pidFile: wrong },
      web: { pid: undefined, pidFile: join(stand.folder, "none") },
    });
    expect(error.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "BAD_PID_FILE cache",
      "BAD_PID_FILE web",
    ]);
    expect(error.message).toContain("ENOENT");
  });

  test("a process that stands still already is not ours to continue", async () => {
    const [theirCache] = theirs.control("process", "cache");
    await theirCache?.pause();
    const settings = { pid: pidOf("cache"), at: at("web") };
    onTestFinished(() => theirCache?.resume());
    const error = await refused({ web: settings });
    expect(error.problems.map(({ code }) => code)).toContain("PROCESS_STOPPED");
  });

  test("a Toxiproxy that is not there, a proxy that it does not have, and one that leads nowhere", async () => {
    expect(await refused({ proxy: { toxiproxy: "127.0.0.1:1" } })).toMatchObject({ code: "NO_TOXIPROXY", exit: 3 });
    const unknown = await refused({ proxy: { proxy: "cash" } });
    expect(unknown).toMatchObject({ code: "NO_SUCH_PROXY", exit: 3 });
    expect(unknown.message).toContain("web.cache");
    const [link] = theirs.control("network", "web->cache");
    await link?.setListening(false);
    onTestFinished(() => link?.setListening(true));
    const dead = await refused({});
    expect(dead).toMatchObject({ code: "PROXY_LEADS_NOWHERE", exit: 3 });
    expect(dead.message).toContain("it is disabled");
  });

  test("a replica, which healing would make a master", async () => {
    const theirRedis = theirs.control("redis", "cache")[0]!;
    await theirRedis.admin("REPLICAOF", "127.0.0.1", "1");
    onTestFinished(async () => void (await theirRedis.admin("REPLICAOF", "NO", "ONE")));
    const error = await refused({});
    expect(error).toMatchObject({ code: "NOT_LET_IN", message: expect.stringContaining("replica") });
  });
});

test("a postgres with settings of its own, which healing would take away", async () => {
  const theirDb = theirs.control("postgres", "db")[0]!;
  const refused = async (message: RegExp): Promise<void> => {
    const error = await stand.start(ours()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "NOT_LET_IN", exit: 3, message: expect.stringMatching(message) });
  };
  await theirDb.admin("ALTER SYSTEM SET synchronous_standby_names = ''");
  onTestFinished(async () => void (await theirDb.admin("ALTER SYSTEM RESET synchronous_standby_names")));
  await refused(/synchronous_standby_names is set in postgresql\.auto\.conf/);
  await theirDb.admin("ALTER SYSTEM RESET synchronous_standby_names", "ALTER ROLE shop CONNECTION LIMIT 50");
  onTestFinished(async () => void (await theirDb.admin("ALTER ROLE shop CONNECTION LIMIT -1")));
  await refused(/the role shop has a connection limit/);
});

const { capabilities } = { capabilities: ["network", "pause", "redis", "postgres"] as readonly string[] };
/** Of HTTP; the others are tried at the user's own proxy. */
const ofHttp = ["overload", "slowRequests"];
const targetOf = (kind: FaultKind): string => {
  if (kind.needs !== "network") return ({ pause: "cache", redis: "cache", postgres: "db" } as never)[kind.needs];
  return ofHttp.includes(kind.kind) ? "clients->web" : "web->cache";
};
const possible = faultKinds.filter(({ needs, onlyOwn }) => capabilities.includes(needs) && onlyOwn === undefined);

test("there are faults to try", () => expect(possible.length).toBeGreaterThan(15));

test.each(possible.map((kind) => [kind.kind, kind] as const))(
  "%s acts, and is undone by whoever has nothing but the journal",
  async (name, kind) => {
    const running = await stand.start(ours());
    const before = await running.snapshot();
    const target = targetOf(kind);
    const title = kind.title({ kind: name, target, parameters: kind.example });
    const injection: ScheduledInjection = {
      kind: name,
      target,
      parameters: kind.example,
      id: `i-${name}`,
      acts: [target],
      title,
      atMs: 0,
      lastingMs: 1000,
    };
    const control = running.control(kind.needs, target)[0]!;
    const isSeen = (state: string): Promise<unknown> =>
      vi.waitFor(async () => expect(await kind.observe(control, injection)).toMatchObject({ state }), 20_000);
    await isSeen("absent");
    const steps = kind.undo(control, injection);
    await kind.inject(control, injection);
    const act = (): Promise<void> => kind.sustain?.act(control, injection) ?? Promise.resolve();
    const sustained = kind.sustain && sustain(kind.sustain.everyMs(injection.parameters), act, () => undefined);
    await isSeen("acting");
    await sustained?.end();
    expect(await undoAll(steps)).toEqual([]);
    // What needs no step ends with the connections of the run.
    if (steps.length === 0) await kind.heal(control, injection);
    await isSeen("absent");
    await vi.waitFor(async () => expect(differencesOf(before, await running.snapshot())).toEqual([]), 20_000);
  },
);

test("nobody stands still, and nothing of a run is left, when all of this is over", () => {
  const stopped = listProcesses().filter(
    ({ pid, state }) => state === "stopped" && living().some((one) => one?.pid === pid),
  );
  expect(stopped).toEqual([]);
  expect(readFileSync(`/proc/${pidOf("cache")}/comm`, "utf8")).toContain("redis");
});
