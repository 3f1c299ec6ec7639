import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { locateLocalTools } from "../cli/local-tools.ts";
import type { Address } from "../model/environment.ts";
import { reservePorts } from "../safety/ports.ts";
import { ProxyServer, type Replacement } from "./proxy-server.ts";

// Toxiproxy 2.12 hangs when a latency toxic is removed whose clients have gone while others go on sending (Toxiproxy #558).

const host = "127.0.0.1";
const ports = reservePorts();
const replacements: Replacement[] = [];
let program: string;
let admin: Address;
let child: ChildProcess;
let server: ProxyServer;
let echo: Server;
let upstream: Address;
const cleanups: (() => void)[] = [];

async function start(): Promise<void> {
  child = spawn(program, ["-host", host, "-port", `${admin.port}`], { stdio: "ignore" });
  await vi.waitFor(() => new ProxyServer(admin).version(), { timeout: 10_000, interval: 20 });
}

beforeEach(async () => {
  program = (await locateLocalTools()).toxiproxyServer;
  admin = { host, port: await ports.take() };
  await start();
  const replace = async (): Promise<void> => {
    child.kill("SIGKILL");
    await once(child, "exit");
    await start();
  };
  replacements.length = 0;
  server = new ProxyServer(admin, replace, (replacement) => replacements.push(replacement));
  echo = createServer((socket) => {
    socket.on("error", () => undefined).on("data", (bytes) => socket.write(bytes));
  });
  echo.listen(0, host);
  await once(echo, "listening");
  upstream = { host, port: (echo.address() as { port: number }).port };
});
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
  child.kill("SIGKILL");
  echo.close();
  ports.releaseAll();
});

/** Sends 4 KB every 10 ms, and reads what comes back. @returns what ends it */
function stream(port: number): () => void {
  const socket = connect(port, host)
    .on("error", () => undefined)
    .on("data", () => undefined);
  const timer = setInterval(() => socket.writable && socket.write(Buffer.alloc(4000)), 10);
  const end = (): void => {
    clearInterval(timer);
    socket.destroy();
  };
  cleanups.push(end);
  return end;
}

test("a toxic whose removal wedges the server is gone with the server, and every other link is as it was", async () => {
  const [slow, cut, off] = [await ports.take(), await ports.take(), await ports.take()];
  await server.open("web.db", { host, port: slow }, upstream);
  await server.open("web.cache", { host, port: cut }, upstream);
  await server.open("web.queue", { host, port: off }, upstream);
  await server.addToxic("web.cache", {
    name: "cut",
    type: "timeout",
    stream: "downstream",
    attributes: { timeout: 0 },
  });
  await server.setEnabled("web.queue", false);
  const ends = Array.from({ length: 20 }, () => stream(slow));
  await sleep(300);
  const late = {
    name: "late",
    type: "latency",
    stream: "downstream",
    attributes: { latency: 6000, jitter: 0 },
  } as const;
  await server.addToxic("web.db", late);
  await sleep(2000);
  for (const end of ends.slice(0, 15)) end();
  await sleep(200);
  const beganMs = performance.now();
  await server.removeToxic("web.db", "late");
  expect(replacements).toEqual([
    {
      why: "it did not remove late from web.db in 3 s",
      fromMs: expect.any(Number),
      toMs: expect.any(Number),
      proxies: ["web.db", "web.cache"],
    },
  ]);
  const [{ fromMs, toMs }] = replacements as [Replacement];
  expect(fromMs).toBeGreaterThanOrEqual(beganMs);
  expect(toMs - fromMs).toBeGreaterThan(3000);
  expect(toMs).toBeLessThanOrEqual(performance.now());
  expect(await server.toxics("web.db")).toEqual([]);
  expect(await server.toxics("web.cache")).toEqual(["cut"]);
  expect(await server.isEnabled("web.queue")).toBe(false);
});
