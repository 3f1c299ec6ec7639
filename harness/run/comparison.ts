import { setTimeout as sleep } from "node:timers/promises";
import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import { statedDuration } from "../model/quantities.ts";
import { differencesOf, type Snapshot } from "../model/snapshot.ts";
import { withDeadline } from "../network/deadline.ts";

const withinMs = 15_000;
/** A server reads its settings again in its own time, and may first have to answer others. */
const defaultPatience = { settlesMs: 2000, answersMs: withinMs } as const;

/** The system's configuration before anything is done to it. @throws when it cannot be asked */
export function snapshotOf(system: Pick<RunningSystem, "snapshot">): Promise<Snapshot> {
  return withDeadline(system.snapshot(), withinMs, () => new Error(`no answer in ${statedDuration(withinMs)}`));
}

/** What is otherwise than before after everything was healed, one sentence each. Never rejects. */
export async function leftChanged(
  system: Pick<RunningSystem, "snapshot">,
  before: Snapshot,
  { settlesMs, answersMs }: { readonly settlesMs: number; readonly answersMs: number } = defaultPatience,
): Promise<readonly string[]> {
  const began = performance.now();
  for (;;) {
    try {
      const differences = differencesOf(before, await snapshotOf(system));
      if (differences.length === 0 || performance.now() - began > settlesMs) return differences;
    } catch (error) {
      // What has just come back may be too busy to answer in time.
      if (performance.now() - began > answersMs)
        return [`whether everything is as it was before could not be found out: ${messageOf(error)}`];
    }
    await sleep(100);
  }
}
