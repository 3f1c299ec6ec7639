import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment, RunningSystem } from "../model/environment.ts";
import { exits, FaultlineError } from "../model/errors.ts";
import type { FaultKind, Receipt, ScheduledInjection } from "../model/fault.ts";
import { secretsOf } from "../model/redact.ts";
import type { System } from "../model/system.ts";
import type { Journal } from "../model/undo.ts";
import { problemsOfSystem } from "../plan/system-problems.ts";
import { createRunFolder } from "../store/run-folder.ts";
import type { InjectorContext } from "./injector.ts";
import { onStage, type StageOptions } from "./stage.ts";
import { Strikes } from "./strikes.ts";

/** What a system is started with. */
export interface StartOptions {
  readonly environment: Environment;
  readonly faultKinds: readonly FaultKind[];
  /** A folder in which one with the logs and events of this system is kept; without it they go away with the system. */
  readonly output?: string;
  /** Hosts elsewhere that are yours to break, for an environment that takes hold of what runs already. */
  readonly allowedTargets?: readonly string[];
}

/** A system that runs, for tests. Everything of it ends with `stop`, or with the process that started it. */
export interface StartedSystem<S extends System = System> extends Pick<RunningSystem, "entry" | "direct"> {
  readonly definition: S;
  /** The folder of the components' logs. */
  readonly logs: string;
  /** Of every fault so far that is over. */
  receipts(): readonly Receipt[];
  /**
   * Heals the faults that still act, and ends everything. Twice is harmless.
   * @throws FaultlineError (4) when something could not be cleaned up; what ended the system, when it ended before
   */
  stop(): Promise<void>;
  /** What `withFault` works with. */
  readonly stage: Stage;
}

/** The inside of a started system. */
interface Stage {
  readonly injector: InjectorContext;
  readonly environment: Environment;
  /** Injections that act now, each with the end of its heal. */
  readonly acting: Map<ScheduledInjection, Promise<unknown>>;
  readonly receipts: Receipt[];
  /** How many faults there were: each has a name of its own. */
  count: number;
}

/**
 * Starts a system for tests, behind its proxies and under a watchdog: when this process is killed, everything that it
 * started still ends.
 * @throws FaultlineError (64) for a definition that is wrong, (3) when it does not start
 */
export async function startSystem<S extends System>(definition: S, options: StartOptions): Promise<StartedSystem<S>> {
  const { environment, faultKinds } = options;
  const problems = problemsOfSystem(definition, { environment, faultKinds });
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
  const stage = stageFor(definition, options);
  const leaving = new AbortController();
  const up = Promise.withResolvers<{ running: RunningSystem; journal: Journal }>();
  const acting: Stage["acting"] = new Map();
  const ended = onStage(stage, async (running, journal) => {
    up.resolve({ running, journal });
    running.lost.catch((error: unknown) => leaving.abort(error));
    await aborted(leaving.signal);
    await Promise.allSettled(acting.values());
    if (leaving.signal.reason !== stopped) throw leaving.signal.reason;
  });
  const end = ended.then(({ error, leftBroken }) => {
    if (leftBroken.length > 0) throw leftBehind(definition.name, leftBroken, error);
    if (error !== undefined) throw error;
  });
  // It may end while nobody waits for it; whoever stops it is told.
  end.catch(() => undefined);
  const { running, journal } = await Promise.race([up.promise, end.then(() => up.promise)]);
  const receipts: Receipt[] = [];
  const { now, emit, folder } = stage;
  const strikes = new Strikes();
  const injector = { system: running, faultKinds, journal, now, emit, strikes, signal: leaving.signal };
  return {
    definition,
    entry: running.entry,
    direct: running.direct,
    logs: folder.logs,
    receipts: () => [...receipts],
    stop: () => {
      leaving.abort(stopped);
      return end;
    },
    stage: { injector, environment, acting, receipts, count: 0 },
  };
}

/** A folder, a clock and a place for events. */
function stageFor(system: System, { environment, output, allowedTargets = [] }: StartOptions): StageOptions {
  const temporary = output === undefined ? mkdtempSync(join(tmpdir(), "faultline-test-")) : undefined;
  const folder = createRunFolder(output ?? temporary ?? "", `${utc()}-${system.name}`, { secrets: secretsOf(system) });
  const startedAt = performance.now();
  return {
    system,
    environment,
    allowedTargets,
    folder,
    ...(temporary === undefined ? {} : { temporary }),
    now: () => performance.now() - startedAt,
    emit(event) {
      // The folder may have gone away already; its events tell nobody anything then.
      if (existsSync(folder.path)) folder.appendEvent(event);
    },
    // It is stopped, not interrupted.
    signal: new AbortController().signal,
  };
}

/** As `20260131T120000Z`. */
const utc = (): string => new Date().toISOString().replace(/[-:]|\.\d+/g, "");

const stopped = new Error("the system was stopped");

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function leftBehind(name: string, leftBroken: readonly string[], cause: unknown): Error {
  const remedy = "`faultline clean` undoes what was left.";
  const message = leftBroken.join("; ");
  return new FaultlineError(exits.leftBroken, [{ code: "LEFT_BROKEN", where: name, message, remedy }], { cause });
}
