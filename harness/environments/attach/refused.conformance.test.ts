import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { FaultlineError } from "../../model/errors.ts";
import { Stand } from "../testing/stand.ts";
import { type Changes, Theirs } from "./testing/theirs.ts";

// What `attach` refuses.

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

describe("what is wrong is told, all at once, and nothing is begun", () => {
  async function refused(changes: Changes) {
    const error = await stand.start(theirs.told(changes)).catch((caught: unknown) => caught);
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
    const error = await refused({
      db: { at: "127.0.0.1:1" },
      web: { at: theirs.at("cache"), pid: theirs.pidOf("cache") },
    });
    expect(error).toMatchObject({ exit: 3, problems: [{ code: "NOT_ANSWERING" }, { code: "NOT_ANSWERING" }, {}] });
    expect(error.message).toMatch(/127\.0\.0\.1:1 .*kind postgres: .*ECONNREFUSED/);
    expect(error.message).toMatch(/kind http/);
  });

  test("a process that is not there, is not the server's, or started this run", async () => {
    const gone = spawn("true");
    await once(gone, "exit");
    const error = await refused({
      db: { pid: gone.pid },
      cache: { pid: theirs.pidOf("web") },
      web: { pid: process.ppid },
    });
    expect(error).toMatchObject({ exit: 3 });
    expect(error.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "NO_SUCH_PROCESS db",
      "PROCESS_NOT_LISTENING cache",
      "PROCESS_IS_OURS web",
    ]);
    expect(error.message).toContain(`(pid ${theirs.pidOf("cache")})`);
  });

  test("a file with a process id: one that is right, one without, and none", async () => {
    const [right, wrong] = ["right.pid", "wrong.pid"].map((name) => join(stand.folder, name));
    writeFileSync(right!, `${theirs.pidOf("db")}\n5432\n`);
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
    const [theirCache] = theirs.system.control("process", "cache");
    await theirCache?.pause();
    const settings = { pid: theirs.pidOf("cache"), at: theirs.at("web") };
    onTestFinished(() => theirCache?.resume());
    const error = await refused({ web: settings });
    expect(error.problems.map(({ code }) => code)).toContain("PROCESS_STOPPED");
  });

  test("a Toxiproxy that is not there, a proxy that it does not have, and one that leads nowhere", async () => {
    expect(await refused({ proxy: { toxiproxy: "127.0.0.1:1" } })).toMatchObject({ code: "NO_TOXIPROXY", exit: 3 });
    const unknown = await refused({ proxy: { proxy: "cash" } });
    expect(unknown).toMatchObject({ code: "NO_SUCH_PROXY", exit: 3 });
    expect(unknown.message).toContain("web.cache");
    const [link] = theirs.system.control("network", "web->cache");
    await link?.setListening(false);
    onTestFinished(() => link?.setListening(true));
    const dead = await refused({});
    expect(dead).toMatchObject({ code: "PROXY_LEADS_NOWHERE", exit: 3 });
    expect(dead.message).toContain("it is disabled");
  });

  test("a replica, which healing would make a master", async () => {
    const theirRedis = theirs.system.control("redis", "cache")[0]!;
    await theirRedis.admin("REPLICAOF", "127.0.0.1", "1");
    onTestFinished(async () => void (await theirRedis.admin("REPLICAOF", "NO", "ONE")));
    const error = await refused({});
    expect(error).toMatchObject({ code: "NOT_LET_IN", message: expect.stringContaining("replica") });
  });
});

test("a postgres with settings of its own, which healing would take away", async () => {
  const theirDb = theirs.system.control("postgres", "db")[0]!;
  const refused = async (message: RegExp): Promise<void> => {
    const error = await stand.start(theirs.told()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "NOT_LET_IN", exit: 3, message: expect.stringMatching(message) });
  };
  await theirDb.admin("ALTER SYSTEM SET synchronous_standby_names = ''");
  onTestFinished(async () => void (await theirDb.admin("ALTER SYSTEM RESET synchronous_standby_names")));
  await refused(/synchronous_standby_names is set in postgresql\.auto\.conf/);
  await theirDb.admin("ALTER SYSTEM RESET synchronous_standby_names", "ALTER ROLE shop CONNECTION LIMIT 50");
  onTestFinished(async () => void (await theirDb.admin("ALTER ROLE shop CONNECTION LIMIT -1")));
  await refused(/the role shop has a connection limit/);
});
