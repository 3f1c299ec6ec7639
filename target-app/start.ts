/**
 * The whole system on components of its own, all on loopback, for trying it out: `npm run target-app`, or
 * `node target-app/start.ts` where everything is installed. Exit codes: 0 when it was told to stop; 1 when the port is
 * taken or a part of it did not start or ended by itself; 78 for settings that can't be used.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, readApiConfig, readWorkerConfig } from "./config.ts";
import { Shop } from "./embedded/shop.ts";
import { startGuardian } from "./embedded/start-guardian.ts";
import { freePort, listenFor } from "./embedded/waiting.ts";
import { welcome } from "./embedded/welcome.ts";
import { configured } from "./platform/process.ts";

/** Everything that can be wrong with the settings is told before anything is started. */
const { host, port } = configured(readSettings);
const apiPorts = await choosePorts().catch((error: Error) => refuse(error.message));

/** The reason of an end that somebody wanted. */
const asked = Symbol("asked");
const ending = new AbortController();
process.stdout.on("error", () => undefined); // The terminal may be closed before the end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort(asked));

const folder = join(tmpdir(), `target-app-${randomUUID().slice(0, 8)}`);
const logs = `${folder}-logs`;
const guardian = await startGuardian();
const ports = { api: apiPorts, worker: [await freePort(), await freePort()] };
const guard = (pid: number) => guardian.process(pid);
const shop = new Shop({ folder, logs, ending, guard, environment: process.env, host, ports });

try {
  await say("\nThe shop is starting …\n");
  for (const path of [folder, logs]) await guardian.folder(path);
  await mkdir(folder, { mode: 0o711 }); // Postgres may run as another user.
  await mkdir(logs);
  await shop.start();
  const variant = ["MUTANT", "WRITE_POLICY"].map((name) => [name, process.env[name] ?? ""] as const);
  const isTerminal = process.stdout.isTTY === true;
  const set = variant.filter(([, value]) => value !== "");
  await say(`\n${welcome({ parts: shop.parts, logs, variant: set, isTerminal })}`);
  if (!ending.signal.aborted) await once(ending.signal, "abort");
} catch (error) {
  ending.abort(error);
}
process.exit(await end(ending.signal.reason));

function readSettings(environment: Environment) {
  const redis = { CACHE_URL: "redis://its.own", QUEUE_URL: "redis://its.own" };
  const given = { ...environment, ...redis, DATABASE_URL: "postgres://its.own", SEARCH_URL: "postgres://its.own" };
  readWorkerConfig(given);
  return readApiConfig(given);
}

/** PORT itself for the first api, the next free one for the second. */
async function choosePorts(): Promise<readonly number[]> {
  if (port === 0) return [await listenFor(0, host), await listenFor(0, host)];
  const refusal = await listenFor(port, host).catch((error: NodeJS.ErrnoException) => error);
  const next = await nextFree(port + 1);
  if (typeof refusal === "number") return [port, next];
  const reason = refusal.code === "EADDRINUSE" ? "is taken" : `can't be used (${refusal.message})`;
  throw new Error(`Port ${port} ${reason}. Choose another one with PORT, as in: PORT=${next} npm run target-app`);
}

async function nextFree(from: number): Promise<number> {
  for (let candidate = from; candidate <= Math.min(from + 100, 65_535); candidate++) {
    const isFree = await listenFor(candidate, host).catch(() => undefined);
    if (isFree !== undefined) return candidate;
  }
  return freePort();
}

/** @returns the exit code */
async function end(reason: unknown): Promise<number> {
  await say(reason === asked ? "\nStopping …\n" : `\n${problemOf(reason)}\nStopping the rest …\n`);
  await shop.stop();
  await rm(folder, { recursive: true, force: true });
  if (reason === asked) await rm(logs, { recursive: true, force: true });
  else await guardian.forget(logs);
  await guardian.dismiss();
  await say(reason === asked ? "Stopped: nothing is left behind.\n" : `Stopped. The logs are kept in ${logs}\n`);
  return reason === asked ? 0 : 1;
}

function problemOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return reason.cause instanceof Error ? `${reason.message}: ${reason.cause.message}` : reason.message;
}

/** Written before it returns, so that an exit does not swallow it. */
function say(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

function refuse(problem: string): never {
  console.error(problem);
  process.exit(1);
}
