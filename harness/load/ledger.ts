import { type OperationRecord, outcomeCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import type { Tally } from "../model/tally.ts";
import type { Operation } from "../model/workload.ts";
import type { Ending } from "./ending.ts";
import type { Flight } from "./flight.ts";

/** Where the history goes. Each may throw a FaultlineError HISTORY_WRITE_FAILED. */
export interface HistorySink {
  append(record: OperationRecord): void;
  errorIndex(text: string): number;
  flush(): void;
}

/** Gives every operation exactly one record, and counts. */
export class Ledger {
  readonly #sink: HistorySink;
  readonly #tally: Tally;
  #recorded = 0;
  #recentOk = new Histogram();
  #dispatched = 0;

  constructor(sink: HistorySink, tally: Tally) {
    this.#sink = sink;
    this.#tally = tally;
  }

  /** How many ended with each outcome, by outcome code. */
  get counts(): readonly number[] {
    return this.#tally.byOutcome();
  }
  get recorded(): number {
    return this.#recorded;
  }
  /** Operations that were handed to a connection. */
  get dispatched(): number {
    return this.#dispatched;
  }

  /** How long those took that ended ok since this was asked last, in ms from when they were due. */
  takeRecentOk(): Histogram {
    const recent = this.#recentOk;
    this.#recentOk = new Histogram();
    return recent;
  }

  /** @throws what the history's writer throws; the operation is counted nevertheless */
  record(flight: Flight, operation: Operation, ending: Ending, endMs: number): void {
    const { target, session, key, phase, id, intendedMs } = flight.plan;
    const writes = operation.effect === "write" || operation.effect === "insert";
    const outcome = outcomeCode(ending.outcome);
    this.#recorded += 1;
    this.#tally.add(flight.plan.operation, outcome);
    if (ending.outcome === "ok") this.#recentOk.record(endMs - intendedMs);
    if (!Number.isNaN(flight.dispatchedMs)) this.#dispatched += 1;
    this.#sink.append({
      id,
      operation: flight.plan.operation,
      session,
      key,
      target,
      phase,
      granted: ending.granted,
      outcome,
      error: ending.detail === "" ? 0 : this.#sink.errorIndex(ending.detail),
      value: writes ? id : ending.value,
      version: ending.version,
      intendedMs,
      dispatchedMs: flight.dispatchedMs,
      wireMs: flight.wireMs,
      endMs,
    });
  }
}
