import type { Capabilities } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import type { Health } from "../model/events.ts";
import type { ComponentDefinition } from "../model/system.ts";
import type { Greeting } from "../network/probe.ts";

/** One instance of a component, wherever it runs. */
export interface InstanceFacts {
  readonly component: string;
  readonly instance: string;
  readonly definition: ComponentDefinition;
  /** Where it is reached, past the proxies. */
  readonly address: Address;
  /** What its links told it: environment variable → address of its own proxy. */
  readonly links: Readonly<Record<string, string>>;
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

/**
 * What components of one kind say, and what can be said to them, wherever they run; how they are started is up to each
 * environment. A new kind is one file and one line in `environments/kinds/kinds.ts`, and what each environment needs to start it.
 */
export interface ComponentKind {
  readonly kind: string;
  /** A real answer, not an open port. */
  isReady(instance: InstanceFacts, deadlineMs: number): Promise<boolean>;
  /** Run once, when it was ready for the first time. */
  initialise?(instance: InstanceFacts): Promise<void>;
  /** Run once, when it is ready for use. @param kill SIGKILL to one of its processes, by the number that it goes by itself */
  openControls?(instance: InstanceFacts, kill: (pid: number) => Promise<void>): Promise<OpenedControls>;
  /** What an instance says of itself; absent for kinds that say nothing, undefined where this one does not. Never rejects. */
  health?(instance: InstanceFacts, deadlineMs: number): Promise<Health | undefined>;
  /** The time by an instance's own clock, in ms since 1970; absent for kinds that do not tell it. Never rejects. */
  date?(instance: InstanceFacts, deadlineMs: number): Promise<number | undefined>;
  /** The sign of life that probes ask for. */
  greeting(definition: ComponentDefinition): Greeting;
}
