import type { Address } from "../model/environment.ts";
import { type AsyncOperation, type Draw, NotExecuted } from "../model/workload.ts";
import { endingAtDeadline, endingOfBreak, judged } from "./ending.ts";
import type { Flight, FlightEvents, FlightPlan } from "./flight.ts";

/** What all calls have in common. */
export interface CallKind {
  readonly operation: AsyncOperation;
  readonly address: Address;
  readonly calls: UnsettledCalls;
  readonly events: FlightEvents;
}

/** Calls of `perform` that have not settled. An operation has its outcome at its deadline; its promise may live on. */
export class UnsettledCalls {
  #count = 0;
  #whenNone: (() => void) | undefined;

  get count(): number {
    return this.#count;
  }
  began(): void {
    this.#count += 1;
  }
  ended(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#whenNone?.();
  }

  /** Returns when all have settled, and at the latest after so long. */
  async settled(withinMs: number): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#whenNone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** An operation that is an async function of the workload's own. It is on the wire when it is called. */
export class CallFlight implements Flight {
  readonly plan: FlightPlan;
  dispatchedMs = Number.NaN;
  wireMs = Number.NaN;
  isSettled = false;
  readonly #draw: Draw;
  readonly #kind: CallKind;
  readonly #abort = new AbortController();

  constructor(plan: FlightPlan, draw: Draw, kind: CallKind) {
    this.plan = plan;
    this.#draw = draw;
    this.#kind = kind;
  }

  get isOnWire(): boolean {
    return !Number.isNaN(this.wireMs);
  }

  start(): void {
    this.#kind.calls.began();
    this.dispatchedMs = this.#kind.events.now();
    this.wireMs = this.dispatchedMs;
    void this.#perform().finally(() => this.#kind.calls.ended());
  }

  settle(): void {
    this.isSettled = true;
    // Only tells anything to a call that is still under way.
    this.#abort.abort(settledError);
  }

  /** Never rejects. */
  async #perform(): Promise<void> {
    const { operation, address, events } = this.#kind;
    const call = { target: address, signal: this.#abort.signal };
    try {
      const judgement = await operation.perform(this.#draw, call);
      const isLate = events.now() >= this.plan.expiresMs;
      events.ended(this, isLate ? endingAtDeadline(true) : judged(judgement, operation.effect, "perform"));
    } catch (error) {
      events.ended(this, endingOfBreak(error, !(error instanceof NotExecuted)));
    }
  }
}

/** One for all: a stack for each would cost more than the call. */
const settledError = new DOMException(
  "the operation is over: its deadline has come, or the run has ended",
  "AbortError",
);
