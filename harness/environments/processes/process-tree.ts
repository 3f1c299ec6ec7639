import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessState } from "../../model/capabilities.ts";
import type { ProcessIdentity } from "../../model/undo.ts";
import { signalProcess, treeOf } from "../../safety/processes.ts";

/** From the kernel: `stopped` only when every process of the tree is. */
export function stateOfTree(root: ProcessIdentity): ProcessState {
  const tree = treeOf(root);
  if (tree.length === 0) return "dead";
  return tree.every((row) => row.state === "stopped") ? "stopped" : "running";
}

/** SIGSTOP to the whole tree, until a look at it finds nothing that runs. */
export async function pauseTree(root: ProcessIdentity): Promise<void> {
  for (let tries = 0; tries < 100 && stateOfTree(root) === "running"; tries += 1) {
    for (const row of treeOf(root)) signalProcess(row, "SIGSTOP");
    await sleep(2);
  }
}

/** SIGCONT to the whole tree. */
export function resumeTree(root: ProcessIdentity): void {
  for (const row of treeOf(root)) signalProcess(row, "SIGCONT");
}
