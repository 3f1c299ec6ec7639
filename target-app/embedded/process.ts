import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** Takes note of a process, so that it is ended even if we cannot do it. */
export type Guard = (pid: number) => Promise<void>;

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** The file that its output goes to; without one, the output is kept in memory. */
  readonly log?: string | undefined;
  /** With a guard, the process has a session of its own: a Ctrl-C in the terminal is for us, and we tell the others. */
  readonly guard?: Guard | undefined;
}

/** What nobody has stopped ends with us. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Waits for the word before it becomes the program; should we die before that, there is no word but an end. */
const gate = ["-c", 'read -r word && exec "$@" </dev/null', "sh"] as const;

/** A child process, what it said, and its end. */
export class Process {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #log: string | undefined;
  #output = "";

  constructor(command: string, args: readonly string[], { log, guard, ...options }: ProcessOptions = {}) {
    this.#log = log;
    this.#child =
      guard === undefined
        ? start(command, args, options, { input: "ignore", log })
        : start("/bin/sh", [...gate, command, ...args], { ...options, detached: true }, { input: "pipe", log });
    this.#ended = once(this.#child, "exit").catch(() => undefined);
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
    if (guard !== undefined) void this.#openGate(guard);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get output(): string {
    return this.#log === undefined ? this.#output : `${readFileSync(this.#log, "utf8")}${this.#output}`;
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How it ended, in words, and what it said, or where that is written. */
  get ending(): string {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode ?? (exitCode === null ? "it did not start" : `exit ${exitCode}`);
    return this.#log === undefined ? `${how}: ${this.#output.trim()}` : `${how}; its log is ${this.#log}`;
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

  async #openGate(guard: Guard): Promise<void> {
    const { pid, stdin } = this.#child;
    stdin?.on("error", () => undefined); // Its end tells of it.
    try {
      if (pid !== undefined) await guard(pid);
      stdin?.end("go\n");
    } catch (error) {
      this.#output += String(error);
      stdin?.destroy();
    }
  }
}

interface Streams {
  readonly input: "ignore" | "pipe";
  readonly log: string | undefined;
}

function start(command: string, args: readonly string[], options: object, { input, log }: Streams): ChildProcess {
  if (log === undefined) return spawn(command, args, { ...options, stdio: [input, "pipe", "pipe"] });
  const file = openSync(log, "a");
  try {
    const stdio: StdioOptions = [input, file, file];
    return spawn(command, args, { ...options, stdio });
  } finally {
    closeSync(file);
  }
}

/**
 * Runs a program to its end.
 * @throws if that is not exit 0
 */
export async function run(
  command: string,
  args: readonly string[],
  { signal, ...options }: ProcessOptions & { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  signal?.throwIfAborted();
  const child = new Process(command, args, options);
  const cut = () => child.signal("SIGKILL");
  signal?.addEventListener("abort", cut, { once: true });
  const code = await child.exit();
  signal?.removeEventListener("abort", cut);
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`${basename(command)} ${args.join(" ")} failed: ${child.ending}`);
}
