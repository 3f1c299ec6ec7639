import type { Capabilities, CapabilityName, Measured } from "./capabilities.ts";
import type { Problem } from "./errors.ts";
import type { UndoStep } from "./undo.ts";
import type { Duration, Json } from "./units.ts";

/** A fault on a named target, as a scenario states it and as a schedule stores it. */
export interface FaultSpec<Target extends string = string> {
  readonly kind: string;
  readonly target: Target;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** A fault, when it strikes, and for how long. Times are relative to the start of the phase `faults`. */
export interface Injection<Target extends string = string> {
  readonly at: Duration;
  readonly lasting: Duration;
  readonly inject: FaultSpec<Target>;
}

/** An injection of the drawn schedule: plain JSON. */
export interface ScheduledInjection extends FaultSpec {
  /** `i1`, `i2`, … in the order of the schedule. */
  readonly id: string;
  readonly atMs: number;
  readonly lastingMs: number;
  /** The links or instances that the target stands for. */
  readonly acts: readonly string[];
  /** In words, for people: `partition api->cache`. */
  readonly title: string;
}

/** What was seen of a fault at one moment, on the path that it acts on; `unclear` proves neither that it acts nor that it is gone. */
export interface Observation {
  readonly state: "acting" | "absent" | "unclear";
  readonly measured: Measured;
}

/**
 * One kind of fault. All of it is idempotent: `heal` after a half `inject`, twice, or without one is harmless.
 * Where `Name` says which capability it needs, the engine hands it the control of each link or instance in turn.
 */
export interface FaultKind<Name extends CapabilityName = CapabilityName> {
  readonly kind: string;
  readonly needs: Name;
  /** One line for `list --faults` and the report. */
  readonly summary: string;
  /** Parameters that it accepts: for the list of faults, and for the suite that every kind must pass. */
  readonly example: Readonly<Record<string, Json>>;
  /** How it is proven to act, in one line; when that is no longer so, it is healed. */
  readonly receipt: string;
  /** What it may leave behind, and how that is undone. */
  readonly residue: string;
  /** What is done again and again while it lasts; the engine does it, and has ended before it heals. */
  readonly sustain?: {
    everyMs(parameters: Readonly<Record<string, Json>>): number;
    act(control: Capabilities[Name], injection: ScheduledInjection): Promise<void>;
  };
  /** Wrong parameters, with `where` relative to the injection. */
  problems(parameters: Readonly<Record<string, Json>>): readonly Problem[];
  /** In words, as `latency 200 ms on api->cache`. */
  title(spec: FaultSpec): string;
  /** Written to the journal before `inject`. Empty when ending the processes of the run is all there is to do. */
  undo(control: Capabilities[Name], injection: ScheduledInjection): readonly UndoStep[];
  inject(control: Capabilities[Name], injection: ScheduledInjection): Promise<void>;
  heal(control: Capabilities[Name], injection: ScheduledInjection): Promise<void>;
  /** Measures whether it acts now. Called before, during and after. */
  observe(control: Capabilities[Name], injection: ScheduledInjection): Promise<Observation>;
}

/** Measured evidence that an injection really acted, and that its heal really healed. Times on the run's clock. */
export interface Receipt {
  readonly injection: string;
  /** The link or instance. */
  readonly on: string;
  readonly requestedMs: number;
  /** When it was first seen acting; absent when it never was. */
  readonly provenMs?: number;
  readonly healRequestedMs?: number;
  readonly healProvenMs?: number;
  readonly before: Measured;
  readonly during?: Measured;
  readonly after?: Measured;
  /** What went wrong, when something did. */
  readonly error?: string;
}
