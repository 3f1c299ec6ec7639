import type { Dispatcher } from "undici";
import { bytes } from "../model/quantities.ts";
import type { Draw, HttpOperation, HttpReply, HttpRequest } from "../model/workload.ts";
import type { Connection } from "./connection.ts";
import { endingAtDeadline, endingOf, endingOfBreak, endingOfBrokenRequest, endingWithout } from "./ending.ts";
import type { Flight, FlightEvents, FlightPlan } from "./flight.ts";
import type { Target } from "./target.ts";
import { badRequest, problemOfRequest, workloadThrew } from "./workload-fault.ts";

/** A longer body is not read to its end: it is `wrong`. */
const bodyLimitBytes = 1024 * 1024;

/** What all flights of one operation have in common. */
export interface HttpKind {
  readonly operation: HttpOperation;
  /** Where it stands in the scenario, as `workload.operations.buy`. */
  readonly where: string;
  readonly events: FlightEvents;
}

/** An operation that goes by HTTP: it waits in its target's queue for a connection, and collects its answer. */
export class HttpFlight implements Flight, Dispatcher.DispatchHandler {
  readonly plan: FlightPlan;
  dispatchedMs = Number.NaN;
  wireMs = Number.NaN;
  isSettled = false;
  readonly #kind: HttpKind;
  readonly #draw: Draw;
  readonly #target: Target;
  #connection: Connection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpReply["headers"] = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(plan: FlightPlan, draw: Draw, target: Target, kind: HttpKind) {
    this.plan = plan;
    this.#draw = draw;
    this.#target = target;
    this.#kind = kind;
  }

  get isOnWire(): boolean {
    return !Number.isNaN(this.wireMs);
  }

  start(): void {
    this.#target.offer(this);
  }

  /** Its turn has come. @returns whether it took the connection, which otherwise is still free */
  dispatchOn(connection: Connection): boolean {
    const request = this.#request();
    if (request === undefined) return false;
    this.#connection = connection;
    this.dispatchedMs = this.#kind.events.now();
    connection.dispatch(request, this);
    return true;
  }

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
    if (!this.isOnWire) this.wireMs = this.#kind.events.now();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpReply["headers"]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    this.#bytes += chunk.length;
    if (this.#bytes <= bodyLimitBytes) this.#chunks.push(chunk);
    else this.#kind.events.ended(this, endingWithout("wrong", `a body of more than ${bytes(bodyLimitBytes)}`));
  }

  onResponseEnd(): void {
    this.#controller = undefined;
    if (!this.isSettled) {
      const body = Buffer.concat(this.#chunks).toString();
      const { operation, events } = this.#kind;
      const reply = { status: this.#status, headers: this.#headers, body };
      const isLate = events.now() >= this.plan.expiresMs;
      events.ended(this, isLate ? endingAtDeadline(true) : endingOf(operation, reply, this.#draw));
    }
    this.#release(false);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error & { code?: unknown }): void {
    this.#controller = undefined;
    if (!this.isSettled) {
      const { events, where } = this.#kind;
      // The only error that is the request's own fault: the workload made one that HTTP cannot carry.
      if (error.code === "UND_ERR_INVALID_ARG") events.failed(badRequest(where, this.plan.id, error.message));
      events.ended(this, endingOfBrokenRequest(error, this.isOnWire, this.#status));
    }
    this.#release(true);
  }

  #request(): HttpRequest | undefined {
    const { operation, events, where } = this.#kind;
    try {
      const request = operation.request(this.#draw);
      const problem = problemOfRequest(request);
      if (problem === undefined) return request;
      events.failed(badRequest(where, this.plan.id, problem));
      events.ended(this, endingWithout("failed", problem));
    } catch (error) {
      events.failed(workloadThrew(where, this.plan.id, error));
      events.ended(this, endingOfBreak(error, false));
    }
    return undefined;
  }

  /** undici is done with it: its connection is free for another. Once for each flight that was dispatched. */
  #release(isBroken: boolean): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#target.release(connection, isBroken);
  }
}

/** One for all: a stack for each would cost more than the request. */
const settledError = new Error("the operation is settled");
