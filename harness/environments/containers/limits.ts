import type { LimitedResource, LimitedUsage } from "../../model/capabilities.ts";
import { limitLeaving } from "../system/limit-leaving.ts";
import type { ManagedContainer } from "./container.ts";

/** No engine takes less. */
const leastMemory = 6 * 1024 * 1024;

/** One process in a container, by the number that it goes by there. */
interface Process {
  readonly pid: number;
  /** Whom it runs as, as `999:999`. */
  readonly user: string;
  /** The soft limit of its file descriptors, as `prlimit` takes it. */
  readonly limit: string;
  /** The numbers of those that are open. */
  readonly open: readonly number[];
}

/** What a container may have, changed while it runs: memory by the engine, file descriptors by `prlimit` inside. */
export class ContainerLimits {
  readonly #memoryBytes: number;
  /** Process → what its limit was. */
  readonly #changed = new Map<number, string>();

  /** @param memoryBytes of the whole engine: a limit that is none, where an engine can't take one away again */
  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  async lower(container: ManagedContainer, resource: LimitedResource, spare: number): Promise<void> {
    await this.#resources[resource].lower(container, spare);
  }

  /** Does nothing when nothing was changed. */
  async restore(container: ManagedContainer, resource: LimitedResource): Promise<void> {
    await this.#resources[resource].restore(container);
  }

  usage(container: ManagedContainer, resource: LimitedResource): Promise<LimitedUsage> {
    return this.#resources[resource].usage(container);
  }

  readonly #resources = {
    memory: {
      lower: async (container: ManagedContainer, spare: number): Promise<void> => {
        // Lowered twice, it would move with what is used.
        if (await this.#isMemoryLimited(container)) return;
        const bytes = Math.max(leastMemory, (await container.memory()) + spare);
        await container.update({ Memory: bytes, MemorySwap: bytes });
      },
      restore: async (container: ManagedContainer): Promise<void> => {
        const bytes = this.#memoryBytes;
        if (await this.#isMemoryLimited(container)) await container.update({ Memory: bytes, MemorySwap: bytes });
      },
      usage: async (container: ManagedContainer): Promise<LimitedUsage> => {
        const [used, { HostConfig: host, State: state }] = await Promise.all([container.memory(), container.inspect()]);
        const { Memory: bytes = 0 } = host;
        const isChanged = bytes > 0 && bytes < this.#memoryBytes;
        return { used, limit: isChanged ? String(bytes) : "unlimited", isChanged, killed: state.OOMKilled ? 1 : 0 };
      },
    },
    descriptors: {
      lower: async (container: ManagedContainer, spare: number): Promise<void> => {
        for (const process of await processesIn(container)) {
          if (this.#changed.has(process.pid)) continue;
          await setLimit(container, process, String(limitLeaving(spare, process.open)));
          this.#changed.set(process.pid, process.limit);
        }
      },
      restore: async (container: ManagedContainer): Promise<void> => {
        if (this.#changed.size === 0) return;
        for (const process of await processesIn(container)) {
          const limit = this.#changed.get(process.pid);
          if (limit !== undefined) await setLimit(container, process, limit);
        }
        this.#changed.clear();
      },
      usage: async (container: ManagedContainer): Promise<LimitedUsage> => {
        const [root] = await processesIn(container);
        if (root === undefined) return { used: 0, isChanged: false };
        const was = this.#changed.get(root.pid);
        return { used: root.open.length, limit: root.limit, isChanged: was !== undefined && was !== root.limit };
      },
    },
  } satisfies Record<LimitedResource, object>;

  async #isMemoryLimited(container: ManagedContainer): Promise<boolean> {
    const { Memory: bytes = 0 } = (await container.inspect()).HostConfig;
    return bytes > 0 && bytes < this.#memoryBytes;
  }
}

/** A line for each process, as everybody may know it: its number, its parent's, its user and group. */
const everybody = `
  for status in /proc/[0-9]*/status; do
    sed -n 's/^\\(Pid\\|PPid\\|Uid\\|Gid\\):[[:space:]]*\\([0-9]*\\).*/\\2/p' $status 2>/dev/null | tr '\\n' ' '; echo
  done`;
/** A line for each of some processes, as only their own user may know it: number, limit, what is open. */
const ownOnes = `
  for pid in "$@"; do
    limit=$(sed -n 's/^Max open files *\\([^ ]*\\).*/\\1/p' /proc/$pid/limits) || continue
    echo "$pid $limit $(ls /proc/$pid/fd | tr '\\n' ' ')"
  done`;

/**
 * Those that belong to the component, root first: not its init, and nothing that we run in it ourselves. Asked as the
 * user that they run as: for others, not even the container's root may see what they have open, or limit it.
 */
async function processesIn(container: ManagedContainer): Promise<readonly Process[]> {
  const rows = linesOf(await container.run(["sh", "-c", everybody])).map((line) => line.map(Number));
  const tree = rows.filter(([pid]) => pid === 1);
  for (const [pid] of tree) tree.push(...rows.filter(([, parent]) => parent === pid));
  const [root, ...others] = container.recipe.hasInit === true ? tree.slice(1) : tree;
  if (root === undefined) return [];
  const [, , uid, gid] = root;
  const user = `${uid}:${gid}`;
  const pids = [root, ...others].map(([pid]) => String(pid));
  return linesOf(await container.run(["sh", "-c", ownOnes, "sh", ...pids], user)).flatMap(([pid, limit, ...open]) =>
    limit === undefined ? [] : [{ pid: Number(pid), user, limit, open: open.map(Number) }],
  );
}

const linesOf = (text = ""): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/));

/** The soft limit only. @throws when it can't be set */
async function setLimit(container: ManagedContainer, { pid, user }: Process, limit: string): Promise<void> {
  const done = await container.run(["prlimit", "--pid", String(pid), `--nofile=${limit}:`], user);
  if (done === undefined) throw new Error(`the image of ${container.name} has no prlimit that could set a limit`);
}
