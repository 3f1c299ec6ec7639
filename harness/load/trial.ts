import type { Address } from "../model/environment.ts";
import { type OperationRecord, outcomeCode, phaseCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import { percentileFloors } from "../model/measure/summary.ts";
import type { Arrivals } from "../model/plan.ts";
import { operationsOf, type Slo, type Workload } from "../model/workload.ts";
import type { BrokenPromise, RateTrial } from "./capacity.ts";
import type { HistorySink } from "./ledger.ts";
import { runLoad } from "./run-load.ts";

const steady = phaseCode("steady");
const okCode = outcomeCode("ok");

/** What a trial needs. */
export interface TrialOptions {
  readonly workloads: readonly Workload[];
  /** The phase `steady` is measured; what comes before it warms up. */
  readonly arrivals: Arrivals;
  readonly perSecond: number;
  /** By workload, in their order. */
  readonly promises: readonly Slo[];
  readonly targets: readonly Address[];
  readonly allowedTargets: readonly string[];
  readonly runToken: string;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Loads a system at one rate, in an open loop, and says whether every workload's promise was kept. */
export async function rateTrial(options: TrialOptions): Promise<RateTrial> {
  const { workloads, arrivals, perSecond, promises, targets, allowedTargets, runToken, now, signal } = options;
  const tally = new TrialTally(workloads, promises);
  const startMs = now() + 50;
  const load = { workloads, arrivals, targets, allowedTargets, runToken, startMs, now, writer: tally, signal };
  const { tainted } = await runLoad(load);
  signal.throwIfAborted();
  const broken = tally.broken();
  const steadyFromMs = startMs + firstSteadyMs(arrivals);
  const late = tainted.filter(({ toMs }) => toMs > steadyFromMs).map(({ reason }) => reason.split("; ").at(-1)!);
  const { intended, goodRatio } = tally.figures();
  const isKept = broken.length === 0;
  const bad = Math.round(intended * (1 - goodRatio));
  const doubt = doubtOf({ intended, bad, isKept, late }, promises);
  return {
    perSecond,
    ...tally.figures(),
    isKept,
    ...(isKept ? {} : { broken }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** So many failures among fewer operations than have one on average are by chance in less than 2 of 100 trials. */
const certainlyBroken = 4;

/**
 * Why a trial says nothing about the system.
 * @param seen.late why the generator was late, where it was
 */
export function doubtOf(
  seen: { readonly intended: number; readonly bad: number; readonly isKept: boolean; readonly late: readonly string[] },
  promises: readonly Slo[],
): string | undefined {
  const { intended, bad, isKept, late } = seen;
  const needed = Math.max(1, ...promises.map(({ availability }) => Math.round(1 / (1 - availability))));
  if (intended < needed && (isKept || bad < certainlyBroken)) {
    return `only ${intended} operations were due, and it takes ${needed} to judge the promise: give more --seconds`;
  }
  // A generator that was late can only make the figures worse: they are in doubt only when they are bad.
  return isKept || late.length === 0 ? undefined : `the load generator itself was late (${late[0]})`;
}

const firstSteadyMs = ({ phase, dueMs }: Arrivals): number => dueMs[phase.indexOf(steady)] ?? 0;

/** Counts instead of keeping: a trial leaves no history. */
class TrialTally implements HistorySink {
  readonly #names: readonly string[];
  readonly #workloadOf: readonly number[];
  readonly #promises: readonly Slo[];
  readonly #good: number[];
  readonly #total: number[];
  readonly #times = new Histogram();

  constructor(workloads: readonly Workload[], promises: readonly Slo[]) {
    this.#names = workloads.map(({ name }) => name);
    this.#workloadOf = operationsOf(workloads).map(({ workload }) =>
      workloads.findIndex(({ name }) => name === workload),
    );
    this.#promises = promises;
    this.#good = workloads.map(() => 0);
    this.#total = workloads.map(() => 0);
  }

  append({ phase, operation, outcome, endMs, intendedMs }: OperationRecord): void {
    if (phase !== steady) return;
    const workload = this.#workloadOf[operation]!;
    const tookMs = outcome === okCode ? endMs - intendedMs : Number.POSITIVE_INFINITY;
    this.#total[workload]! += 1;
    if (tookMs <= this.#promises[workload]!.within) this.#good[workload]! += 1;
    this.#times.record(tookMs);
  }
  errorIndex(): number {
    return 0;
  }
  flush(): void {
    // Nothing is kept.
  }

  /** Workloads of which too few operations were good. */
  broken(): readonly BrokenPromise[] {
    return this.#names.flatMap((workload, index) => {
      const { availability } = this.#promises[index]!;
      const [good, total] = [this.#good[index]!, this.#total[index]!];
      return good >= availability * total - 1e-9 ? [] : [{ workload, goodRatio: good / total, availability }];
    });
  }

  figures(): Pick<RateTrial, "intended" | "goodRatio" | "p50Ms" | "p99Ms"> {
    const { count } = this.#times;
    const good = this.#good.reduce((sum, one) => sum + one, 0);
    const at = (q: number, floor: number): number | undefined =>
      count < floor ? undefined : this.#times.percentile(q);
    return {
      intended: count,
      goodRatio: count === 0 ? 0 : good / count,
      p50Ms: at(0.5, percentileFloors.p50),
      p99Ms: at(0.99, percentileFloors.p99),
    };
  }
}
