import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The runner's end of the watchdog. */
export interface Watchdog {
  readonly pid: number;
  /** Tells it that nothing is left to do, and waits until it has ended. */
  dismiss(): Promise<void>;
}

/** Starts the watchdog over a journal, in a session of its own, so that what ends the runner does not end it. */
export async function startWatchdog(journal: string): Promise<Watchdog> {
  const program = fileURLToPath(import.meta.url).replace(/start-watchdog(\.[jt]s)$/, "watchdog$1");
  const { TMPDIR } = process.env;
  const child = spawn(process.execPath, [program, journal], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    // By TMPDIR it is known for what it is: a part of that run.
    env: { PATH: process.env["PATH"] ?? "", ...(TMPDIR === undefined ? {} : { TMPDIR }) },
  });
  // Until it says so, a signal could still end it.
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the watchdog ended at its start")));
  await Promise.race([once(child.stdout, "data"), gone]);
  gone.catch(() => undefined);
  child.stdout.destroy();
  // The runner must be able to end while the watchdog waits, or it would wait for ever.
  child.unref();
  child.stdin.on("error", () => undefined);
  return { pid: child.pid ?? 0, dismiss: () => dismiss(child) };
}

async function dismiss(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, "exit");
  child.stdin?.end("done\n");
  await ended;
}
