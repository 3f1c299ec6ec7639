import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { identify, listProcesses, type ProcessRow } from "../../safety/processes.ts";
import { undoAll } from "../../safety/undo.ts";
import { ControlGroup, groupPlace, placeIn } from "./control-group.ts";

describe("where the groups are, in the kernel's own words", () => {
  const first = [
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct",
    "35 31 0:32 /outer /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory",
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
  ].join("\n");
  const second = "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

  test("version 1 has a hierarchy for each controller, which may begin further down", () => {
    const ours = "4:memory:/outer/inner\n1:cpu,cpuacct:/\n0::/elsewhere";
    const cpu = "/sys/fs/cgroup/cpu,cpuacct";
    expect(placeIn("cpu", first, ours)).toEqual({ version: 1, parent: cpu, home: cpu });
    const memory = "/sys/fs/cgroup/memory/inner";
    expect(placeIn("memory", first, ours)).toEqual({ version: 1, parent: memory, home: memory });
  });

  test("version 2 has one for all, where ours is our own group's neighbour", () => {
    expect(placeIn("cpu", second, "0::/user.slice/session-1.scope")).toEqual({
      version: 2,
      parent: "/sys/fs/cgroup/user.slice",
      home: "/sys/fs/cgroup/user.slice/session-1.scope",
    });
    expect(placeIn("cpu", second, "0::/")).toEqual({ version: 2, parent: "/sys/fs/cgroup", home: "/sys/fs/cgroup" });
  });

  test("there are none without a hierarchy, and where they are not wanted", () => {
    expect(placeIn("cpu", "22 1 0:5 / /proc rw - proc proc rw", "0::/")).toBeUndefined();
    expect(placeIn("cpu", "", "")).toBeUndefined();
    expect(groupPlace("cpu", { FAULTLINE_CONTROL_GROUPS: "no" })).toBeUndefined();
  });
});

/** A child and its group, both gone at the end. */
async function inGroup(
  controller: "cpu" | "memory",
  command: readonly [string, ...string[]],
  body: (the: { root: ProcessRow; group: ControlGroup; told: () => Promise<string>; say: () => void }) => Promise<void>,
): Promise<void> {
  const group = new ControlGroup(controller, `faultline-test-${randomUUID()}`);
  const child = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  const told = async (): Promise<string> => String((await once(child.stdout, "data"))[0]).trim();
  try {
    expect(await told()).toBe("ready");
    const root = listProcesses().find(({ pid }) => pid === child.pid)!;
    await body({ root, group, told, say: () => void child.stdin.write("x\n") });
  } finally {
    child.kill("SIGKILL");
    await group.remove();
  }
}

test.runIf(groupPlace("memory"))(
  "a tree of processes gets so much more memory, and what asks for more than that is killed",
  async () => {
    const program = `echo ready; while read x; do if dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null; then echo all; else echo "ended"; fi; done`;
    await inGroup("memory", ["sh", "-c", program], async ({ root, group, told, say }) => {
      say();
      expect(await told()).toBe("all");
      expect(group.state(root.pid)).toBeUndefined();
      expect(await group.limit(root, 30_000_000)).toBe(true);
      expect(await group.limit(root, 30_000_000)).toBe(true);
      expect(group.state(root.pid)).toMatchObject({ killed: 0 });
      say();
      expect(await told()).toBe("ended");
      expect(group.state(root.pid)).toMatchObject({ killed: 1 });
      await group.remove();
      say();
      expect(await told()).toBe("all");
      expect(identify(root.pid)).toMatchObject({ startedAt: root.startedAt });
    });
  },
);

test.runIf(groupPlace("cpu"))(
  "a tree of processes runs for its share of a processor, and is where it was when that is undone",
  async () => {
    const program = `console.log("ready"); process.stdin.once("data", () => { for (;;); });`;
    await inGroup("cpu", [process.execPath, "-e", program], async ({ root, group, say }) => {
      const steps = group.undo();
      expect(await group.limit(root, 0.2)).toBe(true);
      say();
      await vi.waitFor(() => expect(group.state(root.pid)?.["throttledMs"]).toBeGreaterThan(200), { timeout: 20_000 });
      expect(group.state(root.pid)).toMatchObject({ share: 0.2 });
      expect(await undoAll(steps)).toEqual([]);
      expect(await undoAll(steps)).toEqual([]);
      expect(group.state(root.pid)).toBeUndefined();
      expect(identify(root.pid)).toMatchObject({ startedAt: root.startedAt });
      for (const step of steps) if ("path" in step) expect(existsSync(step.path)).toBe(false);
    });
  },
);
