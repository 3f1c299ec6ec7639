import type { Evidence } from "../model/check.ts";
import { outcomes, phaseCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import { type Summary, summarise } from "../model/measure/summary.ts";
import type { BenchLoad } from "./workloads.ts";

/** What became of the operations of one kind that were due in the time that is measured. */
export interface OperationFigures {
  readonly intended: number;
  readonly okPerSecond: number;
  /** ok ÷ intended. */
  readonly okRatio: number;
  readonly counts: Readonly<Record<string, number>>;
  /** From the time at which it was due, of those that were ok. A percentile that has too few samples is missing. */
  readonly ok: Summary["ok"];
  /** Of all, where one that was not ok took for ever. */
  readonly all: Summary["all"];
  /** The longest time of those that were ok, in ms, for each second: a stall shows where it was; null where none was. */
  readonly slowestMs: readonly (number | null)[];
}

export interface Figures {
  /** By the name of the operation. */
  readonly operations: Readonly<Record<string, OperationFigures>>;
  /** What was said by those that were not ok, and how often. */
  readonly errors: Readonly<Record<string, number>>;
  /** How reads were answered. */
  readonly served: Readonly<Record<string, number>>;
  /**
   * From due until a connection took it, which is part of all times above: the generator was late, or all of its
   * connections were in use. In tainted seconds it was the generator.
   */
  readonly lag: { readonly p99Ms: number; readonly maxMs: number; readonly taintedSeconds: number };
}

const steady = phaseCode("steady");

/** Sums up a run's steady phase. */
export function figuresOf(evidence: Evidence, { workload, served }: BenchLoad, lengthSeconds: number): Figures {
  const { history } = evidence;
  const operations = Object.keys(workload.operations).map((name, operation) => {
    const summary = summarise(history, { phase: steady, operation });
    const counts = Object.fromEntries(outcomes.map((outcome, code) => [outcome, summary.counts[code] ?? 0]));
    const { total: intended, okRatio = 0, ok, all } = summary;
    const okPerSecond = (counts["ok"] ?? 0) / lengthSeconds;
    const slowestMs = slowestBySecond(evidence, operation);
    return [name, { intended, okPerSecond, okRatio, counts, ok, all, slowestMs }] as const;
  });
  return {
    operations: Object.fromEntries(operations),
    errors: errorsOf(evidence),
    served: Object.fromEntries(served),
    lag: lagOf(evidence),
  };
}

function slowestBySecond({ history, phases }: Evidence, operation: number): readonly (number | null)[] {
  const { fromMs = 0, toMs = 0 } = phases.steady ?? {};
  return Array.from({ length: Math.ceil((toMs - fromMs) / 1000) }, (_, second) => {
    const from = fromMs + second * 1000;
    return summarise(history, { phase: steady, operation, fromMs: from, toMs: from + 1000 }).ok.maxMs ?? null;
  });
}

function errorsOf({ history, errors }: Evidence): Record<string, number> {
  const found = new Map<string, number>();
  for (let row = 0; row < history.count; row += 1) {
    const text = errors[history.error[row]!] ?? "";
    if (history.phase[row] !== steady || text === "") continue;
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  return Object.fromEntries([...found].sort(([, one], [, other]) => other - one));
}

function lagOf({ history, generator, phases }: Evidence): Figures["lag"] {
  const lag = new Histogram();
  for (let row = 0; row < history.count; row += 1) {
    const ms = history.dispatchedMs[row]! - history.intendedMs[row]!;
    if (history.phase[row] === steady && !Number.isNaN(ms)) lag.record(ms);
  }
  const { fromMs = 0, toMs = 0 } = phases.steady ?? {};
  const tainted = generator.tainted.filter((window) => window.fromMs < toMs && window.toMs > fromMs);
  return { p99Ms: lag.percentile(0.99), maxMs: lag.maxMs, taintedSeconds: tainted.length };
}
