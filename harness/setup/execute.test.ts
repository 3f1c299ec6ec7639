import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { execute, ProgramFailure } from "./execute.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "execute-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A shell whose child outlives it, unless that is ended too. */
const withChild = () => ["-c", `sleep 60 & echo $! > ${folder}/pid; wait`];

function childLives(): boolean {
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  try {
    // A zombie that nobody has reaped yet is as good as gone.
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

test("a deadline ends a program with all that it has started", async () => {
  const began = performance.now();
  await expect(execute("sh", withChild(), { deadlineMs: 300 })).rejects.toThrow(/took longer than 0.3 s/);
  expect(performance.now() - began).toBeLessThan(4_000);
  await expect.poll(childLives).toBe(false);
});

test("so does an interruption, whose reason is told", async () => {
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(new Error("Ctrl-C")), 300);
  await expect(execute("sh", withChild(), { deadlineMs: 60_000, signal: interruption.signal })).rejects.toThrow(
    "Ctrl-C",
  );
  await expect.poll(childLives).toBe(false);
});

test("a server that a program leaves behind does not keep us waiting", async () => {
  // `setsid` takes it out of the group, as a service that a package starts would be.
  const leaves = `setsid sleep 20 & echo $! > ${folder}/pid; echo done`;
  const began = performance.now();
  expect(await execute("sh", ["-c", leaves], { deadlineMs: 15_000 })).toBe("done\n");
  expect(performance.now() - began).toBeLessThan(5_000);
  process.kill(Number(readFileSync(join(folder, "pid"), "utf8")));
});

test("a failure tells the command, how it ended, its first and last lines, and keeps all that it wrote", async () => {
  const failing = execute("sh", ["-c", "seq 1 9; echo oh >&2; exit 4"], { deadlineMs: 10_000 });
  const error = await failing.catch((one) => one);
  expect(error).toBeInstanceOf(ProgramFailure);
  expect(error.message).toMatch(/^`sh -c .*` ended with exit 4: 1 \| 2 \| 3 \| 4 \| 9 \| oh$/);
  expect(error.output).toContain("1\n2\n3");
  await expect(execute("no-such-program", [], { deadlineMs: 1_000 })).rejects.toThrow("ENOENT");
});
