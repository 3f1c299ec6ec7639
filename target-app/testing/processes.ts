import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Polls until the probe gives something; the last error is the reason when it never does. */
export async function eventually<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs = 10_000, what = "the condition" } = {},
): Promise<T> {
  const endsAt = performance.now() + withinMs;
  let reason: unknown;
  while (performance.now() < endsAt) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    await sleep(20);
  }
  throw new Error(`${what} did not hold within ${withinMs} ms`, { cause: reason });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** What a test that failed half-way has not stopped ends with the tests' own process. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
process.once("SIGTERM", () => process.exit(143)); // How the test runner ends its workers.

/** A child process, what it said, and its end. */
export class Process {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    this.#ended = once(this.#child, "exit");
    running.add(this.#child);
    this.#child.on("exit", () => running.delete(this.#child));
    this.#child.on("error", (error) => {
      this.#output += String(error);
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, or null when a signal ended it. */
  async exit(): Promise<number | null> {
    if (this.isRunning) await this.#ended;
    return this.#child.exitCode;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    // A stopped process would not see any other signal.
    this.signal("SIGCONT");
    this.signal(signal);
    const patience = setTimeout(() => this.signal("SIGKILL"), 5000);
    const code = await this.exit();
    clearTimeout(patience);
    return code;
  }
}
