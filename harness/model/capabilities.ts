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
  /** Asks the component at the other end for a sign of life, through the proxy. */
  probe(deadlineMs: number): Promise<ProbeResult>;
}

/** What the kernel says of a process. */
export type ProcessState = "running" | "stopped" | "dead";

/** `process`: one instance with all processes that belong to it. */
export interface ProcessControl {
  readonly name: string;
  /** SIGKILL, without warning, to the whole tree; returns when all of it is gone. */
  kill(): Promise<void>;
  /** Starts it again with the same arguments and waits until it answers; does nothing when it runs. */
  restart(): Promise<void>;
  /** SIGSTOP to the whole tree. */
  pause(): Promise<void>;
  /** SIGCONT to the whole tree. */
  resume(): Promise<void>;
  undoPause(): UndoStep;
  /** The state of the tree: `stopped` only when every process is; and the pid of its root. */
  state(): { readonly state: ProcessState; readonly pid: number };
}

/** What an environment can do to a component or link; each is optional, and checked when the run is planned. */
export interface Capabilities {
  readonly network: LinkControl;
  readonly process: ProcessControl;
}
export type CapabilityName = keyof Capabilities;

/** What a capability acts on. */
export const capabilityTargets: Readonly<Record<CapabilityName, "link" | "component">> = {
  network: "link",
  process: "component",
};
