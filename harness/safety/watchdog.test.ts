import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openJournal } from "./journal.ts";
import { identify, isAlive } from "./processes.ts";
import { startWatchdog } from "./start-watchdog.ts";

let folder: string;
let child: ChildProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "watchdog-"));
  child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A runner that starts a watchdog over a journal with the child and a folder in it, and then waits. */
async function startRunner() {
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  const journal = join(folder, "undo.jsonl");
  const file = openJournal(journal);
  file.record({ do: "removePath", path: scratch });
  file.record({ do: "endProcess", process: identify(child.pid ?? 0)! });
  // A proxy server that is gone must not keep the rest from being undone.
  file.record({ do: "removeToxic", admin: "http://127.0.0.1:9", proxy: "a.b", toxic: "t" });
  file.close();
  const module = new URL("./start-watchdog.ts", import.meta.url).href;
  const program = `
    const { startWatchdog } = await import(${JSON.stringify(module)});
    const watchdog = await startWatchdog(${JSON.stringify(journal)});
    console.log(watchdog.pid);
    setInterval(() => undefined, 1000);
  `;
  const runner = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(runner.stdout, "data");
  const watchdog = identify(Number(String(line)));
  if (watchdog === undefined) throw new Error("the watchdog has died");
  return { runner, watchdog, scratch };
}

test("when the runner is killed, the watchdog undoes what is open, and ends", async () => {
  const { runner, watchdog, scratch } = await startRunner();
  const victim = identify(child.pid ?? 0)!;
  runner.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(victim)).toBe(false), { timeout: 20_000 });
  await vi.waitFor(() => expect(isAlive(watchdog)).toBe(false), { timeout: 20_000 });
  expect(existsSync(scratch)).toBe(false);
}, 60_000);

test("the signals of a terminal do not end the watchdog", async () => {
  const { runner, watchdog } = await startRunner();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(watchdog.pid, signal);
  expect(identify(child.pid ?? 0)).toBeDefined();
  const victim = identify(child.pid ?? 0)!;
  runner.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(victim)).toBe(false), { timeout: 20_000 });
}, 60_000);

test("a watchdog that is dismissed undoes nothing", async () => {
  const journal = join(folder, "undo.jsonl");
  const file = openJournal(journal);
  file.record({ do: "endProcess", process: identify(child.pid ?? 0)! });
  file.close();
  const watchdog = await startWatchdog(journal);
  await watchdog.dismiss();
  expect(identify(watchdog.pid)).toBeUndefined();
  expect(child.exitCode ?? child.signalCode).toBeNull();
}, 60_000);
