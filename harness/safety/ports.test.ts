import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { isListening, listenerOn } from "./listening.ts";
import { isFree, reservePorts } from "./ports.ts";

afterEach(() => void vi.restoreAllMocks());

/** Reservations begin anywhere: from now on, there. */
const beginAt = (port: number) => vi.spyOn(Math, "random").mockReturnValue((port - 20_000 + 0.5) / 12_000);

test("a port is taken once, below the range of outgoing connections, until it is released", async () => {
  const mine = reservePorts();
  const first = await mine.take();
  beginAt(first);
  const yours = reservePorts();
  const ports = [first, await yours.take(), await mine.take()];
  expect(new Set(ports).size).toBe(3);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  mine.releaseAll();
  const later = reservePorts();
  expect(await later.take()).toBe(first);
  later.releaseAll();
  yours.releaseAll();
});

test("a run with another folder for what is temporary takes none of ours, and what it held is free when it is killed", async () => {
  const mine = reservePorts();
  const first = await mine.take();
  const program = `
    Math.random = () => (${first} - 20_000 + 0.5) / 12_000;
    const { reservePorts } = await import(${JSON.stringify(new URL("./ports.ts", import.meta.url).href)});
    console.log(await reservePorts().take());
    setInterval(() => undefined, 1000);
  `;
  const other = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: `${tmpdir()}/of-nobody-else` },
  });
  onTestFinished(() => void other.kill("SIGKILL"));
  const theirs = Number(String((await once(other.stdout, "data"))[0]));
  expect(theirs).toBeGreaterThan(first);
  expect(await mine.take()).not.toBe(theirs);
  other.kill("SIGKILL");
  await once(other, "exit");
  beginAt(theirs);
  const later = reservePorts();
  expect(await later.take()).toBe(theirs);
  mine.releaseAll();
  later.releaseAll();
});

test("a port that somebody listens on is not free, and it can be told who that is", async () => {
  const reservation = reservePorts();
  const port = await reservation.take();
  expect(await isFree(port)).toBe(true);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await isFree(port)).toBe(false);
  expect(isListening(process.pid, port)).toBe(true);
  expect(isListening(process.ppid, port)).toBe(false);
  expect(listenerOn(port)).toContain(`(pid ${process.pid})`);
  server.close();
  await once(server, "close");
  expect(listenerOn(port)).toBeUndefined();
  reservation.releaseAll();
});
