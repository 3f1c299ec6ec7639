import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { LimitedResource, LimitedUsage } from "../../model/capabilities.ts";
import type { UndoStep } from "../../model/undo.ts";
import { isAlive, type ProcessRow } from "../../safety/processes.ts";
import { limitLeaving } from "../system/limit-leaving.ts";
import { ControlGroup } from "./control-group.ts";

/** A soft limit as `prlimit` takes it: a number, or `unlimited`. */
type Limit = string;

/** What a process uses of a resource, and may use. */
interface Usage {
  readonly used: number;
  /** The soft limit; undefined where the kernel does not tell, or the process is gone. */
  readonly limit?: Limit;
}

interface Resource {
  /** As `prlimit` calls it. */
  readonly option: string;
  /** As `/proc/<pid>/limits` calls it. */
  readonly line: string;
  readonly used: (pid: number) => number;
  /** The limit that leaves so much to spare. */
  readonly leaving: (spare: number, pid: number) => number;
}

const resources: { readonly [Name in LimitedResource]: Resource } = {
  descriptors: {
    option: "nofile",
    line: "Max open files",
    used: (pid) => numbersOf(pid).length,
    leaving: (spare, pid) => limitLeaving(spare, numbersOf(pid)),
  },
  /** What `brk` and private mappings may have, in bytes (getrlimit(2), RLIMIT_DATA, since Linux 4.7). */
  memory: {
    option: "data",
    line: "Max data size",
    used: dataOf,
    leaving: (spare, pid) => dataOf(pid) + spare,
  },
};

/** The limits that were changed of one instance's processes, and what they were. */
export class ChangedLimits {
  /** By resource and process. */
  readonly #changed = new Map<string, { resource: LimitedResource; identity: ProcessRow; limit: Limit }>();
  readonly #groups: { readonly [Name in LimitedResource]?: ControlGroup };

  /** @param instance a name that nobody else's instance on this machine has */
  constructor(instance: string) {
    this.#groups = { memory: new ControlGroup("memory", `${instance}-memory`) };
  }

  /**
   * Lets a tree of processes have so much more, in all where there is a control group for it, and else each of them;
   * those that were changed already stay as they are.
   */
  async lower(resource: LimitedResource, tree: readonly ProcessRow[], spare: number): Promise<void> {
    const [root] = tree;
    if (root !== undefined && (await this.#groups[resource]?.limit(root, spare))) return;
    for (const identity of tree) {
      const key = keyOf(resource, identity.pid);
      const { limit } = usageOf(resource, identity.pid);
      if (limit === undefined || this.#changed.has(key)) continue;
      this.#changed.set(key, { resource, identity, limit });
      leave(resource, identity.pid, spare);
    }
  }

  /** Puts back what was changed, of the processes that are still there. */
  async restore(resource: LimitedResource): Promise<void> {
    await this.#groups[resource]?.remove();
    for (const [key, changed] of this.#changed) {
      if (changed.resource !== resource) continue;
      if (isAlive(changed.identity)) setLimit(resource, changed.identity.pid, changed.limit);
      this.#changed.delete(key);
    }
  }

  /** A limit of a process ends with it; a group has to be taken away. */
  undo(resource: LimitedResource): readonly UndoStep[] {
    return this.#groups[resource]?.undo() ?? [];
  }

  usage(resource: LimitedResource, pid: number): LimitedUsage {
    const group = this.#groups[resource]?.state(pid);
    if (group !== undefined) return { used: 0, ...group, limit: String(group["limit"]), isChanged: true };
    const usage = usageOf(resource, pid);
    const original = this.#changed.get(keyOf(resource, pid))?.limit;
    return { ...usage, isChanged: original !== undefined && usage.limit !== original };
  }
}

const keyOf = (resource: LimitedResource, pid: number): string => `${resource} ${pid}`;

/** From the kernel. */
export function usageOf(resource: LimitedResource, pid: number): Usage {
  const { line, used } = resources[resource];
  try {
    const limit = new RegExp(String.raw`^${line}\s+(\S+)`, "m").exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1];
    return limit === undefined ? { used: used(pid) } : { used: used(pid), limit };
  } catch {
    return { used: 0 };
  }
}

/** Lets a process have so much more, and no more than that. @throws when the limit cannot be set */
export function leave(resource: LimitedResource, pid: number, spare: number): void {
  setLimit(resource, pid, String(resources[resource].leaving(spare, pid)));
}

/** The soft limit only: the hard one, once lowered, could not be put back by everybody. @throws when it cannot be set */
export function setLimit(resource: LimitedResource, pid: number, limit: Limit): void {
  const { option } = resources[resource];
  execFileSync("prlimit", ["--pid", String(pid), `--${option}=${limit}:`], { stdio: ["ignore", "ignore", "pipe"] });
}

const numbersOf = (pid: number): readonly number[] => readdirSync(`/proc/${pid}/fd`).map(Number);

function dataOf(pid: number): number {
  return Number(/^VmData:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}
