import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { ProcessState } from "../model/capabilities.ts";
import type { ProcessIdentity } from "../model/undo.ts";

/** A process as the kernel tells it. */
export interface ProcessRow extends ProcessIdentity {
  readonly parent: number;
  readonly state: ProcessState;
}

/** The environment variable that marks every process of a run with the run's id. */
export const markVariable = "FAULTLINE_RUN";

/** All processes of the machine. Linux: from /proc, about 5 ms; elsewhere from `ps`. */
export function listProcesses(): readonly ProcessRow[] {
  return process.platform === "linux" ? listFromProc() : listFromPs();
}

/** @returns the identity of a live process, or undefined when there is none (a zombie is none) */
export function identify(pid: number): ProcessIdentity | undefined {
  const row = process.platform === "linux" ? readStat(pid) : listFromPs().find((one) => one.pid === pid);
  return row === undefined || row.state === "dead" ? undefined : { pid: row.pid, startedAt: row.startedAt };
}

/** True while the very process that the identity was taken of lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

/**
 * A process and all its descendants that live, root first. Empty when the identity's process is gone. By parent and
 * not by process group: every backend of Postgres makes a session of its own.
 */
export function treeOf(identity: ProcessIdentity, all = listProcesses()): readonly ProcessRow[] {
  const rows = all.filter((row) => row.state !== "dead");
  const root = rows.find((row) => row.pid === identity.pid && row.startedAt === identity.startedAt);
  if (root === undefined) return [];
  const tree = [root];
  for (const member of tree) tree.push(...rows.filter((row) => row.parent === member.pid && !tree.includes(row)));
  return tree;
}

/** Sends a signal to a process if it still is the one that is meant. @returns whether it was sent */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (identity.pid <= 1 || identity.pid === process.pid || !isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

/**
 * Processes of a run that no parent leads to any more: they carry its mark in their environment, or work inside its
 * scratch folder. Only where there is /proc; elsewhere empty.
 */
export function markedProcesses(mark: string, scratch: string): readonly ProcessRow[] {
  if (process.platform !== "linux") return [];
  return listFromProc().filter(
    (row) =>
      row.state !== "dead" && row.pid !== process.pid && (carriesMark(row.pid, mark) || worksIn(row.pid, scratch)),
  );
}

/**
 * The processes in containers, by the container's id, which is in the name of their control group; those in none are by
 * `undefined`. Only what the kernel of this machine runs, and shows: none where there is no /proc, or the engine is elsewhere.
 */
export function processesInContainers(): ReadonlyMap<string | undefined, readonly number[]> {
  return process.platform === "linux" ? Map.groupBy(pidsFromProc(), containerOf) : new Map();
}

/** The innermost, of one in another. */
function containerOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8")
      .match(/[0-9a-f]{64}/g)
      ?.at(-1);
  } catch {
    return undefined;
  }
}

function carriesMark(pid: number, mark: string): boolean {
  try {
    return variablesOf(pid).get(markVariable) === mark;
  } catch {
    return false;
  }
}

function worksIn(pid: number, folder: string): boolean {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "");
    return cwd === folder || cwd.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

function listFromProc(): readonly ProcessRow[] {
  return pidsFromProc().flatMap((pid) => readStat(pid) ?? []);
}

function pidsFromProc(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Fields 3 (state), 4 (parent) and 22 (start time in clock ticks after boot) of proc_pid_stat(5). */
function readStat(pid: number): ProcessRow | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid, parent: Number(fields[1]), startedAt: fields[19] ?? "", state: stateOf(fields[0] ?? "") };
}

function listFromPs(): readonly ProcessRow[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,stat=,lstart="], { encoding: "utf8", timeout: 5000 });
  return text.split("\n").flatMap((line) => {
    const [, pid, parent, state, startedAt] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    return pid === undefined || startedAt === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), startedAt, state: stateOf(state ?? "") }];
  });
}

/** T and t: stopped; Z and X: dead, whoever has not collected it yet. */
function stateOf(letters: string): ProcessState {
  if (/^[Tt]/.test(letters)) return "stopped";
  return /^[ZX]/.test(letters) ? "dead" : "running";
}

/** The environment that a process was started with, from the kernel. @throws where the kernel does not tell */
export function variablesOf(pid: number): ReadonlyMap<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return new Map(
    entries
      .filter((entry) => entry.includes("="))
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}
