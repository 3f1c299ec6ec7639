import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { completion } from "./completion.ts";
import { define } from "./main.ts";

const program = new Command();
define(program, () => Promise.resolve());
const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
const bin = fileURLToPath(new URL("../bin.mjs", import.meta.url));

/** What a name may hold: spaces, and what a shell would run. */
const hostile = "two words $(touch ran) `touch ran`";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "completion-"));
  for (const name of ["scenarios", "reports", "my reports"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "notes.txt"), "");
  for (const id of ["cache-partition", "cache-slow", hostile]) {
    writeFileSync(
      join(folder, "scenarios", `${id}.ts`),
      `import { scenario } from "faultline";
       import { people, phases, shelf } from ${JSON.stringify(shelf)};
       export default scenario({ name: "x", expects: "", system: shelf(), workload: people, phases, faults: [], checks: [] });`,
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scriptFor(shell: string): string {
  const print = vi.fn<(line: string) => void>();
  completion(shell, program, { print } as never);
  return print.mock.calls.map(([line]) => line).join("\n");
}

/** What bash itself offers for the last of these words, where the real command line answers. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `faultline() { "$NODE" "$BIN" "$@"; }
${scriptFor("bash")}
COMP_WORDS=(faultline "$@"); COMP_CWORD=$#; _faultline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, NODE: process.execPath, BIN: bin };
  const said = execFileSync("/bin/bash", ["--norc", "-c", script, "-", ...words], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  return said.trimEnd().split("\n");
}

test("bash is offered commands, and the flags of a command", () => {
  expect(offered("")).toEqual(program.commands.map((one) => one.name()));
  expect(offered("re")).toEqual(["replay", "report"]);
  expect(offered("--quiet", "re")).toEqual(["replay", "report"]);
  expect(offered("--q")).toEqual(["--quiet"]);
  expect(offered("run", "--se")).toEqual(["--seed"]);
  expect(offered("run", "a", "--json", "--sh")).toEqual(["--shard"]);
  expect(offered("export", "--s")).toEqual([""]);
  expect(offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  expect(offered("list", "--faults", "partit")).toEqual(["partition"]);
});

test("bash is offered the scenarios that are there, whatever they are called, and runs nothing of them", () => {
  expect(offered("run", "cache")).toEqual(["cache-partition", "cache-slow"]);
  const [typed = "", ...others] = offered("run", "--seed", "7", "two");
  expect(others).toEqual([]);
  const read = execFileSync("/bin/bash", ["--norc", "-c", `printf %s ${typed}`], { cwd: folder, encoding: "utf8" });
  expect(read).toBe(hostile);
  expect(existsSync(join(folder, "ran"))).toBe(false);
});

test("the value of an option is completed as what it is", () => {
  for (const before of [["-o"], ["--output"], ["--output", "="], ["--scenarios"]]) {
    expect(offered("run", ...before, "re"), before.join(" ")).toEqual(["reports"]);
  }
  expect(offered("run", "-o", "my")).toEqual(["my reports"]);
  expect(offered("show", "re")).toEqual(["reports"]);
  expect(offered("export", "reports", "-o", "not")).toEqual(["notes.txt"]);
  // Anybody's guess, and no scenario.
  expect(offered("run", "--seed", "cache")).toEqual([""]);
  expect(offered("run", "--seed", "=", "cache")).toEqual([""]);
  // A folder, and no file.
  expect(offered("run", "-o", "not")).toEqual([""]);
});

test("compgen offers the same by the function that the shell would call", () => {
  const script = `${scriptFor("bash")}\ncomplete -p faultline; COMP_WORDS=(faultline re); COMP_CWORD=1; compgen -F _faultline re`;
  // To call a function that way is something that bash warns of.
  const said = execFileSync("/bin/bash", ["--norc", "-c", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [registered, ...words] = said.trimEnd().split("\n");
  expect(registered).toBe("complete -F _faultline faultline");
  expect(words).toEqual(["replay", "report"]);
});

test("the others have the same commands and flags, and no quote ends too soon", () => {
  expect(scriptFor("zsh")).toContain(scriptFor("bash"));
  const lines = scriptFor("fish").split("\n");
  for (const command of program.commands) {
    expect(lines.filter((line) => line.includes(`__fish_use_subcommand -a ${command.name()} -d '`))).toHaveLength(1);
    for (const { long } of command.options) {
      const own = `'__fish_seen_subcommand_from ${command.name()}' -l ${long?.slice(2)} `;
      expect(lines.filter((line) => line.includes(own))).toHaveLength(1);
    }
  }
  // Every text in quotes is closed, and nothing stands right behind it.
  for (const line of lines) expect(line.replace(/'(?:[^'\\]|\\.)*'(?= |$)/g, "")).not.toContain("'");
});

test("another shell is told what there is", () => {
  expect(() => scriptFor("fishh")).toThrow(/UNKNOWN_SHELL[\s\S]*Did you mean "fish"\?/);
});
