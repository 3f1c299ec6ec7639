import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cacheFolder, withLock } from "./cache-folder.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the cache folder is the user's own choice first", () => {
  expect(cacheFolder({ FAULTLINE_CACHE: "/mine", HOME: "/home/x" })).toBe("/mine");
  const other = cacheFolder({ HOME: "/home/x", XDG_CACHE_HOME: "/home/x/cache" });
  expect(other).toBe(process.getuid?.() === 0 ? "/var/cache/faultline" : "/home/x/cache/faultline");
});

test("two processes never hold a lock at once", async () => {
  const log = join(folder, "log");
  const module = new URL("./cache-folder.mjs", import.meta.url).href;
  const program = `
    import { appendFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    import { withLock } from ${JSON.stringify(module)};
    await withLock(${JSON.stringify(folder)}, "thing", () => undefined, async () => {
      appendFileSync(${JSON.stringify(log)}, "in ");
      await sleep(100);
      appendFileSync(${JSON.stringify(log)}, "out ");
    });
  `;
  const start = () => spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
  await Promise.all([start(), start(), start()].map((child) => once(child, "exit")));
  expect(readFileSync(log, "utf8")).toBe("in out in out in out ");
  expect(existsSync(join(folder, "thing.lock"))).toBe(false);
});

test("a lock whose holder is dead, or whose pid is somebody else's now, is taken over", async () => {
  for (const holder of ["999999 1", `${process.pid} of another time`]) {
    writeFileSync(join(folder, "thing.lock"), holder);
    expect(
      await withLock(
        folder,
        "thing",
        () => undefined,
        async () => "got it",
      ),
    ).toBe("got it");
  }
});

test("a lock is given back when what it was for fails", async () => {
  const failing = withLock(
    folder,
    "thing",
    () => undefined,
    async () => {
      throw new Error("oh");
    },
  );
  await expect(failing).rejects.toThrow("oh");
  expect(readdirSync(folder)).toEqual([]);
});
