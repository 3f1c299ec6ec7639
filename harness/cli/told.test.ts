import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { heard } from "./told.ts";

const { signal } = new AbortController();
const run = (program: string): ChildProcess =>
  spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "pipe"] });
/** One that has come so far as to listen to signals. */
async function listening(program: string): Promise<ChildProcess> {
  const child = run(`${program} console.error("ready"); ${hangs}`);
  await once(child.stderr!, "data");
  return child;
}
const hangs = "setInterval(() => undefined, 1000);";

test("hears all that a command says, in whatever pieces, and how it ended", async () => {
  const child = run(`
    process.stderr.write("words");
    process.stdout.write('{"a":{"b":1}\\n', () => setTimeout(() => process.stdout.write('}\\n'), 50));
    process.exitCode = 3;`);
  expect(await heard(child, { limitMs: 60_000, graceMs: 60_000, signal })).toEqual({
    code: 3,
    stdout: '{"a":{"b":1}\n}\n',
    stderr: "words",
  });
});

test("does not wait for one that has said everything and does not end, as Node may when it exits", async () => {
  const child = run(`process.stdout.write('{"a":1}\\n'); ${hangs}`);
  expect(await heard(child, { limitMs: 60_000, graceMs: 50, signal })).toEqual({
    code: null,
    stdout: '{"a":1}\n',
    stderr: "",
  });
  expect(child.signalCode).toBe("SIGKILL");
});

test("interrupts one that is at work for too long, and takes what it then says", async () => {
  const child = await listening(`
    process.on("SIGINT", () => { process.stdout.write("{}\\n"); process.exit(130); });`);
  expect(await heard(child, { limitMs: 50, graceMs: 60_000, signal })).toMatchObject({ code: 130, stdout: "{}\n" });
});

test("kills one that does not listen to that either", async () => {
  const child = await listening(`process.on("SIGINT", () => console.error("no"));`);
  expect(await heard(child, { limitMs: 50, graceMs: 2000, signal })).toEqual({
    code: null,
    stdout: "",
    stderr: "no\n",
  });
});

test("interrupts one at once when it is told to, and says why when that has ended", async () => {
  const child = await listening(`
    process.on("SIGINT", () => { process.stdout.write("{}\\n"); process.exit(130); });`);
  const stop = new AbortController();
  const told = heard(child, { limitMs: 60_000, graceMs: 60_000, signal: stop.signal });
  stop.abort(new Error("Ctrl-C"));
  await expect(told).rejects.toThrow("Ctrl-C");
  expect(child.exitCode).toBe(130);
});
