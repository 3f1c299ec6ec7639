import { setTimeout as sleepFor } from "node:timers/promises";
import { messageOf } from "../model/errors.ts";
import { FallWatch } from "../model/measure/falling.ts";
import { duration, statedDuration } from "../model/quantities.ts";
import type { Rest } from "../model/rest.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";
import { readAtRest, readGaugeValues } from "../schema/audit-answers.ts";
import type { SystemState } from "./watches.ts";

const pollMs = 100;
/** From the end of one reading of the gauges to the next: often enough for a fall, and next to no load. */
const gaugeEveryMs = 500;
/**
 * How long a mark that is on, or an instance that is not ready, is waited for once the audit sees the system at rest: a
 * breaker half-opens, a client reconnects and a probe is answered within seconds.
 */
const lingerMs = 8000;
/**
 * What does not fall at the limit is given so long to begin: a lock that runs out, or a retry on a busy machine, may be due
 * just then.
 */
const graceMs = 5000;
/** A reading that does not end on request is not waited for. */
const gaugesEndWithinMs = 1000;

/** What still falls at the limit gets up to twice the limit more, but at least and at most so much, in ms. */
const extraAtLeast = 10_000;
const extraAtMost = 60_000;

/** The longest that a system is waited for, in ms: while something still falls. */
export function longestRestMs(limitMs: number): number {
  return limitMs + Math.min(Math.max(2 * limitMs, extraAtLeast), extraAtMost) + lingerMs;
}

/** Time as it passes; a test has its own. */
export interface Clock {
  /** In ms. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }),
};

/** What the wait for rest needs. */
export interface RestOptions {
  /** Without one, only marks and readiness are waited for. */
  readonly audit: Audit | undefined;
  readonly context: AuditContext;
  readonly limitMs: number;
  /** The gauges of the steady phase; undefined where they were not read. */
  readonly steady: Readonly<Record<string, number>> | undefined;
  /** Marks and readiness now. */
  readonly state: () => SystemState;
  readonly clock?: Clock;
}

/** What the wait came to. */
export interface WaitedForRest {
  readonly rest: Rest;
  /** What the audit threw, which ended the wait. */
  readonly error?: unknown;
}

/**
 * Waits until nothing is under way any more, no mark is on and every instance is ready. When the time is up, it goes on
 * while a gauge or the value of a mark still falls, within `longestRestMs`.
 * @throws what the run was ended by meanwhile
 */
export async function waitForRest(options: RestOptions): Promise<WaitedForRest> {
  const { context, clock = realClock } = options;
  const wait = new RestWait(options, clock);
  try {
    while (!(await wait.look())) await clock.sleep(pollMs, context.signal);
    return { rest: await wait.end() };
  } catch (error) {
    // That the audit took too long is its own failure; anything else that aborts it ends the run.
    const { aborted, reason } = context.signal;
    if (aborted && !(reason instanceof DOMException && reason.name === "TimeoutError")) throw reason;
    return { rest: await wait.end(error), error };
  }
}

/** Why the run is in doubt, where the audit did not see the system at rest. */
export function notAtRest({ isAtRest, tookMs, limitMs }: Rest): readonly string[] {
  if (isAtRest !== false) return [];
  // What was waited for longer says how long; a moment more than the limit is only the last look.
  const waited = tookMs < limitMs + 1000 ? statedDuration(limitMs) : duration(tookMs);
  return [`the system had not come to rest ${waited} after the load ended`];
}

class RestWait {
  readonly #options: RestOptions;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #gauges = new FallWatch();
  readonly #marks = new FallWatch();
  readonly #over = new AbortController();
  #state: SystemState;
  #isAtRest: boolean | undefined;
  /** Since when the audit sees it at rest. */
  #quietMs: number | undefined;
  #reading: Promise<void> | undefined;
  #readMs = Number.NEGATIVE_INFINITY;
  #gaugesProblem: string | undefined;

