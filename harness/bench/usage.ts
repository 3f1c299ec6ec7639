import { readFileSync } from "node:fs";
import { identify, listProcesses, type ProcessRow, treeOf } from "../safety/processes.ts";

/** Cores that were used on average between two looks; 1 is one core for all of the time. */
export interface Usage {
  /** By instance, with `toxiproxy` and `generator`; each with all processes below it. */
  readonly cores: Readonly<Record<string, number>>;
  /** By all that is not ours, the kernel's own work included. */
  readonly elsewhere: number;
}

/** The kernel's unit of CPU time for programs (USER_HZ), the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Reads from /proc what the processes of a run use. Who is there is found out before the figures count: a look through
 * all of /proc takes milliseconds, in which the generator sends nothing.
 */
export class Meter {
  readonly #roots = new Map<string, number>();
  #members: ReadonlyMap<number, string> = new Map();
  #before: ReadonlyMap<number, number> = new Map();
  #machineBefore = 0;
  #beganMs = Number.NaN;

  /** An instance has been started, or started again. */
  started(instance: string, pid: number): void {
    this.#roots.set(instance, pid);
  }

  /** Looks who is there. */
  find(): void {
    const all = listProcesses();
    const members = new Map([[process.pid, "generator"]]);
    const toxiproxy = all.find(({ parent, pid }) => parent === process.pid && commandOf(pid).startsWith("toxiproxy"));
    const roots = new Map(this.#roots);
    if (toxiproxy !== undefined) roots.set("toxiproxy", toxiproxy.pid);
    for (const [role, pid] of roots) for (const row of below(pid, all)) members.set(row.pid, role);
    this.#members = members;
  }

  begin(): void {
    this.#before = new Map([...this.#members.keys()].map((pid) => [pid, ticksOf(pid) ?? 0]));
    this.#machineBefore = machineTicks();
    this.#beganMs = performance.now();
  }

  /** What was used since `begin`. What was started since then counts from its start; what has ended does not count. */
  end(): Usage {
    const machine = machineTicks() - this.#machineBefore;
    const ticks = new Map<string, number>();
    const add = (pid: number, role: string): void => {
      const used = (ticksOf(pid) ?? 0) - (this.#before.get(pid) ?? 0);
      ticks.set(role, (ticks.get(role) ?? 0) + Math.max(0, used));
    };
    const known = this.#members;
    for (const [pid, role] of known) add(pid, role);
    const seconds = (performance.now() - this.#beganMs) / 1000;
    this.find();
    for (const [pid, role] of this.#members) if (!known.has(pid)) add(pid, role);
    const cores = [...ticks].map(([role, used]) => [role, used / ticksPerSecond / seconds] as const);
    const ours = cores.reduce((sum, [, used]) => sum + used, 0);
    const elsewhere = Math.max(0, machine / ticksPerSecond / seconds - ours);
    return { cores: Object.fromEntries(cores), elsewhere };
  }

  /** Resident memory of an instance's own process, in MB of 10^6 bytes; undefined when it has ended. */
  memoryMb(instance: string): number | undefined {
    const pid = this.#roots.get(instance);
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
    return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / 1e6;
  }
}

function below(pid: number, all: readonly ProcessRow[]): readonly ProcessRow[] {
  const identity = identify(pid);
  return identity === undefined ? [] : treeOf(identity, all);
}

const commandOf = (pid: number): string => read(`/proc/${pid}/comm`);

/** Time in user and kernel mode: fields 14 and 15 of proc_pid_stat(5). */
function ticksOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === "") return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** Of all cores together, without idling and waiting for disks: the first line of proc_stat(5). */
function machineTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(read("/proc/stat"))?.[1]?.split(" ").map(Number) ?? [];
  return user + nice + system + irq + softirq + steal;
}

/** Empty when it can't be read: the process has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
