import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { exportFormats } from "../export/index.ts";
import { define } from "./main.ts";

const root = join(import.meta.dirname, "../..");
const pages = ["README.md", "action.yml", ...globSync("{docs,examples,target-app}/**/*.md", { cwd: root })];
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

const program = new Command();
define(program, () => Promise.resolve());

/** What is said after `npx faultline`, up to a comment or the end of the code. */
const calls = pages.flatMap((page) =>
  [...textOf(page).matchAll(/npx faultline ([^`\n#;|]+)/g)].map(([, words = ""]) => ({ page, words: words.trim() })),
);

test("there is something to look at", () => {
  expect(calls.length).toBeGreaterThan(20);
});

test.each(calls)("$page: `npx faultline $words` is a command with options that are there", ({ words }) => {
  const [name = "", ...rest] = words.split(/\s+/);
  const command = program.commands.find((one) => one.name() === name);
  expect(command?.name()).toBe(name);
  const known = [...program.options, ...(command?.options ?? [])].flatMap(({ long, short }) => [long, short]);
  for (const flag of rest.filter((word) => /^--?[a-z]/.test(word))) expect(known).toContain(flag.split("=")[0]);
});

test.each([program, ...program.commands].map((command) => [command.name(), command] as const))(
  "the help of %s has examples",
  (name, command) => {
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    expect(help).toMatch(new RegExp(`\nExamples:\n.*${name === program.name() ? name : `faultline ${name}`}\\b`));
    if (name !== "export") return;
    for (const [format, { summary }] of Object.entries(exportFormats))
      expect(help).toContain(`  ${format.padEnd(6)} ${summary}`);
  },
);

describe("files for CI", () => {
  const documents = [...textOf("docs/ci.md").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => parse(text));

  test("each is YAML, keeps the reports also when the gate fails, and keeps what the set-up got", () => {
    expect(documents).toHaveLength(3);
    const [, github, gitlab] = documents;
    const steps = github.jobs.shard.steps as readonly Record<string, unknown>[];
    expect(steps.find(({ uses }) => String(uses).startsWith("actions/upload-artifact"))?.["if"]).toBe("always()");
    expect(steps.some(({ uses }) => String(uses).startsWith("actions/cache"))).toBe(true);
    expect(gitlab.resilience.artifacts.when).toBe("always");
    expect(gitlab.default.cache.paths).toEqual([".cache/faultline"]);
    for (const text of [JSON.stringify(github), JSON.stringify(gitlab)]) expect(text).toContain("npx faultline merge");
  });

  test("the action hands its inputs over as variables, never as a part of a script", () => {
    const { inputs, runs } = parse(textOf("action.yml"));
    expect(runs.using).toBe("composite");
    for (const step of runs.steps) {
      expect(step.run ?? "").not.toContain("${{");
      if (step.run !== undefined) expect(step.shell).toBe("bash");
    }
    const used = [...textOf("action.yml").matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(inputs)));
    expect(runs.steps.at(-1)).toMatchObject({ if: expect.stringContaining("always()") });
  });
});
