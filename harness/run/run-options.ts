import type { LoadCounts } from "../load/options.ts";
import type { Evidence, GeneratorReport, Interval } from "../model/check.ts";
import type { Environment, RunningSystem } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import type { FaultKind } from "../model/fault.ts";
import type { LoadPhase } from "../model/history.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import type { Scenario } from "../model/scenario.ts";
import type { RunFolder } from "../store/run-folder.ts";

/** What a run is made of. */
export interface RunOptions {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly arrivals: Arrivals;
  readonly environment: Environment;
  readonly faultKinds: readonly FaultKind[];
  readonly folder: RunFolder;
  /** Told of everything that happens; what it throws does not harm the run. */
  observe(event: RunEvent): void;
  /** How the load stands, now and then, for a screen. */
  readonly onProgress?: (counts: LoadCounts) => void;
  /** Hosts elsewhere that the user named as their own to break. */
  readonly allowedTargets?: readonly string[];
  /** Called when all is over and the system still runs, with its addresses; it stays up until this resolves. */
  readonly keepUp?: (system: Pick<RunningSystem, "entry" | "direct">) => Promise<void>;
  /** Aborted by Ctrl-C: the run heals, keeps what it has seen, and ends. */
  readonly signal: AbortSignal;
}

/** What a run saw, whether it came to its end or not. */
export interface RunResult {
  readonly phases: Readonly<Partial<Record<LoadPhase, Interval>>>;
  /** Absent when there was no load, or not to its end. */
  readonly generator: GeneratorReport | undefined;
  /** @throws FaultlineError when there is no history to be read */
  evidence(): Evidence;
  readonly versions: Readonly<Record<string, string>>;
  /** Why the run cannot tell, so far as that lies in how it went. */
  readonly reasons: readonly string[];
  /** What ended the run before its end; absent when it came to its end. */
  readonly error?: unknown;
  /** What could not be cleaned up, one sentence each. */
  readonly leftBroken: readonly string[];
}
