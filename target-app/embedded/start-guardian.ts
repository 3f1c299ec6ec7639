import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Word } from "./guardian.ts";
import { startedAt } from "./process-table.ts";

/** Our end of the guardian. Each promise is kept when the guardian has what it was told. */
export interface Guardian {
  process(pid: number): Promise<void>;
  /** To be told before the folder is made. */
  folder(path: string): Promise<void>;
  /** The folder is to stay. */
  forget(path: string): Promise<void>;
  /** Lets it end what is left, and waits until it has. */
  dismiss(): Promise<void>;
}

/** Starts the guardian in a session of its own, so that what ends us does not end it. */
export async function startGuardian(): Promise<Guardian> {
  const program = fileURLToPath(new URL("guardian.ts", import.meta.url));
  const child = spawn(process.execPath, [program], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    env: { PATH: process.env["PATH"] ?? "" },
  });
  // Until it says so, a signal could still end it.
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the guardian ended at its start")));
  await Promise.race([once(child.stdout, "data"), gone]);
  gone.catch(() => undefined);
  child.stdout.destroy();
  child.stdin.on("error", () => undefined); // The write that it belongs to tells of it.
  const tell = (word: Word) => write(child, `${JSON.stringify(word)}\n`);
  return {
    async process(pid) {
      const start = startedAt(pid);
      if (start !== undefined) await tell({ guard: "process", pid, startedAt: start });
    },
    folder: (path) => tell({ guard: "folder", path }),
    forget: (path) => tell({ forget: path }),
    async dismiss() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}

function write(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdin?.write(line, (error) => (error ? reject(error) : resolve()));
  });
}
