import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lookForChromium } from "./chromium.mjs";
import { tryFor } from "./extras.mjs";
import type { Code } from "./failure.mjs";
import { SetupFailure } from "./failure.mjs";
import { needsBrowser } from "./run-tests.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "browsers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, says: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho "${says}"\n`);
  chmodSync(path, 0o755);
  return path;
}

test("the browser is found under each of its names, and CHROME_PATH goes before them", async () => {
  expect((await lookForChromium({ PATH: folder })).problem).toContain("none of chromium, ");
  const chrome = program("google-chrome", "Google Chrome 131.0.6778.85");
  expect(await lookForChromium({ PATH: folder })).toEqual({
    found: { path: chrome, version: "131.0.6778", from: "the PATH" },
  });
  const chromium = program("chromium", "Chromium 156.0.8078.79 built on Debian");
  expect((await lookForChromium({ PATH: folder })).found?.path).toBe(chromium);
  const own = program("own", "Chromium 157.0.1");
  const named = await lookForChromium({ PATH: folder, CHROME_PATH: own });
  expect(named).toEqual({ found: { path: own, version: "157.0.1", from: "CHROME_PATH" } });
});

test("a browser that is named wrongly, or does not run, is told and not passed over", async () => {
  program("chromium", "cannot open display");
  expect(await lookForChromium({ PATH: folder })).toEqual({ problem: expect.stringContaining("tells no version") });
  const missing = join(folder, "nothing");
  expect(await lookForChromium({ PATH: folder, CHROME_PATH: missing })).toEqual({
    problem: `CHROME_PATH is no program: ${missing}`,
  });
});

/** A browser that is not here, and can't be had for this reason. */
const absent = (code: Code) => ({ without: "the tests are skipped", step: stepOf(code) });
const stepOf = (code: Code) => ({
  name: "chromium",
  needed: "any",
  remedy: "Type this.",
  look: async () => ({ problem: "none is on the PATH" }),
  get: async () => {
    throw new SetupFailure([{ code, where: "chromium", message: "could not be had", remedy: "Type this." }]);
  },
});

test("where none can be had it is said, with what to type, and the tests go on; an interruption ends them", async () => {
  const said: string[] = [];
  const teller = {
    say: (line: string) => void said.push(line),
    during: <T>(_: string, body: () => Promise<T>) => body(),
  };
  await tryFor(absent("COMPONENT_NOT_TO_BE_HAD"), teller);
  expect(said.at(-1)).toMatch(/could not be had: the tests are skipped\. Type this\.$/);
  await expect(tryFor(absent("INTERRUPTED"), teller)).rejects.toBeInstanceOf(SetupFailure);
});

test("it is got only for tests that need it", () => {
  expect(
    [[], ["harness/report"], ["--project", "browser"], ["--project=unit", "--project=long*"]].every(needsBrowser),
  ).toBe(true);
  expect(
    [
      ["--project", "unit"],
      ["--project=e2e", "harness/cli/safety"],
    ].some(needsBrowser),
  ).toBe(false);
});
