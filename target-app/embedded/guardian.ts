/**
 * The guardian: a process of its own that outlives the one that it guards, and hears from it through a pipe what is
 * there. The pipe ends with that process, however it ends; then the guardian ends and removes what is still there.
 * Started by `startGuardian`.
 */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startedAt } from "./process-table.ts";

/** A line of what the guardian is told. */
export type Word =
  | { readonly guard: "process"; readonly pid: number; readonly startedAt: string }
  | { readonly guard: "folder"; readonly path: string }
  /** A folder that is to be kept. */
  | { readonly forget: string };

const politeMs = 3000;
const forcedMs = 5000;

// A closed terminal or a Ctrl-C meant for the other must not take the one who cleans up.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"] as const) process.on(signal, () => undefined);
process.stdout.on("error", () => undefined);
process.stdout.write("ready\n");

const processes = new Map<number, string>();
const folders = new Set<string>();
for await (const line of createInterface({ input: process.stdin })) note(JSON.parse(line));
await endAll();
for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

function note(word: Word): void {
  if ("forget" in word) folders.delete(word.forget);
  else if (word.guard === "folder") folders.add(word.path);
  else processes.set(word.pid, word.startedAt);
}

/** SIGINT lets Postgres take its backends with it, which a SIGKILL would leave for a while. */
async function endAll(): Promise<void> {
  for (const pid of left()) for (const signal of ["SIGINT", "SIGCONT"] as const) send(pid, signal);
  await untilGone(politeMs);
  for (const pid of left()) send(pid, "SIGKILL");
  await untilGone(forcedMs);
}

async function untilGone(withinMs: number): Promise<void> {
  const endsAt = performance.now() + withinMs;
  while (left().length > 0 && performance.now() < endsAt) await sleep(20);
}

function left(): readonly number[] {
  return [...processes].filter(([pid, start]) => startedAt(pid) === start).map(([pid]) => pid);
}

/** To its whole group, which it leads. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}
