import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { faultKinds } from "../../faults/index.ts";
import type { RunningSystem } from "../../model/environment.ts";
import type { FaultKind, ScheduledInjection } from "../../model/fault.ts";
import { differencesOf } from "../../model/snapshot.ts";
import { sustain } from "../../run/sustain.ts";
import { openJournal } from "../../safety/journal.ts";
import { identify, listProcesses } from "../../safety/processes.ts";
import { undoAll } from "../../safety/undo.ts";
import { Stand } from "../testing/stand.ts";
import { attachFacts } from "./attach.ts";
import { Theirs } from "./testing/theirs.ts";

// What `attach` must do to a system that somebody else runs.
const watchdogProgram = fileURLToPath(new URL("../../safety/watchdog.ts", import.meta.url));

let theirs: Theirs;
beforeAll(async () => {
  theirs = await Theirs.start();
});
afterAll(() => theirs.stop());

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.open("attach");
});
afterEach(() => stand.close());

const all = ["db", "cache", "web"] as const;
const living = () => all.map((name) => identify(theirs.pidOf(name)));

test("takes hold of every component and link, and lets go of all of them unharmed", async () => {
  const before = [living(), await theirs.system.snapshot()];
  const running = await stand.start(theirs.told());
  const links = ["clients->web", "web->cache", "web->db"].flatMap((target) => running.control("network", target));
  expect(links.map(({ name }) => name)).toEqual(["clients->web", "web->cache", "web->db"]);
  for (const link of links) expect(await link.probe(5000)).toMatchObject({ answered: true });
  const [{ address }] = running.entry as [RunningSystem["entry"][number]];
  expect(await (await fetch(`http://${address.host}:${address.port}/`)).text()).toBe("hello");
  expect(running.direct["cache"]).toEqual(theirs.system.direct["cache"]);
  expect(await running.health()).toEqual({ web: "ready" });
  expect(await running.gauges()).toMatchObject({ "processes of web": 1, "connections to web": expect.any(Number) });
  expect(running.control("process", "web")).toEqual([]);
  expect(await stand.left()).toBe(1);
  await running.stop();
  await running.stop();
  expect(await stand.left()).toBe(0);
  expect([living(), await theirs.system.snapshot()]).toEqual(before);
});

test("cuts a link at the user's own proxy, and the clients' at one of ours", async () => {
  const running = await stand.start(theirs.told());
  for (const target of ["web->cache", "clients->web"]) {
    const [link] = running.control("network", target);
    await link?.addToxic({ name: "t", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    expect(await link?.probe(300)).toMatchObject({ answered: false });
    const there = await theirs.system.control("network", "web->cache")[0]?.toxics();
    expect(there).toEqual(target === "web->cache" ? ["t"] : []);
    await link?.removeToxic("t");
    expect(await link?.probe(5000)).toMatchObject({ answered: true });
  }
});

test("makes a process with all its children stand still, and goes on", async () => {
  const running = await stand.start(theirs.told());
  const [db] = running.control("pause", "db");
  const [web] = running.control("pause", "web");
  onTestFinished(() => [db, web].forEach((one) => void one?.resume()));
  await db?.pause();
  await web?.pause();
  expect(await db?.state()).toMatchObject({ state: "stopped" });
  expect(await web?.state()).toEqual({ state: "stopped", pid: theirs.pidOf("web") });
  expect(await theirs.system.control("process", "db")[0]?.state()).toMatchObject({ state: "stopped" });
  expect(await running.health()).toEqual({ web: "silent" });
  expect(Object.values(await running.snapshot())).toContainEqual({ process: "stopped" });
  await undoAll([...db!.undoPause(), ...web!.undoPause()]);
  for (const one of [db, web]) expect(await one?.state()).toMatchObject({ state: "running" });
  await vi.waitFor(async () => expect(await running.health()).toEqual({ web: "ready" }), 10_000);
});

test("asks a server for nothing that no fault needs", async () => {
  const running = await stand.start(theirs.told({ cache: { password: "wrong" } }), { needs: () => false });
  expect([...running.control("redis", "cache"), ...running.control("postgres", "db")]).toEqual([]);
});

test("a password is used, and stands neither in the journal nor anywhere when all is over", async () => {
  const redisOf = async (password: string) => {
    const running = await stand.start(theirs.told({ cache: { password } }));
    return running.control("redis", "cache")[0]!;
  };
  const theirRedis = theirs.system.control("redis", "cache")[0]!;
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

/** Of HTTP; the others are tried at the user's own proxy. */
const ofHttp = ["overload", "slowRequests"];
const targetOf = (kind: FaultKind): string => {
  if (kind.needs !== "network") return ({ pause: "cache", redis: "cache", postgres: "db" } as never)[kind.needs];
  return ofHttp.includes(kind.kind) ? "clients->web" : "web->cache";
};
const possible = faultKinds.filter(
  ({ needs, onlyOwn }) =>
    attachFacts.capabilities.includes(needs) && attachFacts.lacks[needs] === undefined && onlyOwn === undefined,
);

test("there are faults to try", () => expect(possible.length).toBeGreaterThan(15));

test.each(possible.map((kind) => [kind.kind, kind] as const))(
  "%s acts, and is undone by whoever has nothing but the journal",
  async (name, kind) => {
    const running = await stand.start(theirs.told());
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

test("the watchdog undoes it all, with a client of Postgres that it loads only then", async () => {
  const running = await stand.start(theirs.told());
  const before = await running.snapshot();
  const [db, cache] = [running.control("postgres", "db")[0]!, running.control("redis", "cache")[0]!];
  const path = join(stand.folder, "watchdog.jsonl");
  const journal = openJournal(path);
  for (const step of [...db.undo('ALTER ROLE "shop" LOGIN'), ...cache.undo(["CONFIG", "SET", "maxmemory", "0"])])
    journal.record(step);
  journal.close();
  await db.admin('ALTER ROLE "shop" NOLOGIN');
  await cache.admin("CONFIG", "SET", "maxmemory", "100mb");
  expect(differencesOf(before, await running.snapshot())).toHaveLength(2);
  const watchdog = spawn(process.execPath, [watchdogProgram, path], { env: { PATH: "" } });
  await once(watchdog.stdout, "data");
  watchdog.stdin.end();
  await once(watchdog, "exit");
  expect(readFileSync(path, "utf8")).not.toContain('"watchdog"');
  expect(differencesOf(before, await running.snapshot())).toEqual([]);
});

test("nobody stands still, and nothing of a run is left, when all of this is over", () => {
  const stopped = listProcesses().filter(
    ({ pid, state }) => state === "stopped" && living().some((one) => one?.pid === pid),
  );
  expect(stopped).toEqual([]);
  expect(readFileSync(`/proc/${theirs.pidOf("cache")}/comm`, "utf8")).toContain("redis");
});
