import { type History, outcomeCode, outcomes } from "../history.ts";
import { Histogram } from "./histogram.ts";

const okCode = outcomeCode("ok");

/** The fewest samples from which a percentile is taken; with fewer it would be an anecdote. */
export const percentileFloors = { p50: 20, p95: 200, p99: 1000, p999: 10_000 } as const;

/** Which operations to sum up; all when empty. */
export interface SummaryOptions {
  /** Only operations of this kind, by index. */
  readonly operation?: number;
  /** Only operations that were due in this load phase, by index. */
  readonly phase?: number;
  /** Only operations that were due at or after this time on the run's clock. */
  readonly fromMs?: number;
  /** Only operations that were due before this time on the run's clock. */
  readonly toMs?: number;
}

/** What became of a set of operations. A number that its samples do not support is `undefined`. */
export interface Summary {
  readonly total: number;
  /** How many ended with each outcome, by outcome code. */
  readonly counts: readonly number[];
  /** ok ÷ intended. `undefined` when there was none. */
  readonly okRatio: number | undefined;
  /** Response time (end − intended) of the operations that were ok. */
  readonly ok: Latency;
  /** Response time of all, where one that was not ok took for ever: shown as "≥ deadline". */
  readonly all: Latency;
  /** Service time (end − wire) of the operations that were ok: without what they waited for before. */
  readonly service: Latency;
}

/** Percentiles in ms, by nearest rank; `Infinity` for "never". */
interface Latency {
  readonly samples: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly p999Ms: number | undefined;
  readonly maxMs: number | undefined;
}

/** Sums up the operations of a history that the options name. */
export function summarise(history: History, options: SummaryOptions = {}): Summary {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  const counts = outcomes.map(() => 0);
  const [ok, all, service] = [new Histogram(), new Histogram(), new Histogram()];
  for (let row = 0; row < history.count; row += 1) {
    if (options.operation !== undefined && history.operation[row] !== options.operation) continue;
    if (options.phase !== undefined && history.phase[row] !== options.phase) continue;
    const intendedMs = history.intendedMs[row]!;
    if (intendedMs < fromMs || intendedMs >= toMs) continue;
    counts[history.outcome[row]!]! += 1;
    if (history.outcome[row] !== okCode) {
      all.record(Number.POSITIVE_INFINITY);
      continue;
    }
    const endMs = history.endMs[row]!;
    ok.record(endMs - intendedMs);
    all.record(endMs - intendedMs);
    if (!Number.isNaN(history.wireMs[row]!)) service.record(endMs - history.wireMs[row]!);
  }
  return {
    total: all.count,
    counts,
    okRatio: all.count === 0 ? undefined : ok.count / all.count,
    ok: latencyOf(ok),
    all: latencyOf(all),
    service: latencyOf(service),
  };
}

/** The percentiles that a histogram has enough samples for. */
function latencyOf(histogram: Histogram): Latency {
  const at = (q: number, floor: number): number | undefined =>
    histogram.count < floor ? undefined : histogram.percentile(q);
  return {
    samples: histogram.count,
    p50Ms: at(0.5, percentileFloors.p50),
    p95Ms: at(0.95, percentileFloors.p95),
    p99Ms: at(0.99, percentileFloors.p99),
    p999Ms: at(0.999, percentileFloors.p999),
    maxMs: histogram.count === 0 ? undefined : histogram.maxMs,
  };
}
