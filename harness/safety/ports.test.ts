import { once } from "node:events";
import { lstatSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stateFolder } from "./leftovers.ts";
import { isListening, listenerOn } from "./listening.ts";
import { cleanPorts, isFree, reservePorts } from "./ports.ts";

/** Also of a link that leads nowhere. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
const fileOf = (port: number): string => join(stateFolder(), "ports", String(port));

test("a port is taken once, below the range of outgoing connections, until it is released", async () => {
  const mine = reservePorts();
  const yours = reservePorts();
  const ports = await Promise.all([mine.take(), yours.take(), mine.take()]);
  expect(new Set(ports).size).toBe(3);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  cleanPorts();
  expect(ports.every((port) => isThere(fileOf(port)))).toBe(true);
  mine.releaseAll();
  yours.releaseAll();
  expect(ports.some((port) => isThere(fileOf(port)))).toBe(false);
});

test("what a dead run had reserved is cleaned", () => {
  symlinkSync(JSON.stringify({ pid: 999_999, startedAt: "1" }), fileOf(19_999));
  cleanPorts();
  expect(isThere(fileOf(19_999))).toBe(false);
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
