import type { GeneratorReport } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import {
  type Draw,
  type HttpOperation,
  type HttpReply,
  type HttpRequest,
  inFlightBound,
  type Operation,
  operationsOf,
  peakOf,
} from "../model/workload.ts";
import { Deadlines } from "./deadlines.ts";
import { type Ending, endingAtDeadline, endingAtStop, endingOf, endingOfBreak, endingWithout } from "./ending.ts";
import { bodyLimitBytes, Flight, type FlightEvents } from "./flight.ts";
import { Ledger } from "./ledger.ts";
import type { LoadOptions } from "./options.ts";
import { SelfCheck } from "./self-check.ts";
import { Target } from "./target.ts";
import { workloadThrew } from "./workload-threw.ts";

/** The loop never sleeps longer, so that a stall of the process shows even when nothing is due. */
const longestSleepMs = 20;
/** The history is at most this far behind when the process is killed; the screen too. */
const flushEveryMs = 200;
/** Connections to one entry instance, unless the in-flight bound is lower: more than any user population waits for. */
const mostConnections = 512;

/**
 * The open loop: a clockwork that takes up what is due, sweeps what has expired, and settles each operation once.
 * Whatever happens to a request comes in as an event of its flight.
 */
export class Generator implements FlightEvents {
  readonly #options: LoadOptions;
  readonly #names: readonly string[];
  readonly #operations: readonly HttpOperation[];
  readonly #targets: readonly Target[];
  readonly #mostInFlight: number;
  readonly #deadlines = new Deadlines();
  readonly #ledger: Ledger;
  readonly #selfCheck: SelfCheck;
  readonly #finished = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #next = 0;
  #inFlight = 0;
  #flushedMs = Number.NEGATIVE_INFINITY;
  #failure: { readonly error: unknown } | undefined;
  #isWriterBroken = false;

  constructor(options: LoadOptions) {
    const { workloads, targets, writer, startMs } = options;
    this.#options = options;
    const operations = operationsOf(workloads);
    this.#names = operations.map(({ name }) => name);
    this.#operations = operations.map(({ operation }) => httpOnly(operation));
    const longestMs = Math.max(...this.#operations.map(({ deadline }) => deadline));
    this.#mostInFlight = inFlightBound(
      workloads.reduce((sum, { perSecond }) => sum + peakOf(perSecond), 0),
      longestMs,
    );
    const connections = options.connections ?? Math.min(mostConnections, this.#mostInFlight);
    const requestOf = (flight: Flight): HttpRequest | undefined => this.#requestOf(flight);
    const now = (): number => options.now();
    this.#targets = targets.map(
      (address) => new Target({ address, connections, connectWithinMs: longestMs, now, requestOf }),
    );
    this.#ledger = new Ledger(writer);
    this.#selfCheck = new SelfCheck(startMs);
  }

