import type { Address, Lack } from "../model/environment.ts";
import type { Health } from "../model/events.ts";
import type { ComponentDefinition } from "../model/system.ts";
import type { Greeting } from "../network/probe.ts";
import type { OpenControls, OpenedControls } from "./component-kind.ts";

/** A component that runs already, as its kind sees it. */
export interface AttachedInstance {
  readonly name: string;
  readonly address: Address;
  readonly definition: ComponentDefinition;
  /** A folder of the run's own, for what must not stand in its journal. */
  readonly scratch: string;
}

/**
 * What is known of components of one kind that run already. A new kind is one file and one line in
 * `environments/attach/kinds.ts`.
 */
export interface AttachDriver {
  readonly kind: string;
  /** Settings that are wrong: which, and what to give. */
  problems(settings: ComponentDefinition["settings"]): readonly { readonly setting: string; readonly remedy: string }[];
  /** The sign of life that probes ask for. */
  greeting(definition: ComponentDefinition): Greeting;
  /** What it says of itself; absent for kinds that say nothing. Never rejects. */
  health?(running: AttachedInstance, deadlineMs: number): Promise<Health>;
  /** What can be done to a server of this kind; opened only where a fault needs it. */
  readonly control?: {
    readonly capability: keyof OpenControls;
    /** Why there is none with these settings. */
    lack?(definition: ComponentDefinition): Lack | undefined;
    /** @throws when the server does not let us */
    open(running: AttachedInstance): Promise<OpenedControls>;
    /** What to do when it does not. */
    readonly remedy: string;
  };
}

export const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
