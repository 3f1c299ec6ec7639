import type { Environment, EnvironmentContext, RunningSystem } from "../model/environment.ts";
import { Interrupted, messageOf } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import type { System } from "../model/system.ts";
import { type JournalFile, openJournal } from "../safety/journal.ts";
import { makeScratch } from "../safety/leftovers.ts";
import { redactLogs } from "../safety/redact-logs.ts";
import { startWatchdog, type Watchdog } from "../safety/start-watchdog.ts";
import { undoAll } from "../safety/undo.ts";
import type { RunFolder } from "../store/run-folder.ts";

/** What a system is put up with. */
export interface StageOptions {
  readonly system: System;
  readonly environment: Environment;
  readonly folder: RunFolder;
  /** A folder that goes away at the end, and be it the one that the run folder lies in. */
  readonly temporary?: string;
  /** Milliseconds on the run's clock. */
  readonly now: () => number;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly needs?: EnvironmentContext["needs"];
  /** Hosts elsewhere that the user named as their own to break. */
  readonly allowedTargets?: readonly string[];
}

/** How it ended. */
export interface StageEnd {
  /** What ended it before its end; absent when it came to its end. */
  readonly error?: unknown;
  readonly versions: Readonly<Record<string, string>>;
  /** What could not be cleaned up, one sentence each. */
  readonly leftBroken: readonly string[];
}

/**
 * Puts a system up, lets somebody act on it, and takes it down again, whatever happens: what cleans up is there before
 * there is anything to clean up, and a watchdog does it when this process is killed. Never rejects.
 */
export async function onStage(
  options: StageOptions,
  act: (system: RunningSystem, journal: JournalFile) => Promise<void>,
): Promise<StageEnd> {
  const { environment, folder, now, emit, signal } = options;
  const journal = openJournal(folder.journal);
  let watchdog: Watchdog | undefined;
  let system: RunningSystem | undefined;
  let failure: { readonly error?: unknown } = {};
  try {
    if (options.temporary !== undefined) journal.record({ do: "removePath", path: options.temporary });
    journal.record({ do: "redactLogs", folder: folder.logs });
    watchdog = await startWatchdog(folder.journal);
    const { mark, scratch } = makeScratch(folder.id, folder.journal, (made) => {
      journal.record({ do: "removePath", path: made.scratch });
      journal.record({ do: "endMarked", ...made });
    });
    emit({ atMs: now(), type: "phase", phase: "provision" });
    const { needs, allowedTargets = [] } = options;
    const own = { mark, scratch, logs: folder.logs, journal };
    const context = { ...own, now, emit, signal, allowedTargets, ...(needs === undefined ? {} : { needs }) };
    system = await environment.start(options.system, context);
    signal.throwIfAborted();
    await act(system, journal);
  } catch (caught) {
    const error = signal.aborted ? signal.reason : caught;
    failure = { error };
    // An interruption has an event of its own, and is no error of the system.
    if (!(error instanceof Interrupted)) emit({ atMs: now(), type: "error", text: messageOf(error) });
  }
  emit({ atMs: now(), type: "phase", phase: "tearDown" });
  const leftBroken = await takeDown(system, journal);
  // What a stranger to the run cannot know is not in the journal.
  if (folder.secrets.length > 0)
    await redactLogs(folder.logs, folder.secrets).catch((error: unknown) =>
      leftBroken.push(`logs were removed, as their secrets could not be: ${messageOf(error)}`),
    );
  for (const text of leftBroken) emit({ atMs: now(), type: "error", text });
  journal.close();
  await watchdog?.dismiss();
  return { ...failure, versions: system?.versions ?? {}, leftBroken };
}

/** @returns what could not be taken down, one sentence each */
async function takeDown(system: RunningSystem | undefined, journal: JournalFile): Promise<string[]> {
  const left: string[] = [];
  try {
    await system?.stop();
  } catch (error) {
    left.push(`the system could not be stopped: ${messageOf(error)}`);
  }
  // Whatever is still open in the journal is undone as the watchdog would undo it.
  for (const { step, error } of await undoAll(journal.pending())) {
    left.push(`${step.do} could not be undone: ${messageOf(error)}`);
  }
  return left;
}
