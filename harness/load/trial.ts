import type { Address } from "../model/environment.ts";
import { type OperationRecord, outcomeCode, phaseCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import { percentileFloors } from "../model/measure/summary.ts";
import type { Arrivals } from "../model/plan.ts";
import { operationsOf, type Slo, type Workload } from "../model/workload.ts";
import type { RateTrial } from "./capacity.ts";
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
  /** What a workload promises that says nothing itself. */
  readonly promise: Slo;
  readonly targets: readonly Address[];
  readonly allowedTargets: readonly string[];
  readonly runToken: string;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Loads a system at one rate, in an open loop, and says whether every workload's promise was kept. */
export async function rateTrial(options: TrialOptions): Promise<RateTrial> {
  const { workloads, arrivals, perSecond, promise, targets, allowedTargets, runToken, now, signal } = options;
  const tally = new TrialTally(workloads, promise);
  const startMs = now() + 50;
  const load = { workloads, arrivals, targets, allowedTargets, runToken, startMs, now, writer: tally, signal };
  const { tainted } = await runLoad(load);
  signal.throwIfAborted();
  const isKept = tally.isKept();
  // A generator that was late can only make the numbers worse: it is in doubt only when they are bad.
  const late = tainted.find(({ toMs }) => toMs > startMs + firstSteadyMs(arrivals));
  return {
    perSecond,
    ...tally.figures(),
    isKept,
    ...(isKept || late === undefined
      ? {}
      : { doubt: `the load generator itself was late (${late.reason.split("; ").at(-1)})` }),
  };
}

const firstSteadyMs = ({ phase, dueMs }: Arrivals): number => dueMs[phase.indexOf(steady)] ?? 0;

/** Counts instead of keeping: a trial leaves no history. */
class TrialTally implements HistorySink {
  readonly #workloadOf: readonly number[];
  readonly #promises: readonly Slo[];
  readonly #good: number[];
  readonly #total: number[];
  readonly #times = new Histogram();

  constructor(workloads: readonly Workload[], promise: Slo) {
    this.#workloadOf = operationsOf(workloads).map(({ workload }) =>
      workloads.findIndex(({ name }) => name === workload),
    );
    this.#promises = workloads.map(({ slo }) => slo ?? promise);
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

  isKept(): boolean {
    return this.#promises.every(({ availability }, index) => this.#good[index]! >= availability * this.#total[index]!);
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
