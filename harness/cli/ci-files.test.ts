import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { define } from "./main.ts";

// The action, and the files for CI that docs/ci.md has: what they say is said to the command line itself.

const textOf = (page: string): string => readFileSync(join(import.meta.dirname, "../..", page), "utf8");
const { inputs, runs } = parse(textOf("action.yml"));
const documents = [...textOf("docs/ci.md").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => parse(text));

function commandLine(): Command {
  const program = new Command();
  define(program, () => Promise.resolve());
  return program;
}

/** A step of a job for GitHub, as far as we look at it. */
interface Step {
  readonly uses?: string;
  readonly with?: object;
}

/** Every text in a document, however deep. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

let bin: string;
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), "documented-"));
  writeFileSync(join(bin, "npx"), `#!/bin/sh\nfor one; do printf '%s\\0' "$one"; done\nprintf '\\n'\n`);
  chmodSync(join(bin, "npx"), 0o755);
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

/** What each `npx faultline …` of a script comes to, as the command line itself reads it. */
function said(script: string, variables: Readonly<Record<string, string>> = {}) {
  const options = { env: { PATH: bin, ...variables }, cwd: bin, encoding: "utf8" } as const;
  const lines = execFileSync("/bin/bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], options)
    .trimEnd()
    .split("\n");
  return lines.map((line) => {
    const [faultline, name = "", ...words] = line.split("\0").slice(0, -1);
    expect(faultline).toBe("faultline");
    const command = commandLine().commands.find((one) => one.name() === name);
    const { operands, unknown } = command!.parseOptions(words);
    expect(unknown).toEqual([]);
    return { name, operands, options: command!.opts() };
  });
}

const gate = (variables: Readonly<Record<string, string>>) => {
  const step = runs.steps.find(({ id }: { id?: string }) => id === "gate");
  const none = Object.fromEntries(Object.keys(step.env).map((name) => [name, ""]));
  return said(step.run, { ...none, OUTPUT: "/builds/reports", ...variables });
};

test("the action's gate says what its inputs say, and no more", () => {
  expect(gate({})).toMatchObject([{ name: "run", operands: [], options: { output: "/builds/reports" } }]);
  expect(gate({})[0]?.options).not.toHaveProperty("tag");
  const SCENARIOS = "cache-*\n  database-crash clock-jump\n";
  const more = { REPEAT: "3", BASELINE: "my baseline.json" };
  const all = { SCENARIOS, TAG: "a tag", SEED: "7", SHARD: "1/3", OUTPUT: "/my reports", ...more };
  const compared = { repeat: "3", baseline: "my baseline.json" };
  const options = { tag: "a tag", seed: "7", shard: "1/3", output: "/my reports", ...compared };
  expect(gate(all)).toMatchObject([{ operands: ["cache-*", "database-crash", "clock-jump"], options }]);
  expect(gate({ SCENARIOS: "--dry-run $(exit 1)" })).toMatchObject([{ operands: ["--dry-run", "$(exit", "1)"] }]);
  expect(gate({ SCENARIOS: "--dry-run" })[0]?.options).not.toHaveProperty("dryRun");
});

test("each line of the files for CI is one that the command line takes", () => {
  const scripts = documents.flatMap(textsIn).filter((text) => text.startsWith("npx faultline "));
  const ofMatrix = /\$\{\{ matrix\.shard \}\}/g;
  const calls = scripts.flatMap((script) =>
    said(script.replace(ofMatrix, "2"), { CI_NODE_INDEX: "2", CI_NODE_TOTAL: "3" }),
  );
  const runs = calls.filter(({ name }) => name === "run");
  expect(runs.map(({ options }) => options["shard"])).toEqual(["2/3", "2/3"]);
  const merges = calls.filter(({ name }) => name === "merge");
  expect(merges.map(({ operands }) => operands)).toEqual([["shards/*"], ["shards/*"]]);
  expect(calls.filter(({ name }) => name === "doctor")).toMatchObject([
    { options: { fix: true } },
    { options: { fix: true } },
  ]);
});

test("what the set-up got is kept before the gate", () => {
  // At the end of a job that fails nothing is kept any more: what the set-up got must be by then.
  const names = runs.steps.map(({ uses = "", id }: { uses?: string; id?: string }) => id ?? uses.split("@")[0]);
  expect(names.indexOf("actions/cache/save")).toBeGreaterThan(names.indexOf("cache"));
  expect(names.indexOf("gate")).toBeGreaterThan(names.indexOf("actions/cache/save"));
});

test("the pages give the action only inputs that it has", () => {
  const steps = documents.flatMap(({ jobs = {} }) =>
    Object.values<{ steps: Step[] }>(jobs).flatMap((job) => job.steps),
  );
  const own = steps.filter(({ uses = "" }) => uses.includes("/faultline@"));
  expect(own).toHaveLength(1);
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(own.flatMap(({ with: said = {} }) => Object.keys(said))));
});
