import type { Ending } from "./ending.ts";

/** Where an operation of the plan stands in it. */
export interface FlightPlan {
  readonly id: number;
  /** Index of its kind. */
  readonly operation: number;
  readonly session: number;
  readonly key: number;
  readonly phase: number;
  readonly target: number;
  /** On the run's clock. */
  readonly intendedMs: number;
  /** Its deadline, on the run's clock. */
  readonly expiresMs: number;
}

/** One operation on its way, from its due time to its outcome. It notes the times and tells its end; HTTP or any call. */
export interface Flight {
  readonly plan: FlightPlan;
  /** When it was handed to a connection; `NaN` until then. */
  readonly dispatchedMs: number;
  /** When its first byte was written; `NaN` until then. */
  readonly wireMs: number;
  readonly isOnWire: boolean;
  readonly isSettled: boolean;
  /** Sends it, or lets it wait for its turn. */
  start(): void;
  /** It has its outcome: lets go of everything that it holds, since nothing that is settled may stay alive. */
  settle(): void;
}

/** What a flight tells the generator. */
export interface FlightEvents {
  now(): number;
  /** How it ended, by itself. May come after it was settled, and then means nothing. */
  ended(flight: Flight, ending: Ending): void;
  /** The workload itself is at fault, which ends the load. */
  failed(error: Error): void;
}
