import { execFileSync } from "node:child_process";
import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { completion } from "./completion.ts";
import { define } from "./main.ts";

const program = new Command();
define(program, () => Promise.resolve());

function scriptFor(shell: string): string {
  const print = vi.fn<(line: string) => void>();
  completion(shell, program, { print } as never);
  return print.mock.calls.map(([line]) => line).join("\n");
}

/** What bash itself offers after these words. */
function offered(...words: readonly string[]): readonly string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  const script = `faultline() { printf 'cache-partition  a sentence\\ndatabase-crash  another\\n'; }
${scriptFor("bash")}
COMP_WORDS=(faultline ${list}); COMP_CWORD=${words.length}; _faultline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" }).trim().split("\n");
}

test("bash is offered commands, flags of a command, and scenarios", () => {
  expect(offered("")).toEqual(program.commands.map((one) => one.name()));
  expect(offered("re")).toEqual(["replay", "report"]);
  expect(offered("run", "--s")).toEqual(expect.arrayContaining(["--seed", "--shard", "--scenarios"]));
  expect(offered("export", "--s")).not.toContain("--seed");
  expect(offered("run", "cache")).toEqual(["cache-partition"]);
});

test("the others have the same commands and flags, and no quote ends too soon", () => {
  for (const shell of ["zsh", "fish"]) {
    const script = scriptFor(shell);
    for (const { name } of program.commands.map((one) => ({ name: one.name() }))) expect(script).toContain(name);
    expect(script).toContain("shard");
    expect((script.match(/'/g)?.length ?? 0) % 2).toBe(0);
  }
});

test("another shell is told what there is", () => {
  expect(() => scriptFor("bsh")).toThrow(/UNKNOWN_SHELL[\s\S]*Did you mean "bash"\?/);
});
