import type { Capabilities, CapabilityName } from "./capabilities.ts";
import type { Health, RunEvent } from "./events.ts";
import type { Snapshot } from "./snapshot.ts";
import type { System } from "./system.ts";
import type { Journal } from "./undo.ts";

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a run gives to the environment that starts its system. */
export interface EnvironmentContext {
  /** Unlike that of any other run on the machine, also one of the same name; every process of the run carries it. */
  readonly mark: string;
  /** A folder of the run's own for data that goes away with it. */
  readonly scratch: string;
  /** Where the components' logs are kept. */
  readonly logs: string;
  readonly journal: Journal;
  /** Milliseconds on the run's clock. */
  readonly now: () => number;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  /** Whether the schedule needs a capability on an instance: some must be armed before the instance starts. */
  needs?(capability: CapabilityName, instance: string): boolean;
}

/** A running system, and what can be done to it. */
export interface RunningSystem {
  /** The controls of every link or instance that a target names. */
  control<Name extends CapabilityName>(capability: Name, target: string): readonly Capabilities[Name][];
  /** Where the workload goes: one address for each instance of the entry component, each through its own proxy. */
  readonly entry: readonly { readonly instance: string; readonly address: Address }[];
  /** Instance → its real address, past the proxies: for the audit only. */
  readonly direct: Readonly<Record<string, Address>>;
  /** Component or tool → version, for the report. */
  readonly versions: Readonly<Record<string, string>>;
  /** Asks every instance that can tell whether it can serve, past the proxies. */
  health(): Promise<Readonly<Record<string, Health>>>;
  /** Processes and connections that there are now, for what must not grow: `processes of api-1`. */
  gauges(): Promise<Readonly<Record<string, number>>>;
  /** The configuration of everything that can be asked, past the proxies. */
  snapshot(): Promise<Snapshot>;
  /** Rejects when something that the run cannot do without (the proxy server) is lost; never resolves. */
  readonly lost: Promise<never>;
  /** Ends everything that was started. Twice is harmless. */
  stop(): Promise<void>;
}

/** Starts a system somewhere and hands out capabilities over it. */
export interface Environment {
  readonly name: string;
  readonly capabilities: readonly CapabilityName[];
  /** Those of them that this machine does not allow: what is missing, and how to get it. */
  readonly lacks: Readonly<Partial<Record<CapabilityName, string>>>;
  /** Kinds of components that it can start. */
  readonly kinds: readonly string[];
  /** All or nothing: when it throws, everything that it had started has ended. */
  start(system: System, context: EnvironmentContext): Promise<RunningSystem>;
}
