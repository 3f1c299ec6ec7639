import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { markedProcesses } from "../safety/processes.ts";

const bin = fileURLToPath(new URL("./bin.mjs", import.meta.url));

let folder: string;
let child: ChildProcess;
let [stdout, stderr] = ["", ""];
beforeEach(() => {
  [stdout, stderr] = ["", ""];
  // Servers run as another user, who must be able to pass through.
  folder = mkdtempSync(join(tmpdir(), "faultline-bench-e2e-"));
  chmodSync(folder, 0o711);
});
afterEach(() => {
  if (child.exitCode === null) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** With a folder of its own for all that is temporary: nothing may be left there. */
function start(...args: readonly string[]): Promise<number> {
  child = spawn(process.execPath, [bin, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: folder },
  });
  child.stdout?.on("data", (part) => {
    stdout += String(part);
  });
  child.stderr?.on("data", (part) => {
    stderr += String(part);
  });
  return once(child, "close").then(([code, signal]) => code ?? signal);
}

const runs = (): string => join(folder, `faultline-${process.getuid?.() ?? 0}`, "runs");

/** The marks of the runs that are under way: as long as there is a run, it has a folder of its name. */
const marks = (): readonly string[] => (existsSync(runs()) ? readdirSync(runs()) : []);

async function untilItSays(text: string): Promise<void> {
  await vi.waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended early: ${stdout}${stderr}`);
      if (!stderr.includes(text)) throw new Error(`it has not said "${text}": ${stderr}`);
    },
    { timeout: 90_000, interval: 50 },
  );
}

function expectNothingLeft(mark: string): void {
  expect(markedProcesses(mark, join(runs(), mark))).toEqual([]);
  expect(marks()).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith("faultline-bench-"))).toEqual([]);
}

test("measures, writes the figures, and leaves nothing", async () => {
  const figures = join(folder, "figures.json");
  const ended = start("reads", "--rate", "100", "--seconds", "3", "--json", figures);
  await untilItSays("measuring");
  const [mark = "none"] = marks();
  expect(markedProcesses(mark, join(runs(), mark)).length).toBeGreaterThan(8);
  expect(await ended, stderr).toBe(0);
  expectNothingLeft(mark);
  expect(stdout).toContain("target 1,500/s with p99 under 50 ms: not measured");
  const { host, results } = JSON.parse(readFileSync(figures, "utf8"));
  expect(host.cores).toBeGreaterThan(0);
  const [{ operations, served, usage, memory, leftover }] = results.reads;
  expect(operations.read).toMatchObject({ intended: 300 });
  expect(served.hit).toBeGreaterThan(0);
  expect(Object.keys(usage.cores).toSorted()).toEqual([
    "api-1",
    "api-2",
    "cache",
    "generator",
    "postgres",
    "queue",
    "search",
    "toxiproxy",
    "worker-1",
    "worker-2",
  ]);
  expect(usage.cores["api-1"]).toBeGreaterThan(0);
  expect(memory["api-1"].largest).toBeGreaterThan(20);
  expect(leftover).toBeUndefined();
});

test("orders are waited for until the last is fulfilled", async () => {
  const figures = join(folder, "figures.json");
  expect(await start("orders", "--rate", "20", "--seconds", "3", "--json", figures), stderr).toBe(0);
  const [{ operations, leftover }] = JSON.parse(readFileSync(figures, "utf8")).results.orders;
  // Those of the warm-up count, too.
  expect(leftover.fulfilled).toBeGreaterThan(operations.order.counts.ok);
  expect(leftover.dead).toBe(0);
  expect(leftover.drainedAfterSeconds).toBeGreaterThan(0);
});

test("the instrument is compared with the truth and with autocannon, and says so", async () => {
  const figures = join(folder, "figures.json");
  expect(await start("instrument", "--seconds", "3", "--rate", "200", "--json", figures), stderr).toBe(0);
  const { instrument } = JSON.parse(readFileSync(figures, "utf8")).results;
  const [faultline, autocannon] = instrument;
  expect(faultline).toMatchObject({ tool: "faultline", comparedWith: "the server's own journal" });
  expect(autocannon).toMatchObject({ tool: "autocannon" });
  expect(faultline.outage.truth.lost).toBeGreaterThan(50);
  expect(faultline.outage.said.lost).toBe(faultline.outage.truth.lost);
  expect(autocannon.outage.said.lost).toBeUndefined();
  expect(faultline.freeze.trueP99Ms).toBeGreaterThan(800);
  const open = instrument.filter(({ tool }: { tool: string }) => tool === "faultline, open loop");
  expect(open.map(({ perSecond }: { perSecond: number }) => perSecond)).toEqual([500, 5000, 10_000, 500, 5000, 10_000]);
  expect(stdout).toContain("of cannon");
  expect(readdirSync(folder).filter((name) => name.startsWith("faultline-bench-"))).toEqual([]);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s in the middle: ends everything", async (signal, exit) => {
  const ended = start("memory", "--minutes", "5");
  await untilItSays("warming up");
  const [mark = "none"] = marks();
  child.kill(signal);
  expect(await ended, stderr).toBe(exit);
  expectNothingLeft(mark);
});

test.each([
  [["writes"], /There are reads, orders, memory, instrument/],
  [["--rates", "5"], /unknown option '--rates'[\s\S]*--rate <number>[\s\S]*--json <file>/],
  [["reads", "orders"], /too many arguments/],
  [["--minutes", "0"], /must be a number above 0/],
  [["memory", "--rate", "5"], /RATE_OF_WHAT/],
])("%j starts nothing, and says what there is", async (args, what) => {
  expect(await start(...args)).toBe(64);
  expect(stderr).toMatch(what);
  expect(marks()).toEqual([]);
});
