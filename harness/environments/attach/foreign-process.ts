import { readFileSync } from "node:fs";
import type { InstanceState } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { CodeWith } from "../../model/error-codes/index.ts";
import type { Problem } from "../../model/errors.ts";
import type { Attachment } from "../../model/system.ts";
import type { ProcessIdentity, UndoStep } from "../../model/undo.ts";
import { isListening, listenerOn } from "../../safety/listening.ts";
import { identify, listProcesses, treeOf } from "../../safety/processes.ts";
import { pauseTree, resumeTree, stateOfTree } from "../processes/process-tree.ts";
import { ForeignPause } from "./foreign-pause.ts";

/** A process that is not ours, with all that descend from it. */
export class ForeignProcess extends ForeignPause {
  readonly identity: ProcessIdentity;

  constructor(name: string, identity: ProcessIdentity) {
    super(name);
    this.identity = identity;
  }

  pause(): Promise<void> {
    return pauseTree(this.identity);
  }

  resume(): Promise<void> {
    resumeTree(this.identity);
    return Promise.resolve();
  }

  undoPause(): readonly UndoStep[] {
    return [{ do: "resume", process: this.identity }];
  }

  state(): Promise<InstanceState> {
    return Promise.resolve({ state: stateOfTree(this.identity), pid: this.identity.pid });
  }

  processes(): Promise<number> {
    return Promise.resolve(treeOf(this.identity).length);
  }
}

type Finding = { readonly process: ForeignProcess } | { readonly problem: Problem } | undefined;

/**
 * Finds the process that somebody told of, and makes sure that it is the one that is meant: a number may be old.
 * @returns undefined where none was told of
 */
export function findProcess(name: string, attached: Attachment, address: Address): Finding {
  const told = pidOf(attached);
  if (told === undefined) return undefined;
  const wrong = (code: CodeWith<"system">, message: string, remedy: string): Finding => ({
    problem: { code, where: name, message, remedy },
  });
  if ("why" in told)
    return wrong("BAD_PID_FILE", told.why, "Give the file that the server writes its process id into.");
  const { pid } = told;
  const identity = identify(pid);
  const from = attached.pidFile === undefined ? "" : `, as ${attached.pidFile} says`;
  if (identity === undefined)
    return wrong("NO_SUCH_PROCESS", `there is no process ${pid}${from}`, "Give the one that runs now.");
  const tree = treeOf(identity, listProcesses());
  if (tree.some((row) => row.pid === process.pid)) {
    const remedy = "Give the process of the server alone.";
    return wrong("PROCESS_IS_OURS", `process ${pid} started this run, which would stand still with it`, remedy);
  }
  const forbidden = tree.find((row) => !maySignal(row.pid));
  if (forbidden !== undefined) {
    const remedy = "Run Faultline as that user, or leave the process out.";
    return wrong(
      "PROCESS_NOT_YOURS",
      `process ${forbidden.pid} belongs to somebody else, whom we may not signal`,
      remedy,
    );
  }
  if (tree.some((row) => row.state === "stopped")) {
    const remedy = "Continue it (`kill -CONT`), or leave the process out: what we pause, we continue.";
    return wrong("PROCESS_STOPPED", `process ${pid} stands still already`, remedy);
  }
  if (!tree.some((row) => isListening(row.pid, address.port))) {
    const listener = listenerOn(address.port);
    const message = `process ${pid}${from} does not listen on port ${address.port}${listener === undefined ? "" : `, but ${listener}`}`;
    return wrong("PROCESS_NOT_LISTENING", message, "Give the process of the server that is meant.");
  }
  return { process: new ForeignProcess(name, identity) };
}

function pidOf({ pid, pidFile }: Attachment): { readonly pid: number } | { readonly why: string } | undefined {
  if (pidFile === undefined) return pid === undefined ? undefined : { pid };
  let text: string;
  try {
    text = readFileSync(pidFile, "utf8");
  } catch (error) {
    return { why: `${pidFile} can't be read: ${(error as NodeJS.ErrnoException).code}` };
  }
  const [line = ""] = text.split("\n");
  const number = /^\s*(\d{1,10})\s*$/.exec(line)?.[1];
  if (number === undefined || Number(number) < 2) return { why: `${pidFile} has no process id in its first line` };
  return { pid: Number(number) };
}

function maySignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // One that has ended in the meantime is none of anybody's.
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}
