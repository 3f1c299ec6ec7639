import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

/** A script under `runWithOwnNode`, as demo and test run theirs; it says what it hears, and takes a while to end. */
function start(child: string, around?: string): { process: ChildProcess; said: () => string } {
  const program = `
    import { runWithOwnNode } from ${JSON.stringify(new URL("./own-node.mjs", import.meta.url).href)};
    const repository = { root: process.cwd(), node: process.execPath };
    const args = ["--input-type=module", "-e", ${JSON.stringify(child)}];
    const around = ${JSON.stringify(around ?? null)};
    const { code } = around === null
      ? await runWithOwnNode(repository, args)
      : await runWithOwnNode(repository, ["-c", around, repository.node, ...args], { program: "sh" });
    process.stdout.write("code " + code + "\\n");
    process.exitCode = code;`;
  const process_ = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  process_.stdout?.on("data", (part) => {
    text += part;
  });
  return { process: process_, said: () => text };
}

const hears = `
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => {
    process.stdout.write(name + "\\n");
    setTimeout(() => process.exit(name === "SIGINT" ? 130 : 143), 800);
  });
  process.stdout.write("ready\\n");
  setInterval(() => undefined, 1000);`;

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s is passed on once, and the end is awaited", async (signal, code) => {
  const { process: parent, said } = start(hears);
  await expect.poll(said, { timeout: 10_000 }).toContain("ready");
  // What the terminal and npm make of one Ctrl-C: apart, since signals of one kind that wait are one.
  for (let count = 0; count < 3; count += 1) {
    parent.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [exit] = await once(parent, "close");
  expect(said()).toBe(`ready\n${signal}\ncode ${code}\n`);
  expect(exit).toBe(code);
});

test("a program that is not Node hears it with all that it has started, as from a terminal", async () => {
  const { process: parent, said } = start(hears, 'trap "" INT; "$0" "$@"; exit $?');
  await expect.poll(said, { timeout: 10_000 }).toContain("ready");
  parent.kill("SIGINT");
  const [exit] = await once(parent, "close");
  expect(said()).toBe("ready\nSIGINT\ncode 130\n");
  expect(exit).toBe(130);
});

test("a second Ctrl-C, later, is passed on too", async () => {
  const hearsTwo = `
    let count = 0;
    process.on("SIGINT", () => {
      process.stdout.write("SIGINT\\n");
      count += 1;
      if (count === 2) process.exit(130);
    });
    process.stdout.write("ready\\n");
    setInterval(() => undefined, 1000);`;
  const { process: parent, said } = start(hearsTwo);
  await expect.poll(said, { timeout: 10_000 }).toContain("ready");
  parent.kill("SIGINT");
  await expect.poll(said, { timeout: 10_000 }).toContain("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 400));
  parent.kill("SIGINT");
  await once(parent, "close");
  expect(said().match(/SIGINT/g)).toHaveLength(2);
});

test("the exit code is the script's; a death by a signal is 128 and its number", async () => {
  for (const [script, code] of [
    ["process.exit(7)", 7],
    ["process.kill(process.pid, 'SIGKILL')", 137],
  ] as const) {
    const { process: parent, said } = start(script);
    await once(parent, "close");
    expect(said()).toBe(`code ${code}\n`);
  }
});
