import type { OperationInfo, WorkloadInfo } from "./check.ts";
import type { ScheduledInjection } from "./fault.ts";
import type { LoadPhase } from "./history.ts";
import type { Json } from "./units.ts";

/** All operations that will be due, computed before the run. Column `i` of each array belongs to operation `i`. */
export interface Arrivals {
  readonly count: number;
  /** Milliseconds after the start of the load. */
  readonly dueMs: Float64Array;
  readonly operation: Uint8Array;
  readonly key: Uint32Array;
  readonly session: Uint16Array;
  /** Index of the load phase in which it is due. */
  readonly phase: Uint8Array;
}

/** Everything that is decided before anything starts. The same scenario and seed give the same bytes. */
export interface Plan {
  readonly scenario: string;
  readonly seed: string;
  readonly phases: readonly { readonly phase: LoadPhase; readonly lengthMs: number }[];
  readonly schedule: readonly ScheduledInjection[];
  readonly workloads: readonly WorkloadInfo[];
  readonly operations: readonly OperationInfo[];
  /** The entry instances, in the order of their numbers. */
  readonly entry: readonly string[];
  /** The arrivals, told by their number and the SHA-256 of all their columns. */
  readonly arrivals: { readonly count: number; readonly sha256: string };
  /** The checks, told by what they were made from. */
  readonly checks: readonly { readonly name: string; readonly parameters: Json }[];
}
