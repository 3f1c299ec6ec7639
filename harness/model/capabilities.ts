import type { ForeignTraffic } from "./foreign-traffic.ts";
import type { RelayControl } from "./relay.ts";
import type { LinkLook, OpenConnections } from "./traffic.ts";
import type { UndoStep } from "./undo.ts";
import type { Json } from "./units.ts";

/** Values that were measured, for a receipt. */
export type Measured = Readonly<Record<string, Json>>;

/** The answer of a probe that went the same way as the traffic. */
export interface ProbeResult {
  readonly answered: boolean;
  /** Milliseconds from the first byte sent to the answer; absent when there was none. */
  readonly roundTripMs?: number;
  /** Why there was no answer. */
  readonly error?: string;
}

/** A toxic of Toxiproxy, as its API takes it. */
export interface Toxic {
  readonly name: string;
  readonly type: string;
  readonly stream: "upstream" | "downstream";
  readonly attributes: Readonly<Record<string, number>>;
  /** The share of the connections that it is on, drawn for each. Default 1. */
  readonly toxicity?: number;
}

/** `network`: one link, through its own proxy. Every call has a deadline of its own. */
export interface LinkControl {
  readonly name: string;
  /** Replaces a toxic of the same name. */
  addToxic(toxic: Toxic): Promise<void>;
  /** Does nothing when there is no such toxic. */
  removeToxic(name: string): Promise<void>;
  undoToxic(name: string): UndoStep;
  /** Names of the toxics on the proxy. */
  toxics(): Promise<readonly string[]>;
  /** Without it the proxy does not listen, and its connections are closed. */
  setListening(listens: boolean): Promise<void>;
  undoListening(): UndoStep;
  isListening(): Promise<boolean>;
  /** Asks the component at the other end for a sign of life, through the proxy. */
  probe(deadlineMs: number): Promise<ProbeResult>;
  /** The same with a request of some kilobytes. */
  probeInBulk(deadlineMs: number): Promise<BulkResult>;
  /** Ends a connection that was answered, and waits until the other end has ended it, too: the time from end to end. */
  probeClosing(deadlineMs: number): Promise<ProbeResult>;
  /** Requests over this link that are none of the workload's. */
  readonly traffic: ForeignTraffic;
  /** Counts what goes over it. Absent, or resolves to undefined, where that can't be seen; never rejects. */
  look?(): Promise<LinkLook | undefined>;
  /** How many connections its clients have open: the cheapest look there is. Absent, or resolves to undefined, as `look`. */
  openConnections?(): Promise<OpenConnections | undefined>;
}

/** The answer of a probe with a long request. */
export interface BulkResult extends ProbeResult {
  readonly bytes: number;
}

/** What the kernel says of a process. */
export type ProcessState = "running" | "stopped" | "dead";

/** How an instance is, and the pid of its root process, as whoever runs it counts them: another one after each start. */
export interface InstanceState {
  readonly state: ProcessState;
  readonly pid: number;
}

/** `pause`: the processes of one instance, which may stand still. */
export interface PauseControl {
  readonly name: string;
  /** SIGSTOP to the whole tree. */
  pause(): Promise<void>;
  /** SIGCONT to the whole tree. */
  resume(): Promise<void>;
  undoPause(): readonly UndoStep[];
  /**
   * Lets the whole tree run for no more than a share of one processor's time, by the kernel's own quota.
   * @returns false where that cannot be had
   */
  setQuota(share: number): Promise<boolean>;
  /** Does nothing when there is no quota. */
  liftQuota(): Promise<void>;
  undoQuota(): readonly UndoStep[];
  /** From the kernel; undefined while its root process is under no quota. */
  quota(): Promise<Measured | undefined>;
  /** The state of the tree: `stopped` only when every process is; and the pid of its root. */
  state(): Promise<InstanceState>;
}

/** `process`: one instance with all processes that belong to it, which may end and be started again. */
export interface ProcessControl extends PauseControl {
  /** SIGTERM to its root, and SIGKILL to what is left after the grace. */
  terminate(graceMs: number): Promise<void>;
  /** SIGKILL, without warning, to the whole tree; returns when all of it is gone. */
  kill(): Promise<void>;
  /** Starts it again with the same arguments and waits until it answers; does nothing when it runs. */
  restart(): Promise<void>;
}

/** `nic`: the network interface of one instance, where it has one of its own. */
export interface NicControl {
  readonly name: string;
  /** Takes it off its network; does nothing when it is off. */
  unplug(): Promise<void>;
  /** Puts it back, by the same name; does nothing when it is on. */
  plugIn(): Promise<void>;
  isPluggedIn(): Promise<boolean>;
  /** Whether it answers somebody outside who asks it as a client would. */
  answers(deadlineMs: number): Promise<boolean>;
}

