import type { RunningSystem } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import type { Rest } from "../model/rest.ts";
import type { System } from "../model/system.ts";
import { ConnectionsWatch } from "./connections-watch.ts";
import { DatabaseWatch } from "./database-watch.ts";
import { HealthWatch } from "./health-watch.ts";
import { LiveWatch } from "./live-watch.ts";
import { MarkWatch } from "./mark-watch.ts";

/** What looks at a running system, again and again, and emits what changes. A new one is one file and one line here. */
export interface Watch {
  /** Nothing of it is under way any more when this resolves. Twice is harmless. */
  end(): Promise<void>;
}

/** All watches of a run. */
export interface Watches extends Watch {
  /** What is on, and what is not ready, at this moment. */
  now(): SystemState;
}

/** Of what came to rest, as far as the system shows it itself. */
export type SystemState = Pick<Rest, "marks" | "instances" | "notReady">;

/** What a watch is given. */
export interface WatchContext {
  /** As it was stated. */
  readonly definition: System;
  readonly system: RunningSystem;
  /** Milliseconds on the run's clock. */
  readonly now: () => number;
  readonly emit: (event: RunEvent) => void;
}

/** Begins all of them: from the warm-up until the system has come to rest, or has not. */
export function beginWatches({ definition, system, now, emit }: WatchContext): Watches {
  const health = new HealthWatch(system, now, emit);
  const marks = new MarkWatch(definition, system.direct, now, emit);
  const watches: readonly Watch[] = [
    health,
    marks,
    new LiveWatch(definition, system.direct, now, emit),
    new ConnectionsWatch({ definition, system, now, emit }),
    new DatabaseWatch({ definition, system, now, emit }),
  ];
  return {
    end: async () => void (await Promise.all(watches.map((watch) => watch.end()))),
    now: () => ({ ...health.readiness, marks: marks.marks }),
  };
}
