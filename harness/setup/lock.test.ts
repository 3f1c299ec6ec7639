import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unfinished } from "./cache-folder.mjs";
import { withLock } from "./lock.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = () => join(folder, "thing.lock");
const never = new AbortController().signal;
const take = <T>(body: () => Promise<T>, say = (_line: string): void => {}, signal = never) =>
  withLock({ folder, name: "thing", say, signal }, body);

/** A process that writes when it has the lock, holds it, and writes again. */
function contender(holdMs: number): ChildProcess {
  const [log, module] = [join(folder, "log"), new URL("./lock.mjs", import.meta.url).href].map((one) =>
    JSON.stringify(one),
  );
  const program = `
    import { appendFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    import { withLock } from ${module};
    const signal = new AbortController().signal;
    await withLock({ folder: ${JSON.stringify(folder)}, name: "thing", say: () => {}, signal }, async () => {
      appendFileSync(${log}, "in ");
      await sleep(${holdMs});
      appendFileSync(${log}, "out ");
    });`;
  return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
}

test("of several processes only one holds the lock at a time, also when they all find a stale one", async () => {
  writeFileSync(lock(), "999999 1");
  await Promise.all(Array.from({ length: 6 }, () => once(contender(40), "exit")));
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("in out ".repeat(6));
  expect(readdirSync(folder)).toEqual(["log"]);
});

test("a holder that was killed is succeeded, and what it left unfinished is removed", async () => {
  const killed = contender(60_000);
  await expect.poll(() => existsSync(join(folder, "log")), { timeout: 10_000 }).toBe(true);
  mkdirSync(join(folder, `${unfinished("thing")}a1`));
  mkdirSync(join(folder, `${unfinished("other")}b2`));
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(await take(async () => readdirSync(folder).sort())).toEqual([`${unfinished("other")}b2`, "log", "thing.lock"]);
});

test("a lock is stale when its pid is somebody else's now, or when it was never written", async () => {
  writeFileSync(lock(), `${process.pid} of another time`);
  expect(await take(async () => "got it")).toBe("got it");
  writeFileSync(lock(), "");
  utimesSync(lock(), 0, 0);
  expect(await take(async () => "got it")).toBe("got it");
});

test("who waits is told so once, and an interruption ends the waiting", async () => {
  const holder = contender(60_000);
  await expect.poll(() => existsSync(join(folder, "log")), { timeout: 10_000 }).toBe(true);
  const interruption = new AbortController();
  const said: string[] = [];
  const waiting = take(
    async () => "never",
    (line) => void said.push(line),
    interruption.signal,
  );
  setTimeout(() => interruption.abort(new Error("Ctrl-C")), 700);
  await expect(waiting).rejects.toThrow("Ctrl-C");
  expect(said).toEqual(["thing: another set-up is at work on it; waiting"]);
  holder.kill("SIGKILL");
  await once(holder, "exit");
});

test("a lock is given back when what it was for fails", async () => {
  const failing = take(async () => {
    throw new Error("oh");
  });
  await expect(failing).rejects.toThrow("oh");
  expect(readdirSync(folder)).toEqual([]);
});
