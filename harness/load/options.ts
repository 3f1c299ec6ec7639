import type { Address } from "../model/environment.ts";
import type { Histogram } from "../model/measure/histogram.ts";
import type { Arrivals } from "../model/plan.ts";
import type { Tally } from "../model/tally.ts";
import type { Workload } from "../model/workload.ts";
import type { EvidenceSink, HistorySink } from "./ledger.ts";

/** For the screen only; everything else is derived from the history. */
export interface LoadCounts {
  /** Operations in the plan. */
  readonly planned: number;
  /** Operations that have become due. */
  readonly due: number;
  readonly inFlight: number;
  /** How many ended with each outcome, by outcome code. */
  readonly counts: readonly number[];
  /** How long those took that ended ok since the last time, in ms from when they were due. */
  readonly recentOk: Histogram;
}

/** All that a load needs. */
export interface LoadOptions {
  /** Their operations have the numbers that `operationsOf` gives them. */
  readonly workloads: readonly Workload[];
  readonly arrivals: Arrivals;
  /** The entry instances; a session always goes to the same one. */
  readonly targets: readonly Address[];
  /** Hosts that are not this machine and may be loaded nevertheless. Default: none. */
  readonly allowedTargets?: readonly string[];
  /** The beginning of every `Draw.token`. */
  readonly runToken: string;
  /** When the load starts on the run's clock: arrival `i` is due at `startMs + dueMs[i]`. */
  readonly startMs: number;
  /** Milliseconds on the run's clock. */
  now(): number;
  readonly writer: HistorySink;
  /** Where the evidence goes that judgements keep. Default: nowhere. */
  readonly evidence?: EvidenceSink;
  /** Empty; kept up to date while the load lasts, for whoever waits until so many operations had an outcome. */
  readonly tally?: Tally;
  /** About five times a second. What it throws is ignored: an observer cannot end a run. */
  readonly onProgress?: (counts: LoadCounts) => void;
  /** Ends the load: what is in flight is settled as it stands, what is not due yet never was planned. */
  readonly signal: AbortSignal;
  /** Connections to each target. Default: the in-flight bound, at most 512. */
  readonly connections?: number;
}
