import type { RunEvent } from "./events.ts";
import type { Receipt, ScheduledInjection } from "./fault.ts";
import type { History, LoadPhase } from "./history.ts";
import type { CheckResult } from "./verdict.ts";
import type { Effect } from "./workload.ts";

/** The final state of the system, read past the proxies after everything was healed and had come to rest. */
export interface FinalState {
  /** What each key finally holds; `value` is the id of the write it came from, null for the initial value. */
  readonly registers: readonly { readonly key: number; readonly version: number; readonly value: number | null }[];
  /** Ids of the `insert` operations whose item is there, with how often it is there. */
  readonly items: readonly { readonly id: number; readonly count: number }[];
}

/** A stretch of time on the run's clock. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An operation of the workload, as far as checks care. */
export interface OperationInfo {
  readonly name: string;
  readonly effect: Effect;
  readonly deadlineMs: number;
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
  /** Windows in which the generator itself was late; a latency claim cannot rest on them. */
  readonly tainted: readonly (Interval & { readonly reason: string })[];
}

/** Everything that a check may look at; all of it comes from the run folder, so that a stored run can be judged again. */
export interface Evidence {
  readonly history: History;
  /** The texts that the history's error numbers stand for. */
  readonly errors: readonly string[];
  readonly operations: readonly OperationInfo[];
  readonly perSecond: number;
  readonly phases: Readonly<Partial<Record<LoadPhase, Interval>>>;
  readonly schedule: readonly ScheduledInjection[];
  readonly receipts: readonly Receipt[];
  readonly events: readonly RunEvent[];
  readonly generator: GeneratorReport;
  /** Absent when the run did not get that far, or the scenario has no audit. */
  readonly finalState?: FinalState;
}

/** A law over the evidence. */
export interface Check {
  /** As it is called in a scenario: `noStaleReads`. */
  readonly name: string;
  /** With its parameters, for people. */
  readonly title: string;
  /** In one sentence. */
  readonly law: string;
  /** Pure. What it throws makes the run inconclusive. */
  judge(evidence: Evidence): CheckResult;
}
