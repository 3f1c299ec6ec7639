import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessState } from "../../model/capabilities.ts";
import type { EnvironmentContext } from "../../model/environment.ts";
import { messageOf, systemError } from "../../model/errors.ts";
import type { ProcessIdentity } from "../../model/undo.ts";
import type { Launch, StopPolicy } from "../../pack/local-driver.ts";
import { identify, markVariable, signalProcess } from "../../safety/processes.ts";
import { endTree } from "../../safety/undo.ts";
import { pauseTree, resumeTree, stateOfTree } from "./process-tree.ts";

/** A running process of ours and all that descend from it. */
export class ManagedProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** Resolves when the root process has ended, with how: `exit 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #journalEntry: number;
  readonly #context: EnvironmentContext;
  #expected: boolean;

  /** In a session of its own, its output straight into a file: a pipe that nobody reads would stop it. */
  static async start(
    name: string,
    launch: Launch,
    log: string,
    context: EnvironmentContext,
    options: { readonly endsByItself?: boolean } = {},
  ): Promise<ManagedProcess> {
    const output = openSync(log, "a");
    try {
      const child = spawn(launch.command, launch.args, {
        cwd: launch.cwd,
        env: { ...launch.environment, [markVariable]: context.mark },
        stdio: ["ignore", output, output],
        detached: true,
        ...launch.runAs,
      });
      await spawned(child, name, launch);
      return new ManagedProcess(name, child, context, options.endsByItself ?? false);
    } finally {
      closeSync(output);
    }
  }

  private constructor(name: string, child: ChildProcess, context: EnvironmentContext, endsByItself: boolean) {
    const pid = child.pid ?? 0;
    const beganMs = context.now();
    this.#expected = endsByItself;
    this.name = name;
    this.#child = child;
    this.#context = context;
    this.identity = identify(pid) ?? { pid, startedAt: "ended at once" };
    this.#journalEntry = context.journal.record({ do: "endProcess", process: this.identity });
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ?? `exit ${code}`));
      if (child.exitCode !== null || child.signalCode !== null) resolve(child.signalCode ?? `exit ${child.exitCode}`);
    });
    void this.ended.then((how) => {
      const atMs = context.now();
      const ranMs = Math.round(atMs - beganMs);
      context.emit({ atMs, type: "exited", instance: name, pid, how, expected: this.#expected, ranMs });
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** From the kernel: `stopped` only when every process of the tree is. */
  state(): ProcessState {
    return stateOfTree(this.identity);
  }

  /** SIGKILL to the whole tree; returns when all of it is gone. */
  async kill(): Promise<void> {
    this.#expected = true;
    await endTree(this.identity);
    await this.ended;
    this.#context.journal.done(this.#journalEntry);
  }

  /** Asks it to end, then after the grace kills what is left. */
  async terminate({ signal, graceMs }: StopPolicy): Promise<void> {
    this.#expected = true;
    if (graceMs > 0 && !this.hasEnded) {
      this.resume();
      signalProcess(this.identity, signal);
      await Promise.race([this.ended, sleep(graceMs, undefined, { ref: false })]);
    }
    await this.kill();
  }

  /** SIGSTOP to the whole tree, until a look at it finds nothing that runs. */
  pause(): Promise<void> {
    return pauseTree(this.identity);
  }

  /** SIGCONT to the whole tree. */
  resume(): void {
    resumeTree(this.identity);
  }
}

async function spawned(child: ChildProcess, name: string, launch: Launch): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) =>
      reject(
        systemError(
          {
            code: "COMMAND_NOT_STARTED",
            where: name,
            message: `${launch.command} could not be started in ${launch.cwd}: ${messageOf(error)}`,
            remedy: "Check the command of the component, and `faultline doctor`.",
          },
          { cause: error },
        ),
      ),
    );
  });
}
