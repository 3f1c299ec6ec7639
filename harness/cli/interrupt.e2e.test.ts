import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
let faultline: Faultline;
beforeEach(async () => {
  folder = temporaryFolder();
  faultline = start();
  await faultline.until("proven");
});
afterEach(async () => {
  if (faultline.child.exitCode === null) faultline.child.kill("SIGKILL");
  await faultline.ended();
  folder.remove();
});

const start = (): Faultline =>
  new Faultline(["run", "long-cut", "--json", "--scenarios", scenarios, "-o", folder.path], { output: folder.path });
const record = () => JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
const scratch = (): string => faultline.identity().scratch;

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 143],
] as const)("%s in the middle of a fault: heals, tells what it saw, and leaves nothing", async (signal, exit) => {
  faultline.child.kill(signal);
  expect(await faultline.ended(), faultline.stderr).toBe(exit);
  expect(faultline.leftRunning()).toEqual([]);
  expect(existsSync(scratch())).toBe(false);
  expect(record()).toMatchObject({
    status: "interrupted",
    verdict: "inconclusive",
    cause: { code: "interrupted", remedy: "Run it again, and let it come to its end." },
  });
  // What the interruption cut off has failed no check.
  expect(record().checks.map((one: { verdict: string }) => one.verdict)).not.toContain("fail");
  expect(faultline.stderr).toContain("? INTERRUPTED");
  expect(faultline.events().filter(({ type }) => type === "interrupted")).toHaveLength(1);
  expect(existsSync(join(faultline.runFolder, "report.html"))).toBe(true);
  expect(faultline.events().filter(({ type }) => type === "healed")).toHaveLength(2);
  expect(JSON.parse(faultline.stdout)).toMatchObject({ verdict: "inconclusive", exit });
});

test("SIGINT twice: ends at once, and the watchdog cleans up", async () => {
  faultline.child.kill("SIGINT");
  await vi.waitFor(() => expect(faultline.stderr).toContain("SIGINT: healing"), 20_000);
  faultline.child.kill("SIGINT");
  expect(await faultline.ended()).toBe(130);
  await vi.waitFor(() => expect(faultline.leftRunning()).toEqual([]), { timeout: 20_000 });
  await vi.waitFor(() => expect(existsSync(scratch())).toBe(false), { timeout: 20_000 });
});

test("SIGKILL of the runner: everything is gone within 5 s, the folder can be read, and the next run works", async () => {
  const killedAt = performance.now();
  faultline.child.kill("SIGKILL");
  await vi.waitFor(() => expect(faultline.leftRunning()).toEqual([]), { timeout: 20_000, interval: 20 });
  const goneAfterMs = performance.now() - killedAt;
  await vi.waitFor(() => expect(existsSync(scratch())).toBe(false), { timeout: 20_000 });
  expect(goneAfterMs).toBeLessThan(5000);
  expect(record()).toMatchObject({ status: "running", verdict: "inconclusive" });
  const report = new Faultline(["report", faultline.runFolder], { output: folder.path });
  expect(await report.ended(), report.stderr).toBe(0);

  const next = temporaryFolder();
  const run = new Faultline(["run", "slow-store", "--scenarios", scenarios, "-o", next.path], { output: next.path });
  // How well it served is a matter of how busy the machine is; that it ran is not.
  expect([0, 1, 2], run.stderr).toContain(await run.ended());
  expect(JSON.parse(readFileSync(join(run.runFolder, "run.json"), "utf8"))).toMatchObject({ status: "complete" });
  next.remove();
});

test("Toxiproxy killed in mid-run: the run ends and cannot tell", async () => {
  const { pid } = JSON.parse(
    readFileSync(join(faultline.runFolder, "undo.jsonl"), "utf8")
      .split("\n")
      .find((line) => line.includes("endProcess")) ?? "{}",
  ).step.process;
  expect(readFileSync(`/proc/${pid}/comm`, "utf8")).toContain("toxiproxy");
  process.kill(pid, "SIGKILL");
  expect(await faultline.ended(), faultline.stderr).toBe(2);
  expect(record()).toMatchObject({ status: "failed", verdict: "inconclusive" });
  expect(record().reasons[0]).toMatch(/toxiproxy: ended with SIGKILL in mid-run/);
  expect(faultline.leftRunning()).toEqual([]);
});
