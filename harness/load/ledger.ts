import { type OperationRecord, outcomeCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import type { Tally } from "../model/tally.ts";
import type { Json } from "../model/units.ts";
import { isWrite, type Operation } from "../model/workload.ts";
import { type Ending, tooLarge } from "./ending.ts";
import type { Flight } from "./flight.ts";

/** Where the history goes. Each may throw a FaultlineError HISTORY_WRITE_FAILED. */
export interface HistorySink {
  append(record: OperationRecord): void;
  errorIndex(text: string): number;
  flush(): void;
}

/** Where the evidence goes that judgements keep. Each may throw a FaultlineError. */
export interface EvidenceSink {
  keep(id: number, evidence: Json): void;
  /** Counts evidence that was too large to be kept. */
  leftOut(): void;
  flush(): void;
}

/** Gives every operation exactly one record, and counts. */
export class Ledger {
  readonly #sink: HistorySink;
  readonly #evidence: EvidenceSink | undefined;
  readonly #tally: Tally;
  #recorded = 0;
  #recentOk = new Histogram();
  #dispatched = 0;

  constructor(sink: HistorySink, tally: Tally, evidence?: EvidenceSink) {
    this.#sink = sink;
    this.#evidence = evidence;
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

  /** What was recorded until now survives the death of the process. */
  flush(): void {
    this.#sink.flush();
    this.#evidence?.flush();
  }

  /** @throws what the history's writer throws; the operation is counted nevertheless */
  record(flight: Flight, operation: Operation, ending: Ending, endMs: number): void {
    const { target, session, key, phase, id, intendedMs } = flight.plan;
    const writes = isWrite(operation.effect) || operation.effect === "insert";
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
      flags: ending.flags,
    });
    if (ending.evidence === tooLarge) this.#evidence?.leftOut();
    else if (ending.evidence !== undefined) this.#evidence?.keep(id, ending.evidence);
  }
}