/** `rollout`: one instance of a service, and the environment variables that it is started with. */
export interface RolloutControl {
  readonly name: string;
  /** A variable as it is when nothing is rolled out. */
  original(variable: string): string | undefined;
  /** A variable of the running root process, as it was given; undefined when it is not set, or the process dead. */
  given(variable: string): Promise<string | undefined>;
  isRolledOut(): boolean;
  state(): Promise<InstanceState>;
  /** Ends it, and starts it with changed variables; it need not become ready. Does nothing when that is done already. */
  rollOut(changes: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it, and starts it as it was, and waits until it is ready; does nothing when nothing is rolled out. */
  rollBack(): Promise<void>;
}

/** `runtime`: the Node process of one instance of a service, through its inspector. */
export interface RuntimeControl {
  readonly name: string;
  /**
   * Evaluates an expression in the process, and opens its inspector for that if it is closed.
   * @returns its value, which survives JSON
   * @throws Error when the process is gone, or no Node, or does not answer in time, or the expression throws
   */
  evaluate(expression: string): Promise<Json>;
  isInspected(): boolean;
  /** Does nothing when it is closed. */
  closeInspector(): Promise<void>;
  state(): Promise<InstanceState>;
  /** Starts it again and waits until it answers; does nothing when it runs. */
  restart(): Promise<void>;
}

/** `clock`: the clock of one instance of a service. */
export interface ClockControl {
  readonly name: string;
  /** @param aheadMs of ours; negative is behind, 0 as it should be */
  setClock(aheadMs: number): Promise<void>;
  /** By how much an answer of the service says that its clock is ahead, to a second; undefined without such an answer. */
  clockAheadMs(deadlineMs: number): Promise<number | undefined>;
}

/** `limits`: what the kernel lets one instance have. */
export interface LimitsControl {
  readonly name: string;
  /**
   * Lets it have so much more, and no more than that: descriptors each of its processes; bytes all of them together,
   * where the kernel can count them so, and each of them where not.
   */
  limit(resource: LimitedResource, spare: number): Promise<void>;
  /** Puts the limits back to what they were; does nothing when nothing was changed. */
  restoreLimit(resource: LimitedResource): Promise<void>;
  undoLimit(resource: LimitedResource): readonly UndoStep[];
  /** Of its root process, or of the group that it is in. */
  usage(resource: LimitedResource): Promise<LimitedUsage>;
  state(): Promise<InstanceState>;
  /** Starts it again and waits until it answers; does nothing when it runs. */
  restart(): Promise<void>;
}

/** What is used of a resource, and may be used. */
export interface LimitedUsage {
  readonly used: number;
  /** Undefined where the kernel does not tell. */
  readonly limit?: string;
  /** The limit is not what it was. */
  readonly isChanged: boolean;
  /** How many processes the kernel killed for want of memory, where it counts them. */
  readonly killed?: number;
}

/** What the kernel limits. */
export type LimitedResource = "descriptors" | "memory";

/** `redis`: one Redis server, past the proxies. Every call has a deadline of its own. */
export interface RedisControl {
  readonly name: string;
  /** On a connection that was opened when the server was ready: a server that takes nobody any more still listens to it. */
  admin(...command: readonly string[]): Promise<RedisReply>;
  /** On a connection of its own, as any client's would be. @throws with the server's words */
  ask(...command: readonly string[]): Promise<RedisReply>;
  /** What the server says to a new connection without being asked anything: nothing, unless it turns it away. */
  firstWords(withinMs: number): Promise<string>;
  /** A setting as it was when the server was ready. */
  original(setting: string): string;
  /** Which commands the user `default` might give when the server was ready, as rules: `+@all`. */
  originalCommandRules(): readonly string[];
  /** What stands in the journal for these commands; nothing where the server ends with the run. */
  undo(...commands: readonly RedisCommand[]): readonly UndoStep[];
}
export type RedisCommand = readonly string[];
export type RedisReply = string | number | null | readonly RedisReply[];

/** `postgres`: one Postgres server, past the proxies, as its superuser. Every call has a deadline of its own. */
export interface PostgresControl {
  readonly name: string;
  /** The database and the role of the application. */
  readonly database: string;
  readonly user: string;
  /** In the application's database, each statement for itself. @returns the rows of the last one */
  admin(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * The same on a connection that stays open, for what is asked again and again. One that broke is made anew at the next call.
   * @returns the rows
   */
  inspect(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** On a connection of its own, logged in as the application. @returns the error's SQLSTATE; undefined when it worked */
  ask(statement: string): Promise<string | undefined>;
  /**
   * Runs statements in a transaction that stays open under this name; nothing when there is one of this name already.
   * @returns the process id of its backend
   */
  hold(name: string, as: "application" | "superuser", ...statements: readonly string[]): Promise<number>;
  /** Ends it, without effect. */
  release(name: string): Promise<void>;
  /** Whether it is still there: `lost` when the server has ended it. */
  held(name: string): "held" | "lost" | "none";
  /** What stands in the journal for these statements; nothing where the server ends with the run. */
  undo(...statements: readonly string[]): readonly UndoStep[];
  /** SIGKILL to one backend. */
  killBackend(pid: number): Promise<void>;
}

/** What an environment can do to a component or link; each is optional, and checked when the run is planned. */
export interface Capabilities {
  readonly network: LinkControl;
  readonly relay: RelayControl;
  readonly pause: PauseControl;
  readonly process: ProcessControl;
  readonly nic: NicControl;
  readonly rollout: RolloutControl;
  readonly runtime: RuntimeControl;
  readonly clock: ClockControl;
  readonly limits: LimitsControl;
  readonly redis: RedisControl;
  readonly postgres: PostgresControl;
}
export type CapabilityName = keyof Capabilities;

/** What a capability acts on. */
export const capabilityTargets: Readonly<Record<CapabilityName, "link" | "component">> = {
  network: "link",
  relay: "link",
  pause: "component",
  process: "component",
  nic: "component",
  rollout: "component",
  runtime: "component",
  clock: "component",
  limits: "component",
  redis: "component",
  postgres: "component",
};

/** Kinds of components that have it; all when absent. */
export const capabilityKinds: Readonly<Partial<Record<CapabilityName, readonly string[]>>> = {
  rollout: ["service", "container"],
  runtime: ["service"],
  clock: ["service"],
  redis: ["redis"],
  postgres: ["postgres"],
};
