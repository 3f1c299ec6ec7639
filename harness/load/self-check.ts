import type { GeneratorReport, Interval } from "../model/check.ts";
import { Histogram } from "../model/measure/histogram.ts";
import { durationBeside } from "../model/quantities.ts";

const windowMs = 1000;
/** Bounds of a window that can be trusted, see docs on measuring: lag p99, any lag, the share that was taken. */
const lagP99LimitMs = 5;
const lagLimitMs = 50;
const takenAtLeast = 0.999;
/** The generator takes next to nothing of a core: one that does not run for so long is not alone with it. */
const standstillMs = 200;

/** What the self-check contributes to the generator's report. */
export type LagReport = Pick<GeneratorReport, "lagP50Ms" | "lagP99Ms" | "lagMaxMs" | "tainted" | "standstills">;

/**
 * The generator judges itself. Lag is how late it took up an operation that was due; for one that found a free
 * connection that is dispatched − intended. Windows of a second, by due time, in which it was late are tainted.
 */
export class SelfCheck {
  readonly #startMs: number;
  readonly #lag = new Histogram();
  readonly #reasons = new Map<number, string[]>();
  /** Of every window: the longest that an operation was late, or that the loop did not look at what had come. */
  readonly #longest = new Map<number, number>();
  readonly #standstills: Interval[] = [];
  #window = -1;
  #windowLag = new Histogram();
  #windowOverflow = 0;
  #awakeMs = Number.NaN;

  /** @param startMs the start of the load on the run's clock */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** An operation was taken up; to be told in the order of due times. */
  took(intendedMs: number, nowMs: number, isOverflow: boolean): void {
    const window = this.#windowOf(intendedMs);
    if (window !== this.#window) {
      this.#closeWindow();
      this.#window = window;
    }
    this.#lag.record(nowMs - intendedMs);
    this.#windowLag.record(nowMs - intendedMs);
    this.#lengthen(window, nowMs - intendedMs);
    if (isOverflow) this.#windowOverflow += 1;
  }

  /** The generator's loop runs now. It never sleeps for long, so a long gap is a stall, whether or not anything was due. */
  awake(nowMs: number): void {
    const gapMs = nowMs - this.#awakeMs;
    for (let window = this.#windowOf(this.#awakeMs); window <= this.#windowOf(nowMs); window += 1) {
      this.#lengthen(window, gapMs);
      if (gapMs > lagLimitMs) this.#taint(window, `the generator did not run for ${durationBeside(gapMs, lagLimitMs)}`);
    }
    if (gapMs >= standstillMs) this.#standstills.push({ fromMs: this.#awakeMs, toMs: nowMs });
    this.#awakeMs = nowMs;
  }

  report(): LagReport {
    this.#closeWindow();
    const tainted = [...this.#reasons].sort(([left], [right]) => left - right);
    // Without a sample there is nothing that was late; NaN has no place in JSON.
    return {
      lagP50Ms: this.#lag.percentile(0.5) || 0,
      lagP99Ms: this.#lag.percentile(0.99) || 0,
      lagMaxMs: this.#lag.maxMs || 0,
      tainted: tainted.map(([window, reasons]) => ({
        fromMs: this.#startMs + window * windowMs,
        toMs: this.#startMs + (window + 1) * windowMs,
        reason: reasons.join("; "),
        lagMaxMs: this.#longest.get(window) ?? 0,
      })),
      standstills: this.#standstills,
    };
  }

  #windowOf(ms: number): number {
    return Math.max(0, Math.floor((ms - this.#startMs) / windowMs));
  }

  #closeWindow(): void {
    const [lag, overflow] = [this.#windowLag, this.#windowOverflow];
    const p99Ms = lag.percentile(0.99);
    if (lag.maxMs > lagLimitMs) this.#taint(this.#window, `lag up to ${durationBeside(lag.maxMs, lagLimitMs)}`);
    else if (p99Ms > lagP99LimitMs) this.#taint(this.#window, `lag p99 ${durationBeside(p99Ms, lagP99LimitMs)}`);
    if (overflow > (1 - takenAtLeast) * lag.count) {
      this.#taint(this.#window, `${overflow} of ${lag.count} operations found the generator full`);
    }
    this.#windowLag = new Histogram();
    this.#windowOverflow = 0;
  }

  #lengthen(window: number, lateMs: number): void {
    if (lateMs > (this.#longest.get(window) ?? 0)) this.#longest.set(window, lateMs);
  }

  #taint(window: number, reason: string): void {
    const reasons = this.#reasons.get(window);
    if (reasons === undefined) this.#reasons.set(window, [reason]);
    else reasons.push(reason);
  }
}
