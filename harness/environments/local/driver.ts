import type { Capabilities } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { Health } from "../../model/events.ts";
import type { ComponentDefinition } from "../../model/system.ts";
import type { Greeting } from "../../network/probe.ts";

/** The programs that this environment starts, and where they were found. */
export interface LocalTools {
  /** The folder of `postgres` and `initdb`, readable for `unprivileged`. */
  readonly postgresFolder: string;
  readonly redisServer: string;
  readonly toxiproxyServer: string;
  /** Program → version. */
  readonly versions: Readonly<Record<string, string>>;
  /** A folder that outlives runs, for the template of an empty database. */
  readonly cache: string;
  /** Whom servers run as that refuse to run as root; absent when we are not root. */
  readonly unprivileged?: { readonly uid: number; readonly gid: number };
}

/** How to start a process. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

/** One instance of a component, as its driver sees it. */
export interface InstanceContext {
  readonly component: string;
  readonly instance: string;
  readonly definition: ComponentDefinition;
  /** Where it listens. */
  readonly address: Address;
  /** What its links told it: environment variable → address of its own proxy. */
  readonly links: Readonly<Record<string, string>>;
  /** Whose clock can be set, and by which file; absent when that is not needed. */
  readonly clock?: { readonly library: string; readonly offsets: string };
  /** A folder of its own. */
  readonly folder: string;
  readonly tools: LocalTools;
}

/** What can be done to a server of some kind besides what can be done to any process. */
export type OpenControls = Pick<Capabilities, "redis" | "postgres">;

/** Controls that hold connections. */
export interface OpenedControls {
  readonly controls: Partial<OpenControls>;
  /** Everything about its configuration that a fault might change. */
  snapshot(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** How components of one kind are started as local processes. A new kind is one file and one line in `drivers.ts`. */
export interface Driver {
  readonly kind: string;
  /** How it is asked to end at the end of a run, and how long it may take before it is killed. */
  readonly farewell: { readonly signal: NodeJS.Signals; readonly graceMs: number };
  /** Run once before the first instance of a component starts; to its end. */
  before?(context: InstanceContext): Launch | undefined;
  /** Makes its folder ready and says how to start it. Called before each start, so it must repeat well. */
  prepare(context: InstanceContext): Promise<Launch>;
  /** A real answer, not an open port. */
  isReady(context: InstanceContext, deadlineMs: number): Promise<boolean>;
  /** Run once, when it was ready for the first time. */
  initialise?(context: InstanceContext): Promise<void>;
  /** Run once, when it is ready for use. @param kill SIGKILL to one process of its tree */
  openControls?(context: InstanceContext, kill: (pid: number) => void): Promise<OpenedControls>;
  /** What an instance says of itself; absent for kinds that say nothing. Never rejects. */
  health?(context: InstanceContext, deadlineMs: number): Promise<Health>;
  /** The time by an instance's own clock, in ms since 1970; absent for kinds that do not tell it. Never rejects. */
  date?(context: InstanceContext, deadlineMs: number): Promise<number | undefined>;
  /** The sign of life that probes ask for. */
  greeting(definition: ComponentDefinition): Greeting;
}