  constructor(options: RestOptions, clock: Clock) {
    [this.#options, this.#clock] = [options, clock];
    this.#startMs = clock.now();
    this.#state = options.state();
  }

  /** @returns whether the wait is over */
  async look(): Promise<boolean> {
    const { audit, context, state } = this.#options;
    if (audit !== undefined) this.#isAtRest = readAtRest(await audit.atRest(context));
    const atMs = this.#clock.now();
    this.#state = state();
    const isQuiet = audit === undefined || this.#isAtRest === true;
    this.#quietMs = isQuiet ? (this.#quietMs ?? atMs) : undefined;
    if (isQuiet && !lingers(this.#state)) return true;
    this.#marks.add(atMs, distances(this.#state));
    if (!isQuiet) this.#readGauges(atMs);
    return this.#isOver(atMs);
  }

  #isOver(atMs: number): boolean {
    const { limitMs } = this.#options;
    const quietUntilMs = this.#quietMs === undefined ? undefined : this.#quietMs + lingerMs;
    const isCounted = this.#gauges.gauges(atMs).length > 0;
    if (atMs < (quietUntilMs ?? this.#startMs + limitMs + (isCounted ? graceMs : 0))) return false;
    const isFalling = this.#marks.isFalling(atMs) || (quietUntilMs === undefined && this.#gauges.isFalling(atMs));
    return !isFalling || atMs >= this.#startMs + longestRestMs(limitMs) - lingerMs;
  }

  /** One reading at a time, and beside the wait: a slow one holds nothing up. */
  #readGauges(atMs: number): void {
    const { audit, context } = this.#options;
    if (audit?.gauges === undefined || this.#reading !== undefined || atMs - this.#readMs < gaugeEveryMs) return;
    const signal = AbortSignal.any([context.signal, this.#over.signal]);
    this.#reading = this.#readOnce(() => audit.gauges!({ ...context, signal })).finally(() => {
      this.#readMs = this.#clock.now();
      this.#reading = undefined;
    });
  }

  async #readOnce(read: () => Promise<unknown>): Promise<void> {
    try {
      const values = readGaugeValues(await read());
      if (this.#over.signal.aborted) return;
      this.#gauges.add(this.#clock.now(), values);
      this.#gaugesProblem = undefined;
    } catch (error) {
      if (!this.#over.signal.aborted) this.#gaugesProblem = messageOf(error);
    }
  }

  async end(error?: unknown): Promise<Rest> {
    const { limitMs, steady } = this.#options;
    const atMs = this.#clock.now();
    const gauges = this.#isAtRest === true ? [] : this.#gauges.gauges(atMs, steady);
    await this.#endReading();
    return {
      ...this.#state,
      ...(this.#isAtRest === undefined || error !== undefined ? {} : { isAtRest: this.#isAtRest }),
      ...(error === undefined ? {} : { auditProblem: messageOf(error) }),
      tookMs: atMs - this.#startMs,
      limitMs,
      gauges,
      ...(this.#gaugesProblem === undefined ? {} : { gaugesProblem: this.#gaugesProblem }),
    };
  }

  /** What reads the gauges next must not do so beside this. */
  async #endReading(): Promise<void> {
    this.#over.abort();
    if (this.#reading === undefined) return;
    const hasEnded = new AbortController();
    const timeout = this.#clock.sleep(gaugesEndWithinMs, hasEnded.signal).catch(() => undefined);
    await Promise.race([this.#reading, timeout]);
    hasEnded.abort();
  }
}

/** Whether something may be over in a moment: a mark that is on, or was read until now, and one that is not ready. */
const lingers = ({ marks, notReady }: SystemState): boolean =>
  marks.on.length > 0 || marks.unread.some(({ wasRead }) => wasRead) || notReady.length > 0;

const distances = ({ marks }: SystemState): Readonly<Record<string, number>> =>
  Object.fromEntries(marks.on.map(({ instance, mark, beyond }) => [`${instance} ${mark}`, beyond]));