  async run(): Promise<void> {
    const { signal, writer } = this.#options;
    const wake = (): void => this.#sleep(0);
    signal.addEventListener("abort", wake);
    try {
      this.#sleep(0);
      await this.#finished.promise;
      if (!this.#isWriterBroken) writer.flush();
    } finally {
      clearTimeout(this.#timer);
      signal.removeEventListener("abort", wake);
      await Promise.all(this.#targets.map((target) => target.close()));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#tellProgress();
  }

  /** @throws Error when not every operation that was due has exactly one outcome */
  report(): GeneratorReport {
    const { recorded, dispatched, counts } = this.#ledger;
    const sum = counts.reduce((total, count) => total + count, 0);
    if (recorded !== this.#next || sum !== recorded || this.#inFlight !== 0) {
      throw new Error(`operations were lost: ${this.#next} were due, ${recorded} recorded, ${sum} counted`);
    }
    const overflow = counts[outcomeCode("overflow")]!;
    return { planned: this.#next, recorded, dispatched, overflow, unsettled: 0, ...this.#selfCheck.report() };
  }

  now(): number {
    return this.#options.now();
  }
  answered(flight: Flight, reply: HttpReply): void {
    const isLate = this.now() >= flight.plan.expiresMs;
    const ending = isLate ? endingAtDeadline(true) : endingOf(this.#operationOf(flight), reply, this.#drawOf(flight));
    this.#settle(flight, ending);
  }
  flooded(flight: Flight): void {
    this.#settle(flight, endingWithout("wrong", `a body of more than ${bodyLimitBytes} bytes`));
  }
  broke(flight: Flight, error: Error & { code?: unknown }): void {
    // The only error that is the request's own fault: the workload made one that HTTP cannot carry.
    if (error.code === "UND_ERR_INVALID_ARG") this.#fail(this.#workloadThrew(flight, error));
    this.#settle(flight, endingOfBreak(error, flight.isOnWire));
  }
  released(flight: Flight): void {
    this.#targets[flight.plan.target]?.release();
  }

  /** One turn: settle what has expired, take up what is due, sleep until the next of either. */
  #tick(): void {
    const nowMs = this.now();
    this.#selfCheck.awake(nowMs);
    this.#deadlines.sweep(nowMs, (flight) => this.#settle(flight, endingAtDeadline(flight.isOnWire)));
    const isStopping = this.#options.signal.aborted || this.#failure !== undefined;
    const { count } = this.#options.arrivals;
    while (this.#next < count && this.#dueMs(this.#next) <= nowMs) this.#takeUp(nowMs, isStopping);
    if (isStopping) {
      for (const flight of this.#deadlines.unsettled()) this.#settle(flight, endingAtStop(flight.isOnWire));
    } else {
      this.#flushInTime(nowMs);
    }
    if (this.#inFlight === 0 && (isStopping || this.#next === count)) {
      this.#finished.resolve();
      return;
    }
    const nextDueMs = this.#next < count ? this.#dueMs(this.#next) : Number.POSITIVE_INFINITY;
    const wakeMs = Math.min(nextDueMs, this.#deadlines.nextMs(), nowMs + longestSleepMs);
    this.#sleep(Math.max(0, Math.floor(wakeMs - this.now())));
  }

  /** Timers are a millisecond coarse, and every turn takes up all that is due by then. */
  #sleep(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #dueMs(id: number): number {
    return this.#options.startMs + this.#options.arrivals.dueMs[id]!;
  }

  #takeUp(nowMs: number, isStopping: boolean): void {
    const { arrivals } = this.#options;
    const id = this.#next;
    this.#next += 1;
    const session = arrivals.session[id]!;
    const target = session % this.#targets.length;
    const [operation, key, phase] = [arrivals.operation[id]!, arrivals.key[id]!, arrivals.phase[id]!];
    const { deadline } = this.#operations[operation]!;
    const intendedMs = this.#dueMs(id);
    const expiresMs = intendedMs + deadline;
    const flight = new Flight({ id, operation, session, key, phase, target, intendedMs, expiresMs }, this);
    const isOverflow = this.#inFlight >= this.#mostInFlight;
    this.#selfCheck.took(intendedMs, nowMs, isOverflow);
    this.#inFlight += 1;
    if (isStopping) {
      this.#settle(flight, endingAtStop(false));
    } else if (isOverflow) {
      this.#settle(flight, endingWithout("overflow", "too many operations in flight"));
    } else {
      this.#deadlines.add(flight, deadline);
      this.#targets[target]!.offer(flight);
    }
  }

  /** The one place where an operation ends. */
  #settle(flight: Flight, ending: Ending): void {
    if (flight.isSettled) return;
    const endMs = this.now();
    this.#inFlight -= 1;
    flight.settle();
    if (this.#isWriterBroken) return;
    try {
      this.#ledger.record(flight, this.#operationOf(flight), ending, endMs);
    } catch (error) {
      this.#isWriterBroken = true;
      this.#fail(error);
    }
  }

  /** The first failure ends the load, on a turn of its own: this may be deep inside a callback of undici. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#sleep(0);
  }

  #flushInTime(nowMs: number): void {
    if (nowMs - this.#flushedMs < flushEveryMs) return;
    this.#flushedMs = nowMs;
    this.#tellProgress();
    try {
      this.#options.writer.flush();
    } catch (error) {
      this.#isWriterBroken = true;
      this.#fail(error);
    }
  }

  #tellProgress(): void {
    const { arrivals, onProgress } = this.#options;
    const counts = { planned: arrivals.count, due: this.#next, inFlight: this.#inFlight, counts: this.#ledger.counts };
    try {
      onProgress?.(counts);
    } catch {
      // An observer may fail without failing the run.
    }
  }

  #operationOf(flight: Flight): HttpOperation {
    return this.#operations[flight.plan.operation]!;
  }

  #drawOf({ plan: { id, key, session } }: Flight): Draw {
    return { id, key, session, token: `${this.#options.runToken}-${id}` };
  }

  #requestOf(flight: Flight): HttpRequest | undefined {
    try {
      return this.#operationOf(flight).request(this.#drawOf(flight));
    } catch (error) {
      this.#fail(this.#workloadThrew(flight, error));
      this.#settle(flight, endingOfBreak(error, false));
      return undefined;
    }
  }

  #workloadThrew({ plan: { id, operation } }: Flight, cause: unknown): Error {
    return workloadThrew(`workload.operations.${this.#names[operation]}.request`, id, cause);
  }
}

function httpOnly(operation: Operation): HttpOperation {
  if (operation.perform !== undefined) throw new Error("operations with perform cannot be sent yet");
  return operation;
}
