import { existsSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessIdentity, UndoStep } from "../model/undo.ts";
import { askPostgres } from "./ask-postgres.ts";
import { askRedis } from "./ask-redis.ts";
import { askEngine, complaintOf } from "./engine-api.ts";
import { removeLabelled } from "./labelled.ts";
import { listProcesses, markedProcesses, type ProcessRow, signalProcess, treeOf } from "./processes.ts";
import { redactLogs } from "./redact-logs.ts";

/** How long one step may take; a wedged proxy server must not keep the processes alive. */
const stepDeadlineMs = 1000;
/** A server that goes on after having stood still answers late. */
const askDeadlineMs = 3000;
/** How long to wait for killed processes to be gone. */
const goneDeadlineMs = 4000;

type Performer<Do extends UndoStep["do"]> = (step: Extract<UndoStep, { do: Do }>) => void | Promise<void>;

const performers: { [Do in UndoStep["do"]]: Performer<Do> } = {
  async removeToxic({ admin, proxy, toxic }) {
    const url = `${admin}/proxies/${encodeURIComponent(proxy)}/toxics/${encodeURIComponent(toxic)}`;
    await askProxies(url, "DELETE");
  },
  async openProxy({ admin, proxy }) {
    await askProxies(`${admin}/proxies/${encodeURIComponent(proxy)}`, "POST", { enabled: true });
  },
  resume({ process: identity }) {
    for (const member of treeOf(identity)) signalProcess(member, "SIGCONT");
  },
  endProcess: ({ process: identity }) => endTree(identity),
  endMarked: ({ mark, scratch }) => killUntilGone(() => markedProcesses(mark, scratch)),
  removePath({ path }) {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  },
  askPostgres: (step) => askPostgres(step, askDeadlineMs),
  askRedis: (step) => askRedis(step, askDeadlineMs),
  redactLogs: ({ folder }) => redactLogs(folder),
  async unpauseContainer({ engine, container }) {
    const reply = await askEngine(engine, "POST", `/containers/${container}/unpause`, askDeadlineMs);
    // What does not stand still, or is gone, needs nothing; of the first an engine says 500 or 409.
    const isUndone = reply.status < 400 || reply.status === 404 || /not paused/i.test(complaintOf(reply));
    if (!isUndone) throw new Error(`${reply.status}: ${complaintOf(reply)}`);
  },
  removeLabelled: ({ engine, label }) => removeLabelled(engine, label),
  async removeGroup({ path, home }) {
    const deadline = performance.now() + stepDeadlineMs;
    // A process that ends can't be moved any more, and holds the group until it is gone.
    while (existsSync(path)) {
      try {
        const members = readFileSync(join(path, "cgroup.procs"), "utf8").trim().split("\n");
        for (const pid of members.filter(Boolean)) moveProcess(pid, home);
        rmdirSync(path);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(10);
      }
    }
  },
};

/** By POST, which every version of Toxiproxy takes for a change. @throws when it does not do it; what is gone is undone */
async function askProxies(url: string, method: "DELETE" | "POST", change?: object): Promise<void> {
  const body = change === undefined ? {} : { body: JSON.stringify(change) };
  const reply = await fetch(url, { method, ...body, signal: AbortSignal.timeout(stepDeadlineMs) });
  if (!reply.ok && reply.status !== 404) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
}

/** Into another control group; a process that has ended in the meantime is in none. */
export function moveProcess(pid: number | string, group: string): void {
  try {
    writeFileSync(join(group, "cgroup.procs"), String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Undoes one step. Nothing left to undo is no error. @throws when it could not be done in time */
export async function undo(step: UndoStep): Promise<void> {
  await (performers[step.do] as Performer<UndoStep["do"]>)(step as never);
}

/**
 * Undoes steps in the order given, going on after failures: a proxy that is gone has no toxic left to remove.
 * @returns what could not be undone
 */
export async function undoAll(steps: readonly UndoStep[]): Promise<readonly { step: UndoStep; error: unknown }[]> {
  const failures: { step: UndoStep; error: unknown }[] = [];
  const unreachable = new Set<string>();
  for (const step of steps) {
    // A proxy server of our own that is gone has nothing left to undo; of somebody else's that must be seen.
    if ("admin" in step && unreachable.has(step.admin)) continue;
    // Whoever tries again needs the folder to know whose it was: `faultline clean` finds it there.
    if (step.do === "removePath" && failures.length > 0) continue;
    try {
      await undo(step);
    } catch (error) {
      if ("admin" in step && step.foreign !== true) unreachable.add(step.admin);
      else failures.push({ step, error });
    }
  }
  return failures;
}

/** Kills a process and all that descend from it, and waits until they are gone. */
export async function endTree(identity: ProcessIdentity): Promise<void> {
  // Descendants are remembered: once their parent is dead, nothing leads to them any more.
  let known: readonly ProcessIdentity[] = [identity];
  await killUntilGone(() => {
    const all = listProcesses();
    const alive = new Map(known.flatMap((member) => treeOf(member, all)).map((row) => [row.pid, row]));
    known = [...alive.values()];
    return [...alive.values()];
  });
}

async function killUntilGone(find: () => readonly ProcessRow[]): Promise<void> {
  const deadline = performance.now() + goneDeadlineMs;
  for (let left = find(); left.length > 0; left = find()) {
    for (const row of left) signalProcess(row, "SIGKILL");
    if (performance.now() > deadline) throw new Error(`still alive: ${left.map((row) => row.pid).join(", ")}`);
    await sleep(10);
  }
}
