import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scenarios, temporaryFolder } from "./testing/faultline.ts";
import { Terminal } from "./testing/terminal.ts";

// The live screen in a terminal of its own, which util-linux' `script` holds.

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const bin = join(import.meta.dirname, "../bin.mjs");
const esc = "\u001b";

/** What a terminal got, of which the modes stand before and after the run; `act` may type. */
async function inTerminal(
  columns: number,
  act: (seen: () => string, type: (text: string) => void) => Promise<void> = () => Promise.resolve(),
  environment: Readonly<Record<string, string>> = {},
  more = "",
) {
  const run = `'${process.execPath}' '${bin}' run '${join(scenarios, "slow-store.ts")}' --seed 7 -o '${folder.path}' ${more}`;
  const command = `stty cols ${columns} rows 30; stty -g; trap : INT; ${run}; stty -g`;
  const { CI: _, GITHUB_ACTIONS: __, ...outside } = process.env;
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...outside, TERM: "xterm-256color", SHELL: "/bin/sh", ...environment },
  });
  let seen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    seen += text;
  });
  const ended = once(child, "exit");
  await act(
    () => seen,
    (text) => child.stdin.write(text),
  );
  await ended;
  const lines = seen.trimEnd().split(/\r?\n/);
  return { seen, before: lines[0], after: lines.at(-1) };
}

const hint = "Ctrl-C: heal";
/** Each drawing of the screen, without what was drawn over it. */
const drawings = (seen: string): readonly (readonly string[])[] =>
  seen
    .split(new RegExp(`${esc}\\[\\d+A${esc}\\[J`))
    .map((text) => text.split(/\r?\n/))
    .filter((lines) => lines.some((line) => line.includes(hint)))
    .map((lines) => lines.slice(0, lines.findIndex((line) => line.includes(hint)) + 1));

const isLinux = process.platform === "linux" && existsSync("/usr/bin/script");

test.runIf(isLinux)("in 60 columns without colour no line is wider, and nothing of the screen is left", async () => {
  const { seen, before, after } = await inTerminal(60, undefined, { NO_COLOR: "1" });
  const drawn = drawings(seen);
  expect(drawn.length).toBeGreaterThan(10);
  for (const lines of drawn) for (const line of lines.slice(-5)) expect(line.length).toBeLessThan(60);
  expect(drawn.some((lines) => lines.some((line) => /latency|slow/.test(line)))).toBe(true);
  expect(seen).not.toMatch(new RegExp(`${esc}\\[[0-9;]*m`));
  // Neither the cursor nor another screen was ever asked for.
  expect(seen).not.toMatch(new RegExp(`${esc}\\[\\?`));
  expect(seen.slice(seen.lastIndexOf(`${esc}[J`))).not.toContain(hint);
  expect(seen.slice(seen.lastIndexOf(`${esc}[J`))).toMatch(/PASS|INCONCLUSIVE/);
  expect(after).toBe(before);
});

test.runIf(isLinux)(
  "with colours, a Ctrl-C in the middle of a fault heals, and leaves the terminal as it was",
  async () => {
    const { seen, before, after } = await inTerminal(100, async (sofar, type) => {
      while (!sofar().includes("proven on")) await new Promise((resolve) => setTimeout(resolve, 50));
      type("\u0003");
    });
    expect(seen).toMatch(new RegExp(`${esc}\\[[0-9;]*m`));
    expect(seen).toContain("proven healed on");
    expect(seen).toMatch(/interrupted by SIGINT/);
    expect(seen.slice(seen.lastIndexOf(`${esc}[J`))).not.toContain(hint);
    expect(after).toBe(before);
  },
);

test.runIf(isLinux)(
  "log lines that come in the middle, longer than the screen is wide, leave one screen and no remains",
  async () => {
    const columns = 60;
    const { seen } = await inTerminal(columns, undefined, {}, "-v");
    const terminal = new Terminal(columns);
    const screens = (): number => terminal.lines.filter((line) => line.includes(hint)).length;
    let most = 0;
    // As it came: what is drawn over what is whole before the next is written.
    for (const part of seen.split(/(?<=\n)/)) {
      terminal.write(part);
      most = Math.max(most, screens());
    }
    expect(most).toBe(1);
    expect(screens()).toBe(0);
    expect(terminal.lines.join("\n")).not.toMatch(/^(?:[✓▶·] up |checks, judged|p50 )/m);
    const said = terminal.lines.join("");
    expect(said).toMatch(/toxiproxy \| .*proven on.*toxiproxy \| /s);
    // Of what was said nothing was drawn over: each line of a log that was followed is there whole.
    const log = readFileSync(join(folder.path, "latest", "logs", "toxiproxy.log"), "utf8")
      .trim()
      .split("\n");
    const leftOut = [...said.matchAll(/… (\d+) more lines in toxiproxy\.log/g)].map(([, count]) => Number(count));
    const missing = log.filter((line) => !said.includes(line));
    expect(missing).toHaveLength(leftOut.reduce((sum, count) => sum + count, 0));
  },
);

const isNarrow = (lines: readonly string[]): boolean =>
  lines.slice(-5).every((line) => line.replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, "g"), "").length < 50);

test.runIf(isLinux)("a terminal that grows narrower gets narrower lines", async () => {
  let narrowFrom = Number.POSITIVE_INFINITY;
  const { seen } = await inTerminal(100, async (sofar) => {
    while (!sofar().includes("steady")) await new Promise((resolve) => setTimeout(resolve, 50));
    // The slave of the terminal that the run has: only a process inside may change its size.
    const { execFileSync } = await import("node:child_process");
    const tty = execFileSync(
      "sh",
      [
        "-c",
        `for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q -- '-o ${folder.path}' && readlink $p/fd/2; done | grep pts | head -1`,
      ],
      { encoding: "utf8" },
    ).trim();
    execFileSync("sh", ["-c", `stty cols 50 < ${tty}`]);
    // The first narrow drawing; whatever comes after it must be so as well.
    while (!isNarrow(drawings(sofar()).at(-1) ?? [])) await new Promise((resolve) => setTimeout(resolve, 20));
    narrowFrom = sofar().length;
  });
  const narrow = drawings(seen.slice(narrowFrom));
  expect(narrow.length).toBeGreaterThan(5);
  expect(narrow.every(isNarrow)).toBe(true);
});
