import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of this folder in a process of its own, which ends with this block. */
export interface Child extends AsyncDisposable {
  /** The next line that it prints; throws when there is none. */
  line(): Promise<string>;
  readonly process: ChildProcess;
}

/** @param signal ends it */
export function startChild(program: URL, args: readonly string[], signal: AbortSignal): Child {
  const process_ = spawn(process.execPath, [fileURLToPath(program), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const kill = (): void => void process_.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  const exited = once(process_, "exit");
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
  return {
    process: process_,
    async line() {
      const { value, done } = await lines.next();
      signal.throwIfAborted();
      if (done === true) throw new Error(`${program.pathname} ended early`);
      return value as string;
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", kill);
      kill();
      await exited;
    },
  };
}
