import type { GeneratorReport } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import { Tally } from "../model/tally.ts";
import { type Draw, inFlightBound, type NamedOperation, operationsOf, peakOf } from "../model/workload.ts";
import { CallFlight, UnsettledCalls } from "./call-flight.ts";
import { Deadlines } from "./deadlines.ts";
import { type Ending, endingAtDeadline, endingAtStop, endingWithout } from "./ending.ts";
import type { Flight, FlightEvents, FlightPlan } from "./flight.ts";
import { HttpFlight } from "./http-flight.ts";
import { Ledger } from "./ledger.ts";
import type { LoadOptions } from "./options.ts";
import { SelfCheck } from "./self-check.ts";
import { Target } from "./target.ts";

/** The loop never sleeps longer, so that a stall of the process shows even when nothing is due. */
const longestSleepMs = 20;
/** The history is at most this far behind when the process is killed; the screen too. */
const flushEveryMs = 200;
/** Connections to one entry instance, unless the in-flight bound is lower: more than any user population waits for. */
const mostConnections = 512;
/** Calls of `perform` have so long to settle after the load is over. */
const settlesWithinMs = 1000;

/**
 * The open loop: a clockwork that takes up what is due, sweeps what has expired, and settles each operation once.
 * Whatever happens to an operation on its way comes in as an event of its flight.
 */
export class Generator implements FlightEvents {
  readonly #options: LoadOptions;
  readonly #operations: readonly NamedOperation[];
  readonly #flightOf: readonly ((plan: FlightPlan) => Flight)[];
  readonly #targets: readonly Target[];
  readonly #mostInFlight: number;
  readonly #deadlines = new Deadlines();
  readonly #calls = new UnsettledCalls();
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
    this.#operations = operationsOf(workloads);
    const longestMs = Math.max(...this.#operations.map(({ operation }) => operation.deadline));
    this.#mostInFlight = inFlightBound(
      workloads.reduce((sum, { perSecond }) => sum + peakOf(perSecond), 0),
      longestMs,
    );
    const connections = options.connections ?? Math.min(mostConnections, this.#mostInFlight);
    const now = (): number => options.now();
    this.#targets = targets.map((address) => new Target({ address, connections, connectWithinMs: longestMs, now }));
    this.#flightOf = this.#operations.map((named) => this.#makerOf(named));
    this.#ledger = new Ledger(writer, options.tally ?? new Tally(this.#operations.length), options.evidence);
    this.#selfCheck = new SelfCheck(startMs);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const wake = (): void => this.#sleep(0);
    signal.addEventListener("abort", wake);
    try {
      this.#sleep(0);
      await this.#finished.promise;
      if (!this.#isWriterBroken) this.#ledger.flush();
      await this.#calls.settled(settlesWithinMs);
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
    return {
      planned: this.#next,
      recorded,
      dispatched,
      overflow,
      unsettled: this.#calls.count,
      ...this.#selfCheck.report(),
    };
  }

  now(): number {
    return this.#options.now();
  }
  ended(flight: Flight, ending: Ending): void {
    this.#settle(flight, ending);
  }
  /** The first failure ends the load, on a turn of its own: this may be deep inside a callback of undici. */
  failed(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#sleep(0);
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
    const { deadline } = this.#operations[operation]!.operation;
    const intendedMs = this.#dueMs(id);
    const expiresMs = intendedMs + deadline;
    const flight = this.#flightOf[operation]!({ id, operation, session, key, phase, target, intendedMs, expiresMs });
    // A call that does not settle keeps its place: it may hold a connection, or anything.
    const isOverflow = Math.max(this.#inFlight, this.#calls.count) >= this.#mostInFlight;
    this.#selfCheck.took(intendedMs, nowMs, isOverflow);
    this.#inFlight += 1;
    if (isStopping) {
      this.#settle(flight, endingAtStop(false));
    } else if (isOverflow) {
      this.#settle(flight, endingWithout("overflow", "too many operations in flight"));
    } else {
      this.#deadlines.add(flight, deadline);
      flight.start();
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
      this.#ledger.record(flight, this.#operations[flight.plan.operation]!.operation, ending, endMs);
    } catch (error) {
      this.#isWriterBroken = true;
      this.failed(error);
    }
  }

  #flushInTime(nowMs: number): void {
    if (nowMs - this.#flushedMs < flushEveryMs) return;
    this.#flushedMs = nowMs;
    this.#tellProgress();
    try {
      this.#ledger.flush();
    } catch (error) {
      this.#isWriterBroken = true;
      this.failed(error);
    }
  }

  #tellProgress(): void {
    const { arrivals, onProgress } = this.#options;
    const counts = {
      planned: arrivals.count,
      due: this.#next,
      inFlight: this.#inFlight,
      counts: this.#ledger.counts,
      recentOk: this.#ledger.takeRecentOk(),
    };
    try {
      onProgress?.(counts);
    } catch {
      // An observer may fail without failing the run.
    }
  }

  /** The one place that knows of kinds of operations. */
  #makerOf({ name, operation }: NamedOperation): (plan: FlightPlan) => Flight {
    const { runToken, targets } = this.#options;
    const drawOf = ({ id, key, session }: FlightPlan): Draw => ({ id, key, session, token: `${runToken}-${id}` });
    if (operation.perform !== undefined) {
      const kinds = targets.map((address) => ({ operation, address, calls: this.#calls, events: this }));
      return (plan) => new CallFlight(plan, drawOf(plan), kinds[plan.target]!);
    }
    const kind = { operation, where: `workload.operations.${name}`, events: this };
    return (plan) => new HttpFlight(plan, drawOf(plan), this.#targets[plan.target]!, kind);
  }
}
