import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exits, FaultlineError, messageOf } from "../model/errors.ts";
import type { ProcessIdentity, UndoStep } from "../model/undo.ts";
import { pendingSteps } from "./journal.ts";
import { identify, isAlive } from "./processes.ts";
import { undoAll } from "./undo.ts";

/** What is written into a run's scratch folder, so that anybody can tell whose it is. */
interface Owner {
  readonly runId: string;
  readonly runner: ProcessIdentity;
  readonly journal: string;
}

/** What was left of a run whose runner is dead, and whether it could be cleaned up. */
export interface Leftover {
  readonly runId: string;
  readonly scratch: string;
  readonly failures: readonly string[];
}

/** The folder for all that lives only as long as a run; one for each user, traversable for servers of other users. */
export function stateFolder(): string {
  const folder = join(tmpdir(), `faultline-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const { uid } = statSync(folder);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new FaultlineError(exits.system, [
      {
        code: "STATE_FOLDER_NOT_OURS",
        where: folder,
        message: `belongs to user ${uid}, not to us`,
        remedy: "Remove it, or set TMPDIR to a folder of your own.",
      },
    ]);
  }
  return folder;
}

/**
 * Makes the scratch folder of a run and says whose it is, before anything is put into it.
 * @param beforehand called before there is anything, so that whoever cleans up knows of it by then
 * @returns its path, and the run's mark: two clones may have runs of one name in one second, and neither may take the
 * other's processes for its own
 */
export function makeScratch(
  runId: string,
  journal: string,
  beforehand: (made: { mark: string; scratch: string }) => void = () => undefined,
): { mark: string; scratch: string } {
  const runs = join(stateFolder(), "runs");
  mkdirSync(runs, { recursive: true });
  const mark = `${runId}.${randomUUID()}`;
  const scratch = join(runs, mark);
  beforehand({ mark, scratch });
  mkdirSync(scratch);
  for (const folder of [runs, scratch]) chmodSync(folder, 0o711);
  const runner = identify(process.pid);
  if (runner === undefined) throw new Error("the runner cannot see itself in the process table");
  const owner: Owner = { runId, runner, journal };
  writeFileSync(join(scratch, "owner.json"), JSON.stringify(owner));
  return { mark, scratch };
}

/** Undoes what dead runs left behind. A run whose runner is alive is not touched. */
export async function cleanLeftovers(): Promise<readonly Leftover[]> {
  const runs = join(stateFolder(), "runs");
  const found: Leftover[] = [];
  for (const mark of namesIn(runs)) {
    const scratch = join(runs, mark);
    const owner = readOwner(join(scratch, "owner.json"));
    if (owner === undefined ? isFresh(scratch) : isAlive(owner.runner)) continue;
    const steps: UndoStep[] = [
      ...(owner === undefined ? [] : pendingSteps(owner.journal)),
      { do: "endMarked", mark, scratch },
      { do: "removePath", path: scratch },
    ];
    const failures = await undoAll(steps);
    found.push({ runId: owner?.runId ?? mark, scratch, failures: failures.map(({ error }) => messageOf(error)) });
  }
  return found;
}

/** A folder without an owner may be one that is just being made. */
function isFresh(folder: string): boolean {
  try {
    return Date.now() - statSync(folder).mtimeMs < 10_000;
  } catch {
    return true;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes a scratch folder at the end of a run. */
export function removeScratch(scratch: string): void {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
