import type { Problem } from "./errors.ts";
import type { RunEvent } from "./events.ts";
import type { Receipt, ScheduledInjection } from "./fault.ts";
import type { History, LoadPhase } from "./history.ts";
import type { Json } from "./units.ts";
import type { CheckResult, Guards } from "./verdict.ts";
import type { Credential, Effect } from "./workload.ts";

/** The final state of the system, read past the proxies after everything was healed and had come to rest. */
export interface FinalState {
  readonly registers: readonly Register[];
  /** Ids of the `insert` operations whose item is there, with how often it is there. */
  readonly items: readonly { readonly id: number; readonly count: number }[];
  /** What the cache holds of each key. Absent when there is no cache, or nobody looked. */
  readonly cache?: readonly CacheEntry[];
  /** Every document of the index, as often as it is there. */
  readonly index?: readonly Document[];
  /** What became of the jobs that `insert` operations asked for. One that is in two states is listed twice. */
  readonly jobs?: readonly Job[];
  /** Sums that no fault may change: stock and what was sold, say. */
  readonly conserved?: readonly { readonly name: string; readonly expected: number; readonly actual: number }[];
}

/** What one key finally holds. A key that is not listed holds nothing. */
export interface Register {
  /** Default: the keyspace that all workloads share. */
  readonly keyspace?: string;
  readonly key: number;
  /** Absent where the system has no versions. */
  readonly version?: number;
  /** The id of the write it came from; null for the initial value. */
  readonly value: number | null;
}

/** A document of the index. */
export interface Document {
  /** Default: the keyspace that all workloads share. */
  readonly keyspace?: string;
  readonly key: number;
  readonly version: number;
}

/** A cached value, beside the row that it is a copy of, read before and after it: both reads saw the same. */
export interface CacheEntry {
  /** Default: the keyspace that all workloads share. */
  readonly keyspace?: string;
  readonly key: number;
  /** The version in the cache; null when it is not there. */
  readonly cached: number | null;
  /** The version of the row; null when there is none. */
  readonly row: number | null;
  /** The row would not hold still, however often it was read: nothing can be said of this key. */
  readonly isMoving?: boolean;
}

/** A job as it finally stands. */
export interface Job {
  /** Of the operation that asked for it. */
  readonly id: number;
  readonly state: "completed" | "dead" | "pending";
  /** How often its effect is there. */
  readonly effects: number;
  /** How often it was tried, and how often it may be; where the system tells it. */
  readonly attempts?: number;
  readonly attemptsAllowed?: number;
  /** How many dead letters of it are open: not sent again yet, and not thrown away; where the system has any. */
  readonly letters?: number;
}

/** A stretch of time on the run's clock. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An operation of a workload, as far as checks care. */
export interface OperationInfo {
  readonly name: string;
  readonly workload: string;
  readonly effect: Effect;
  readonly deadlineMs: number;
  /** Keys are the same thing only within one keyspace. */
  readonly keyspace: string;
  readonly credential: Credential;
  readonly isPoison: boolean;
  /**
   * Whether the workload's own client does it (`perform`), by one request or several, on connections of its own. Absent
   * where it is one request by HTTP, and in runs of earlier versions.
   */
  readonly isPerformed?: true;
}

/** A workload, as far as checks care. */
export interface WorkloadInfo {
  readonly name: string;
  /** The mean over the whole load. */
  readonly perSecond: number;
  readonly slo?: { readonly availability: number; readonly withinMs: number };
}

/** A stretch in which the load generator itself was late, or full. */
export interface TaintedWindow extends Interval {
  readonly reason: string;
  /**
   * The longest, in ms, that an operation which was due, or an answer which had come, can have waited for the generator in
   * it. Absent in runs from before it was measured.
   */
  readonly lagMaxMs?: number;
}

/** What the load generator says of itself. */
export interface GeneratorReport {
  readonly planned: number;
  readonly recorded: number;
  readonly dispatched: number;
  readonly overflow: number;
  /** Dispatched − intended, over the operations that found a free place. */
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  /** Calls of `perform` that had still not settled a second after the load was over. */
  readonly unsettled: number;
  /** Windows in which the generator itself was late; a latency claim cannot rest on them. */
  readonly tainted: readonly TaintedWindow[];
  /**
   * When it did not run for a fifth of a second and more: the machine may have held up what was under way then. Absent in
   * runs from before it was told.
   */
  readonly standstills?: readonly Interval[];
}

/** Everything that a check may look at; all of it comes from the run folder, so that a stored run can be judged again. */
export interface Evidence {
  readonly history: History;
  /** The texts that the history's error numbers stand for. */
  readonly errors: readonly string[];
  readonly operations: readonly OperationInfo[];
  readonly workloads: readonly WorkloadInfo[];
  /** The entry instances; a history's `target` is an index into them. */
  readonly entry: readonly string[];
  readonly phases: Readonly<Partial<Record<LoadPhase, Interval>>>;
  readonly schedule: readonly ScheduledInjection[];
  readonly receipts: readonly Receipt[];
  readonly events: readonly RunEvent[];
  readonly generator: GeneratorReport;
  /** Absent when the run did not get that far, or the scenario has no audit. */
  readonly finalState?: FinalState;
  /** Why the final state that was stored cannot be judged, and is left out. */
  readonly finalStateProblem?: string;
  /** Operation id → what its judgement kept as `evidence`. Absent when none did. */
  readonly kept?: ReadonlyMap<number, Json>;
  /** How many operations gave `evidence` that was too large to be kept. Absent when all was kept. */
  readonly cut?: number;
}

/** What is known of a run before it begins. */
export interface PlanFacts {
  readonly operations: readonly OperationInfo[];
  readonly workloads: readonly WorkloadInfo[];
  /** How many operations of each kind are due in each phase: `due.steady[operation]`, by the operation's number. */
  readonly due: Readonly<Record<LoadPhase, readonly number[]>>;
  readonly phases: Readonly<Record<LoadPhase, Interval>>;
  readonly schedule: readonly ScheduledInjection[];
  readonly hasAudit: boolean;
}

/** A law over the evidence. */
export interface Check {
  /** As it is called in a scenario: `noStaleReads`. */
  readonly name: string;
  /** What it was made from, as plain JSON, so that a stored run can be judged again. */
  readonly parameters: Json;
  readonly guards: Guards;
  /**
   * Of a safety law: whether Faultline itself can break it, by a proxy server that hangs or by the end of the run. What
   * answers said it cannot change; that there is an answer, or a process, it can.
   */
  readonly isDisturbable?: true;
  /** With its parameters, for people. */
  readonly title: string;
  /** In one sentence. */
  readonly law: string;
  /** What is wrong with its options: planning refuses the scenario. Absent where nothing is. */
  readonly problems?: readonly Problem[];
  /**
   * What is wrong with it under a plan: an operation that no workload has, or, with the code `CANNOT_DECIDE`, why no run of
   * this plan could be decided, with the rate or length that it would take. Pure.
   */
  problemsIn?(plan: PlanFacts): readonly Problem[];
  /** Pure. What it throws makes the run inconclusive. */
  judge(evidence: Evidence): CheckResult;
}
