import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { here } from "../environments/testing/here.ts";

const root = join(import.meta.dirname, "../..");
const recipe = readFileSync(join(root, "docs/adding-a-fault.md"), "utf8");
const [file = "", line = ""] = [...recipe.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
const path = /`(harness\/faults\/[\w-]+\.ts)`:\n/.exec(recipe)?.[1] ?? "";
const name = /import \{ (\w+)Fault \}/.exec(line)?.[1] ?? "";

test("docs/adding-a-fault.md, followed to the letter, makes a fault that passes the suite", async () => {
  const copy = mkdtempSync(join(tmpdir(), "faultline-recipe-"));
  try {
    for (const part of ["harness", "package.json", "tsconfig.json", "vitest.config.ts"]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, path), file);
    const index = join(copy, "harness/faults/index.ts");
    const before = readFileSync(index, "utf8");
    writeFileSync(index, `${line}${before.replace(/(= \[\n)/, `$1  ${name}Fault,\n`)}`);
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const suite = [
      "run",
      "--project",
      "conformance",
      "harness/faults/faults.conformance",
      "-t",
      `the fault ${name}$|the fault ${name} `,
    ];
    const env = { ...process.env, NO_COLOR: "1" };
    const { stdout } = await promisify(execFile)(process.execPath, [vitest, ...suite], { cwd: copy, env });
    expect(stdout).toMatch(new RegExp(`Tests\\s+${6 * here.length} passed`));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
