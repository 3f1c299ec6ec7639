import { setTimeout as sleep } from "node:timers/promises";
import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import { differencesOf, type Snapshot } from "../model/snapshot.ts";
import { withDeadline } from "../network/deadline.ts";

const withinMs = 15_000;
/** A server reads its settings again in its own time. */
const settlesWithinMs = 2000;

/** The system's configuration before anything is done to it. @throws when it cannot be asked */
export function snapshotOf(system: RunningSystem): Promise<Snapshot> {
  return withDeadline(system.snapshot(), withinMs, () => new Error(`no answer in ${withinMs / 1000} s`));
}

/** What is otherwise than before after everything was healed, one sentence each. Never rejects. */
export async function leftChanged(system: RunningSystem, before: Snapshot): Promise<readonly string[]> {
  const deadline = performance.now() + settlesWithinMs;
  try {
    for (;;) {
      const differences = differencesOf(before, await snapshotOf(system));
      if (differences.length === 0 || performance.now() > deadline) return differences;
      await sleep(100);
    }
  } catch (error) {
    return [`whether everything is as it was before could not be found out: ${messageOf(error)}`];
  }
}
