import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { RunEvent } from "../../model/events.ts";
import { markedProcesses, type ProcessRow } from "../../safety/processes.ts";

const bin = fileURLToPath(new URL("../../bin.mjs", import.meta.url));
const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** The scenarios that these tests run. */
export const scenarios = fileURLToPath(new URL("./scenarios", import.meta.url));

/** The real command line as a process of its own, with a folder for its reports. */
export class Faultline {
  readonly child: ChildProcess;
  readonly output: string;
  stdout = "";
  stderr = "";
  readonly #exit: Promise<number>;

  constructor(
    args: readonly string[],
    options: {
      output: string;
      cwd?: string;
      environment?: Readonly<Record<string, string>>;
      /** `terminal`: in one of its own, which util-linux' `script` holds; that is the child then. */
      around?: "terminal";
      /** What it is started by, as `nsenter …`: in a network of somebody else's. */
      within?: readonly string[];
    },
  ) {
    this.output = options.output;
    const command = [...(options.within ?? []), process.execPath, bin, ...args];
    const [program = "", ...rest] =
      options.around === undefined ? command : ["script", "-qfec", command.join(" "), "/dev/null"];
    this.child = spawn(program, rest, {
      cwd: options.cwd ?? repository,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...options.environment },
    });
    this.child.stdout?.on("data", (part) => {
      this.stdout += String(part);
    });
    this.child.stderr?.on("data", (part) => {
      this.stderr += String(part);
    });
    this.#exit = once(this.child, "close").then(([code, signal]) => code ?? signal);
  }

  /** Its exit code; the signal's name when one ended it. */
  ended(): Promise<number> {
    return this.#exit;
  }

  get runFolder(): string {
    const [name = "none"] = readdirSync(this.output).filter((one) => one.includes("Z-"));
    return join(this.output, name);
  }

  events(): readonly RunEvent[] {
    try {
      return readFileSync(join(this.runFolder, "events.jsonl"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    } catch {
      return [];
    }
  }

  /** Waits until the run has told such an event. */
  async until(type: RunEvent["type"], detail: Partial<Record<string, unknown>> = {}): Promise<void> {
    const matches = (event: object): boolean =>
      Object.entries(detail).every(([name, value]) => (event as Record<string, unknown>)[name] === value);
    await vi.waitFor(
      () => {
        if (this.child.exitCode !== null) throw new Error(`ended early: ${this.stderr}`);
        if (!this.events().some((event) => event.type === type && matches(event))) throw new Error(`no ${type} yet`);
      },
      { timeout: 60_000, interval: 50 },
    );
  }

  /** The run's mark and scratch folder, as its journal tells them. */
  identity(): { readonly mark: string; readonly scratch: string } {
    const journal = readFileSync(join(this.runFolder, "undo.jsonl"), "utf8").trimEnd().split("\n");
    return JSON.parse(journal.find((line) => line.includes('"endMarked"')) ?? "{}").step;
  }

  /** Processes of the run that still live. */
  leftRunning(): readonly ProcessRow[] {
    const { mark, scratch } = this.identity();
    return markedProcesses(mark, scratch);
  }
}

/** A folder that is gone after the test. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "faultline-e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
