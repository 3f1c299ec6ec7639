import type { Dispatcher } from "undici";
import type { HttpReply } from "../model/workload.ts";

/** A longer body is not read to its end: it is `wrong`. */
export const bodyLimitBytes = 1024 * 1024;

/** What a flight tells the generator; each may come after the flight was settled. */
export interface FlightEvents {
  now(): number;
  /** The answer is complete. */
  answered(flight: Flight, reply: HttpReply): void;
  /** The body is longer than the limit. */
  flooded(flight: Flight): void;
  /** The connection could not be made, or broke. */
  broke(flight: Flight, error: Error): void;
  /** undici is done with it: its connection is free for another. Once for each flight that was dispatched. */
  released(flight: Flight): void;
}

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

/** One operation on its way, from its due time to its outcome: it notes the times and collects the answer. */
export class Flight implements Dispatcher.DispatchHandler {
  readonly plan: FlightPlan;
  /** When it was handed to a connection; `NaN` until then. */
  dispatchedMs = Number.NaN;
  /** When its first byte was written; `NaN` until then. */
  wireMs = Number.NaN;
  isSettled = false;
  readonly #events: FlightEvents;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpReply["headers"] = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(plan: FlightPlan, events: FlightEvents) {
    this.plan = plan;
    this.#events = events;
  }

  get isOnWire(): boolean {
    return !Number.isNaN(this.wireMs);
  }

  /** Lets go of everything that it holds, its connection included: once settled, nothing may stay alive. */
  settle(): void {
    this.isSettled = true;
    this.#chunks = [];
    this.#controller?.abort(settledError);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Expired while the connection was being made: nothing has been written, and nothing will be.
    if (this.isSettled) {
      controller.abort(settledError);
      return;
    }
    this.#controller = controller;
    if (!this.isOnWire) this.wireMs = this.#events.now();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpReply["headers"]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    this.#bytes += chunk.length;
    if (this.#bytes > bodyLimitBytes) this.#events.flooded(this);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#controller = undefined;
    if (!this.isSettled) {
      const body = Buffer.concat(this.#chunks).toString();
      this.#events.answered(this, { status: this.#status, headers: this.#headers, body });
    }
    this.#events.released(this);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#controller = undefined;
    if (!this.isSettled) this.#events.broke(this, error);
    this.#events.released(this);
  }
}

/** One for all: a stack for each would cost more than the request. */
const settledError = new Error("the operation is settled");
