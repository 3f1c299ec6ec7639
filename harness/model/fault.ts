import type { Capabilities, CapabilityName, Measured } from "./capabilities.ts";
import type { Problem } from "./errors.ts";
import { type Milestone, milestoneTitle } from "./milestone.ts";
import { statedDuration, stretch } from "./quantities.ts";
import type { Random } from "./random.ts";
import type { LinkTraffic } from "./traffic.ts";
import type { UndoStep } from "./undo.ts";
import type { Duration, Json } from "./units.ts";

/** A fault on a named target, as a scenario states it and as a schedule stores it. */
export interface FaultSpec<Target extends string = string> {
  readonly kind: string;
  readonly target: Target;
  readonly parameters: Readonly<Record<string, Json>>;
  /** What is wrong with the options it was made from; absent where nothing is. Never in a schedule. */
  readonly problems?: readonly Problem[];
}

/** A fault, when it strikes, and for how long. Times are relative to the start of the phase `faults`. */
export interface Injection<Target extends string = string> {
  /** A time, or a window of which the seed picks a moment. Default 0 where there is a milestone, otherwise required. */
  readonly at?: Duration | { readonly from: Duration; readonly to: Duration };
  /** Strikes once this has been reached, counted from `at` on. */
  readonly after?: Milestone;
  readonly lasting: Duration;
  readonly inject: FaultSpec<Target>;
  /** On everything that the target names, or on one of it that the seed picks. Default `all`. */
  readonly on?: "all" | "one";
  /** What is wrong with the options it was made from; absent where nothing is. Never in a schedule. */
  readonly problems?: readonly Problem[];
}

/** Injections that the seed draws. */
export type DrawnInjections<Target extends string = string> = (random: Random) => readonly Injection<Target>[];

/** An injection of the drawn schedule: plain JSON. */
export interface ScheduledInjection extends FaultSpec {
  /** `i1`, `i2`, … in the order of the schedule. */
  readonly id: string;
  readonly atMs: number;
  /** Strikes once this has been reached, counted from `atMs` on. */
  readonly after?: Milestone;
  readonly lastingMs: number;
  /** The links or instances that the target stands for. */
  readonly acts: readonly string[];
  /** In words, for people: `partition api->cache`. */
  readonly title: string;
}

/** When it is to strike and for how long, in words: `0.5–8.5 s`, or `after 50 accepted buy, for 3 s`. */
export function timingOf({ atMs, after, lastingMs }: Pick<ScheduledInjection, "atMs" | "after" | "lastingMs">): string {
  if (after === undefined) return stretch(atMs, atMs + lastingMs);
  const from = atMs === 0 ? "" : ` from ${statedDuration(atMs)} on`;
  return `after ${milestoneTitle(after)}${from}, for ${statedDuration(lastingMs)}`;
}

/** An option of a kind of fault, for lists and documentation. */
export interface OptionInfo {
  readonly name: string;
  /** As `a number from 1 to 2000 kB/s`. */
  readonly allowed: string;
  readonly isRequired: boolean;
  /** Durations in ms. */
  readonly default?: Json;
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
  /**
   * Parameters with which a system is explored. Default: the example. None for a kind that must be told a name of the
   * system's own, and for one that no system is expected to survive.
   */
  readonly explored?: readonly Readonly<Record<string, Json>>[];
  /** Its place among the kinds that every operator meets sooner or later, from 1: exploring begins with those, in this order. */
  readonly everyday?: number;
  /** What proves that it acts, measured on the path that it acts on. */
  readonly receipt: string;
  /** How it is ended. */
  readonly healing: string;
  /** What it may leave behind, and how that is undone. */
  readonly residue: string;
  /**
   * Why it is only for servers that the run itself started: what it leaves could not be put back by whoever cleans up
   * after a run that was killed, or not at all.
   */
  readonly onlyOwn?: string;
  /** While it acts its target gives no answer, so that no other fault could be injected, proven or healed there. */
  readonly silences?: true;
  /**
   * What of a link's traffic can't be counted while it acts. `connections`: those that are refused leave nothing behind.
   * `replies`: what the other end sends is dropped, and never gets to the clients. `all`: the fault is traffic itself.
   */
  readonly uncounted?: "connections" | "replies" | "all";
  /** What is done again and again while it lasts; the engine does it, and has ended before it heals. */
  readonly sustain?: {
    everyMs(parameters: Readonly<Record<string, Json>>): number;
    act(control: Capabilities[Name], injection: ScheduledInjection): Promise<void>;
  };
  /** It acts at moments of the traffic that come when they come: its proof may come at any time while it lasts. */
  readonly waitsForMoment?: true;
  /**
   * The least time that it takes to prove that it acts, in ms, where that depends on its parameters or is long: an answer that
   * comes 6 s later is proven in 6 s. A fault that does not last longer is refused. Default 0.
   */
  provenAfterMs?(parameters: Readonly<Record<string, Json>>): number;
  /** The options that a scenario states, in the order in which they are listed. */
  readonly options: readonly OptionInfo[];
  /** Wrong parameters, with `where` the name of the option. */
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
  /** Of a fault on a link: what went over it. Absent where that can't be counted, and in runs of earlier versions. */
  readonly traffic?: LinkTraffic;
  /** What went wrong, when something did. */
  readonly error?: string;
}
