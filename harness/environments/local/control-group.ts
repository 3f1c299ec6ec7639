import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { UndoStep } from "../../model/undo.ts";
import { type ProcessRow, treeOf } from "../../safety/processes.ts";
import { moveProcess, undo } from "../../safety/undo.ts";

/** What a control group of the kernel limits for all its processes together (cgroups(7)). */
export type Controller = "cpu" | "memory";

/** Where a group of ours would be, and where its processes are when they are not in it. */
export interface GroupPlace {
  readonly version: 1 | 2;
  /** An existing folder. */
  readonly parent: string;
  readonly home: string;
}

/** @param environment with FAULTLINE_CONTROL_GROUPS=no there is none, where they are not wanted */
export function groupPlace(controller: Controller, environment = process.env): GroupPlace | undefined {
  if (environment["FAULTLINE_CONTROL_GROUPS"] === "no") return undefined;
  try {
    const place = placeIn(
      controller,
      readFileSync("/proc/self/mountinfo", "utf8"),
      readFileSync("/proc/self/cgroup", "utf8"),
    );
    if (place === undefined) return undefined;
    accessSync(place.parent, constants.W_OK);
    accessSync(join(place.home, "cgroup.procs"), constants.W_OK);
    if (place.version === 1) return place;
    // Only what the parent passes on can be limited in its children.
    const passedOn = readFileSync(join(place.parent, "cgroup.subtree_control"), "utf8").split(/\s+/);
    return passedOn.includes(controller) ? place : undefined;
  } catch {
    return undefined;
  }
}

/**
 * From the kernel's own words.
 * @param mounts `/proc/self/mountinfo`
 * @param groups `/proc/self/cgroup`
 */
export function placeIn(controller: Controller, mounts: string, groups: string): GroupPlace | undefined {
  const mounted = mounts.split("\n").flatMap((line) => {
    const [, root = "", point = ""] = /^\S+ \S+ \S+ (\S+) (\S+) /.exec(line) ?? [];
    const [, type = "", options = ""] = / - (\S+) \S+ (\S+)/.exec(line) ?? [];
    return [{ root, point, type, options: options.split(",") }];
  });
  const ours = groups.split("\n").map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? []);
  const first = mounted.find(({ type, options }) => type === "cgroup" && options.includes(controller));
  const firstPath = ours.find(([, names]) => names?.split(",").includes(controller))?.[2];
  if (first !== undefined && firstPath !== undefined) {
    const home = join(first.point, relative(first.root, firstPath));
    return { version: 1, parent: home, home };
  }
  const second = mounted.find(({ type }) => type === "cgroup2");
  const secondPath = ours.find(([, names]) => names === "")?.[2];
  if (second === undefined || secondPath === undefined) return undefined;
  const home = join(second.point, relative(second.root, secondPath));
  // A group with processes has no children with limits, but the root: ours is our own group's neighbour.
  return { version: 2, parent: home === second.point ? home : dirname(home), home };
}

/** One group of ours: it is made when something is limited, and gone when that is lifted. */
export class ControlGroup {
  readonly #controller: Controller;
  readonly #name: string;

  /** @param name nobody else's on this machine */
  constructor(controller: Controller, name: string) {
    this.#controller = controller;
    this.#name = name;
  }

  get #place(): (GroupPlace & { readonly path: string }) | undefined {
    const place = groupPlace(this.#controller);
    return place && { ...place, path: join(place.parent, this.#name) };
  }

  /** What takes it away again; nothing where there are no groups. */
  undo(): readonly UndoStep[] {
    const place = this.#place;
    return place === undefined ? [] : [{ do: "removeGroup", path: place.path, home: place.home }];
  }

  async remove(): Promise<void> {
    for (const step of this.undo()) await undo(step);
  }

  /**
   * Limits a whole tree of processes, with all that they start from now on.
   * @param limit of one processor's time, from 0 to 1; or bytes, of what is asked for from now on
   * @returns false where there are no groups, or the kernel does not take it
   */
  async limit(root: ProcessRow, limit: number): Promise<boolean> {
    const place = this.#place;
    if (place === undefined) return false;
    try {
      mkdirSync(place.path, { recursive: true });
      for (const [file, value] of settings[this.#controller][place.version](limit)) {
        if (existsSync(join(place.path, file))) writeFileSync(join(place.path, file), value);
      }
      // What is started in the meantime is found by the next look.
      for (let missing = outside(root, place.path); missing.length > 0; missing = outside(root, place.path)) {
        for (const { pid } of missing) moveProcess(pid, place.path);
      }
      return true;
    } catch {
      await this.remove();
      return false;
    }
  }

  /** Of the group that this process is in; undefined when it is in none of ours. */
  state(pid: number): Readonly<Record<string, number>> | undefined {
    const place = this.#place;
    if (place === undefined || !members(place.path).includes(pid)) return undefined;
    const told = (file: string): string => {
      try {
        return readFileSync(join(place.path, file), "utf8");
      } catch {
        return "";
      }
    };
    return states[this.#controller][place.version](told);
  }
}

type Told = (file: string) => string;
const field = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? 0);
const periodUs = 100_000;
const quotaUs = (share: number): number => Math.round(share * periodUs);

/** The files to write, in order. */
const settings: Record<Controller, Record<1 | 2, (limit: number) => readonly (readonly [string, string])[]>> = {
  cpu: {
    1: (share) => [
      ["cpu.cfs_period_us", `${periodUs}`],
      ["cpu.cfs_quota_us", `${quotaUs(share)}`],
    ],
    2: (share) => [["cpu.max", `${quotaUs(share)} ${periodUs}`]],
  },
  // What may not be had as memory may not be had as swap.
  memory: {
    1: (bytes) => [
      ["memory.limit_in_bytes", `${bytes}`],
      ["memory.memsw.limit_in_bytes", `${bytes}`],
    ],
    2: (bytes) => [
      ["memory.max", `${bytes}`],
      ["memory.swap.max", "0"],
    ],
  },
};

const states: Record<Controller, Record<1 | 2, (told: Told) => Readonly<Record<string, number>>>> = {
  cpu: {
    1: (told) => ({
      share: Number(told("cpu.cfs_quota_us")) / periodUs,
      throttledMs: Math.round(field(told("cpu.stat"), "throttled_time") / 1e6),
    }),
    2: (told) => ({
      share: Number.parseInt(told("cpu.max"), 10) / periodUs,
      throttledMs: Math.round(field(told("cpu.stat"), "throttled_usec") / 1e3),
    }),
  },
  memory: {
    1: (told) => ({
      used: Number(told("memory.usage_in_bytes")),
      limit: Number(told("memory.limit_in_bytes")),
      killed: field(told("memory.oom_control"), "oom_kill"),
    }),
    2: (told) => ({
      used: Number(told("memory.current")),
      limit: Number(told("memory.max")),
      killed: field(told("memory.events"), "oom_kill"),
    }),
  },
};

function members(group: string): readonly number[] {
  try {
    return readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").map(Number);
  } catch {
    return [];
  }
}

function outside(root: ProcessRow, group: string): readonly ProcessRow[] {
  const inside = new Set(members(group));
  return treeOf(root).filter(({ pid }) => !inside.has(pid));
}
