import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
let faultline: Faultline;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  if (faultline.child.exitCode === null) faultline.child.kill("SIGKILL");
  await faultline.ended();
  folder.remove();
});

const start = (...args: string[]): Faultline =>
  new Faultline(["run", ...args, "--scenarios", scenarios, "-o", folder.path], { output: folder.path });
const kept = (): Promise<void> =>
  vi.waitFor(() => expect(faultline.stderr).toContain("stays up"), { timeout: 60_000, interval: 100 });

test("--keep-up: what failed can be looked at, until Ctrl-C takes it down and the verdict follows; -v tells what it wrote", async () => {
  faultline = start("cut-store", "--keep-up", "--verbose");
  await kept();
  const [, address] = /clients->web-1 +(\S+)/.exec(faultline.stderr) ?? [];
  expect((await fetch(`http://${address}/ready`)).status).toBe(200);
  expect(faultline.stderr).not.toContain("FAIL");
  faultline.child.kill("SIGINT");
  expect(await faultline.ended(), faultline.stderr).toBe(1);
  expect(faultline.stderr).not.toContain("interrupted");
  expect(faultline.stderr).toContain("FAIL");
  expect(faultline.leftRunning()).toEqual([]);

  expect(faultline.stderr).toMatch(/web-[12] \| GET \/boxes\/\d+ /);
  expect(faultline.stderr).toMatch(/receipt of i1 on web-1->store: before .*; during .*; after /);
});

test("--keep-up: a SIGKILL meanwhile leaves nothing", async () => {
  faultline = start("slow-store", "--keep-up");
  await kept();
  expect(faultline.stderr).not.toMatch(/receipt of/);
  expect(faultline.leftRunning()).not.toEqual([]);
  faultline.child.kill("SIGKILL");
  await vi.waitFor(() => expect(faultline.leftRunning()).toEqual([]), { timeout: 20_000 });
});

test("--keep-up is refused for several runs, before anything is started", async () => {
  faultline = start("slow-store", "--keep-up", "--repeat", "2");
  expect(await faultline.ended()).toBe(64);
  expect(faultline.stderr).toContain("KEEP_UP_ONE");
});
