import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A soft limit on file descriptors as it was. */
export interface Descriptors {
  readonly open: number;
  /** The soft limit; undefined where the kernel does not tell, or the process is gone. */
  readonly limit?: number;
}

/** What a process has open and may have, from the kernel. */
export function descriptorsOf(pid: number): Descriptors {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1];
    const open = numbersOf(pid).length;
    return limit === undefined ? { open } : { open, limit: Number(limit) };
  } catch {
    return { open: 0 };
  }
}

/** The limit that leaves so many numbers free below it: the kernel gives the lowest free number, and none at the limit. */
export function limitLeaving(spare: number, taken: readonly number[]): number {
  let free = 0;
  for (let limit = 0; ; limit += 1) {
    if (taken.includes(limit)) continue;
    if (free === spare) return limit;
    free += 1;
  }
}

export function leaveDescriptors(pid: number, spare: number): void {
  setLimit(pid, limitLeaving(spare, numbersOf(pid)));
}

/** The soft limit only: the hard one, once lowered, could not be put back by everybody. @throws when it cannot be set */
export function setLimit(pid: number, limit: number): void {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${limit}:`], { stdio: ["ignore", "ignore", "pipe"] });
}

const numbersOf = (pid: number): readonly number[] => readdirSync(`/proc/${pid}/fd`).map(Number);
