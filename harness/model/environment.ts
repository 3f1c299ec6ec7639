import type { Capabilities, CapabilityName } from "./capabilities.ts";
import type { Problem } from "./errors.ts";
import type { Health, RunEvent } from "./events.ts";
import type { Snapshot } from "./snapshot.ts";
import type { System } from "./system.ts";
import type { Journal } from "./undo.ts";

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One end of a TCP connection that the kernel knows. */
export interface Socket {
  /** Both as `127.0.0.1:6379`, or `[::1]:6379`. */
  readonly local: string;
  readonly remote: string;
  /** Whether the connection is being made or is made, and neither end has closed it. */
  readonly isOpen: boolean;
  /** Bytes that this end has sent and the other has acknowledged, and those that it has received. */
  readonly sent?: number;
  readonly received?: number;
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
  /** Hosts elsewhere that the user named as their own to break. */
  readonly allowedTargets?: readonly string[];
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

/** What can be known, before anything is there, of a system that Faultline does not start. */
export interface AttachRules {
  /** Why a capability can't be had on a link or an instance, and what to do about it; undefined when it can. */
  lacksOn(system: System, capability: CapabilityName, name: string): Lack | undefined;
  /** All that is wrong with how its components say where they run. */
  problems(system: System): readonly Problem[];
}

/** What is missing, and how to get it. */
export type Lack = Pick<Problem, "message" | "remedy">;

/** Starts a system somewhere and hands out capabilities over it. */
export interface Environment {
  readonly name: string;
  readonly capabilities: readonly CapabilityName[];
  /** Those of them that this machine does not allow: what is missing, and how to get it. */
  readonly lacks: Readonly<Partial<Record<CapabilityName, string>>>;
  /** Kinds of components that it can start, or take hold of. */
  readonly kinds: readonly string[];
  /** Where it takes hold of what runs already; absent where it starts everything itself. */
  readonly attaches?: AttachRules;
  /** What of a system cannot be started on this machine, as a program that is not there. */
  problems?(system: System): readonly Problem[];
  /** All or nothing: when it throws, everything that it had started has ended. */
  start(system: System, context: EnvironmentContext): Promise<RunningSystem>;
}
