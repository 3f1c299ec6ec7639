import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { limitLeaving } from "../system/limit-leaving.ts";
import { leave, setLimit, usageOf } from "./limits.ts";

test("the limit leaves as many numbers free below it as it should", () => {
  expect(limitLeaving(0, [0, 1, 2])).toBe(3);
  expect(limitLeaving(2, [0, 1, 2])).toBe(5);
  expect(limitLeaving(1, [0, 2, 4])).toBe(3);
  expect(limitLeaving(0, [0, 1, 5])).toBe(2);
});

test.runIf(process.platform === "linux")(
  "a process opens as many files as it was left, and more when it is put back",
  async () => {
    const program = `
    const { openSync } = require("node:fs");
    console.log("ready");
    process.stdin.on("data", () => {
      let opened = 0;
      try { while (opened < 50) { openSync("/dev/null"); opened += 1; } } catch (error) { console.log(error.code, opened); return; }
      console.log("all", opened);
    });`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    const told = async (): Promise<string> => String((await once(child.stdout, "data"))[0]).trim();
    try {
      expect(await told()).toBe("ready");
      const before = usageOf("descriptors", child.pid!);
      leave("descriptors", child.pid!, 4);
      child.stdin.write("x");
      expect(await told()).toBe("EMFILE 4");
      setLimit("descriptors", child.pid!, before.limit!);
      child.stdin.write("x");
      expect(await told()).toBe("all 50");
    } finally {
      child.kill("SIGKILL");
    }
  },
);

test.runIf(process.platform === "linux")(
  "a process gets as much memory as it was left, and more when it is put back",
  async () => {
    // What a shell starts has the shell's limits.
    const program = `echo ready; while read x; do dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null && echo all || echo refused; done`;
    const child = spawn("sh", ["-c", program], { stdio: ["pipe", "pipe", "inherit"] });
    const told = async (): Promise<string> => String((await once(child.stdout, "data"))[0]).trim();
    try {
      expect(await told()).toBe("ready");
      const before = usageOf("memory", child.pid!);
      leave("memory", child.pid!, 30 << 20);
      expect(Number(usageOf("memory", child.pid!).limit)).toBeGreaterThan(before.used);
      child.stdin.write("x\n");
      expect(await told()).toBe("refused");
      setLimit("memory", child.pid!, before.limit!);
      child.stdin.write("x\n");
      expect(await told()).toBe("all");
    } finally {
      child.kill("SIGKILL");
    }
  },
);
