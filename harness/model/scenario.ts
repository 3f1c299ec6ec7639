import type { Check, FinalState } from "./check.ts";
import type { Address } from "./environment.ts";
import type { DrawnInjections, Injection } from "./fault.ts";
import type { System, TargetOf } from "./system.ts";
import type { Duration } from "./units.ts";
import type { Workload } from "./workload.ts";

/** How long each part of the run takes under load. */
export interface PhaseLengths {
  /** Not counted. */
  readonly warmUp: Duration;
  /** The control: the same workload without a fault. */
  readonly steady: Duration;
  readonly faults: Duration;
  readonly recovery: Duration;
}

/** What an audit may use. */
export interface AuditContext {
  /** Instance → real address, past the proxies. */
  readonly addresses: Readonly<Record<string, Address>>;
  /** Component → its kind, which may differ from one environment to another. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Keyspace → how many keys it has, from 0. What all workloads share is called "keys". */
  readonly keyspaces: Readonly<Record<string, number>>;
  /** The run's own token, the beginning of every `Draw.token`. */
  readonly runToken: string;
  readonly signal: AbortSignal;
}

/** Reads the final state directly from the components. */
export interface Audit {
  /** True when nothing is under way any more (queues drained, outbox empty). Asked until it is, or the time is up. */
  atRest(context: AuditContext): Promise<boolean>;
  read(context: AuditContext): Promise<FinalState>;
  /**
   * Numbers that a fault must not change for good, as the depth of a queue. Read when steady, at rest, and twice a second
   * while `atRest` is false: whether the work that it waits for gets less is seen by them alone.
   */
  gauges?(context: AuditContext): Promise<Readonly<Record<string, number>>>;
}

/** One sentence about a system: under this load, when this breaks, that holds. Data with functions at its leaves. */
export interface Scenario<S extends System = System> {
  /** The sentence. */
  readonly name: string;
  /** What should be seen. */
  readonly expects: string;
  readonly tags?: readonly string[];
  readonly system: S;
  /**
   * Variants of the system, by a short name each. Where there are some, all are run under the same plan, in place of
   * `system`, and compared with the first; `--variant` runs one.
   */
  readonly variants?: Readonly<Record<string, S>>;
  /** One, or several that run at the same time; their operations have different names. */
  readonly workload: Workload | readonly Workload[];
  readonly phases: PhaseLengths;
  /** Stated, or drawn from the seed, or some of both; what was drawn is stored and never drawn again. */
  readonly faults: readonly (Injection<TargetOf<S>> | DrawnInjections<TargetOf<S>>)[] | DrawnInjections<TargetOf<S>>;
  readonly audit?: Audit;
  /**
   * How long the system may take to come to rest before the audit. Default 10 s. What still falls then gets up to twice as
   * long again, from 10 to 60 s.
   */
  readonly restWithin?: Duration;
  readonly checks: readonly Check[];
}

/** States a scenario. A fault on a component or link that the system does not have does not compile. */
export function scenario<const S extends System>(definition: Scenario<S>): Scenario {
  return definition as unknown as Scenario;
}

/** The workloads of a scenario, which may state just one. */
export function workloadsOf({ workload }: Pick<Scenario, "workload">): readonly Workload[] {
  return Array.isArray(workload) ? workload : [workload as Workload];
}
