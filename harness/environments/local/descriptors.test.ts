import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { descriptorsOf, leaveDescriptors, limitLeaving, setLimit } from "./descriptors.ts";

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
      const before = descriptorsOf(child.pid!);
      leaveDescriptors(child.pid!, 4);
      child.stdin.write("x");
      expect(await told()).toBe("EMFILE 4");
      setLimit(child.pid!, before.limit!);
      child.stdin.write("x");
      expect(await told()).toBe("all 50");
    } finally {
      child.kill("SIGKILL");
    }
  },
);
