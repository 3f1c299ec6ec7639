import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cacheFolder, inWorkplace, makeCacheFolder } from "./cache-folder.mjs";
import { SetupFailure } from "./failure.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const isRoot = process.getuid?.() === 0;

test("the cache folder is the user's own choice first, else what the host expects", () => {
  const variables = { HOME: "/home/x", XDG_CACHE_HOME: undefined };
  const linux = { isRoot: false, platform: "linux" };
  expect(cacheFolder({ ...variables, FAULTLINE_CACHE: "/mine" }, linux)).toBe("/mine");
  expect(cacheFolder({ ...variables, FAULTLINE_CACHE: "mine" }, linux)).toBe(join(process.cwd(), "mine"));
  expect(cacheFolder(variables, { ...linux, isRoot: true })).toBe("/var/cache/faultline");
  expect(cacheFolder(variables, linux)).toBe("/home/x/.cache/faultline");
  expect(cacheFolder({ ...variables, XDG_CACHE_HOME: "/home/x/cache" }, linux)).toBe("/home/x/cache/faultline");
  expect(cacheFolder(variables, { ...linux, platform: "darwin" })).toBe("/home/x/Library/Caches/faultline");
});

test("a cache that can't be made is refused with the variable that names another", () => {
  writeFileSync(join(folder, "file"), "");
  const failure = refusal(join(folder, "file", "cache"));
  expect(failure.problems).toMatchObject([{ code: "CACHE_NOT_WRITABLE", where: join(folder, "file", "cache") }]);
  expect(failure.message).toContain("FAULTLINE_CACHE");
});

test.runIf(isRoot)("root's cache must be passable by the user whom servers run as", () => {
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o700 });
  chmodSync(folder, 0o755);
  expect(refusal(join(closed, "cache")).message).toContain(`may not enter ${closed} [CACHE_NOT_PASSABLE]`);
});

function refusal(path: string): SetupFailure {
  try {
    makeCacheFolder(path);
  } catch (error) {
    if (error instanceof SetupFailure) return error;
    throw error;
  }
  throw new Error(`${path} was not refused`);
}

test("what is half made is gone when its making fails", async () => {
  chmodSync(folder, 0o755);
  const making = inWorkplace(folder, "thing", async (workplace) => {
    writeFileSync(join(workplace, "half"), "");
    throw new Error("no space");
  });
  await expect(making).rejects.toThrow("no space");
  expect(readdirSync(folder)).toEqual([]);
});
