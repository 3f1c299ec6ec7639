import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { identify, isAlive, markedProcesses, markVariable, signalProcess, treeOf } from "./processes.ts";
import { endTree } from "./undo.ts";

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    const identity = identify(child.pid ?? 0);
    if (identity !== undefined) await endTree(identity);
  }
});

/** A shell with two children, the second of which left its parent's session, as the backends of Postgres do. */
async function startFamily(options: { mark?: string; cwd?: string } = {}) {
  const script = "sleep 60 & setsid sleep 61 & echo ready; wait";
  const child = spawn("sh", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env["PATH"], ...(options.mark === undefined ? {} : { [markVariable]: options.mark }) },
    cwd: options.cwd,
  });
  started.push(child);
  await once(child.stdout, "data");
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("the family has died");
  await vi.waitFor(() => expect(treeOf(identity)).toHaveLength(3), 20_000);
  return identity;
}

test("a tree holds the descendants that left the process group, and ending it ends them", async () => {
  const root = await startFamily();
  const members = treeOf(root);
  await endTree(root);
  expect(members.filter((member) => isAlive(member))).toEqual([]);
  await expect(endTree(root)).resolves.toBeUndefined();
});

test("a pid that was given to somebody else is neither alive nor signalled", async () => {
  const root = await startFamily();
  const reused = { pid: root.pid, startedAt: `${root.startedAt}0` };
  expect(isAlive(reused)).toBe(false);
  expect(signalProcess(reused, "SIGKILL")).toBe(false);
  expect(treeOf(reused)).toEqual([]);
  await endTree(reused);
  expect(isAlive(root)).toBe(true);
});

test("the kernel tells who is stopped", async () => {
  const root = await startFamily();
  for (const row of treeOf(root)) signalProcess(row, "SIGSTOP");
  await vi.waitFor(
    () => expect(treeOf(root).map((row) => row.state)).toEqual(["stopped", "stopped", "stopped"]),
    20_000,
  );
  for (const row of treeOf(root)) signalProcess(row, "SIGCONT");
  await vi.waitFor(
    () => expect(treeOf(root).map((row) => row.state)).toEqual(["running", "running", "running"]),
    20_000,
  );
});

test.runIf(process.platform === "linux")(
  "a run's processes are found by mark and by folder when no parent leads to them",
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), "scratch-"));
    const mark = `test-${process.pid}-${Date.now()}`;
    try {
      const marked = await startFamily({ mark });
      const inside = await startFamily({ cwd: scratch });
      const pids = markedProcesses(mark, scratch).map((row) => row.pid);
      expect(pids).toEqual(expect.arrayContaining([marked.pid, inside.pid]));
      expect(pids).toHaveLength(6);
      expect(markedProcesses("another", join(scratch, "below"))).toEqual([]);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  },
);
