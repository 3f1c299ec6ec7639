import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

const secret = "Xk29-fLq_77Zp-secret";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const start = (): Faultline =>
  new Faultline(["run", join(scenarios, "leaky.ts"), "--seed", "7", "--reporter", "junit", "-o", folder.path], {
    output: folder.path,
  });

/** Every file below the folder that has the secret in it. */
function filesWithSecret(): readonly string[] {
  const entries = readdirSync(folder.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.filter((file) => readFileSync(file, "latin1").includes(secret));
}

test("what a system tells of its secrets is nowhere in the run folder, nor on the terminal", async () => {
  const faultline = start();
  await faultline.ended();
  const log = readFileSync(join(faultline.runFolder, "logs", "api.log"), "utf8");
  expect(log).toContain("connecting to postgres://shop:***@db.internal/shop");
  expect(log).toContain("payment key ***");
  expect(readFileSync(join(faultline.runFolder, "report.html"), "utf8")).toContain("cannot reach postgres://shop:***@");
  expect(filesWithSecret()).toEqual([]);
  expect(faultline.stderr + faultline.stdout).not.toContain(secret);
});

test("the watchdog takes out of the logs what looks like a secret, when the runner is killed", async () => {
  const faultline = start();
  await faultline.until("phase", { phase: "faults" });
  faultline.child.kill("SIGKILL");
  await faultline.ended();
  const log = (): string => readFileSync(join(faultline.runFolder, "logs", "api.log"), "utf8");
  expect(log()).toContain("ERROR connecting to postgres://shop:");
  await vi.waitFor(() => expect(log()).not.toMatch(new RegExp(`:${secret}@|Bearer ${secret}|"password":"${secret}`)), {
    timeout: 20_000,
  });
  expect(log()).toContain("ERROR connecting to postgres://shop:***@db.internal/shop");
});
