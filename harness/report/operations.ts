import { type History, type LoadPhase, outcomes, phaseCode } from "../model/history.ts";
import { type Summary, summarise } from "../model/measure/summary.ts";
import type { Plan } from "../model/plan.ts";

/** Without the warm-up, whose numbers nobody should compare. */
export const comparedPhases = ["steady", "faults", "recovery"] as const satisfies readonly LoadPhase[];

/** One operation in one phase; null for a number that its samples do not support. Latencies in ms, of ok ones. */
export interface PhaseRow {
  readonly phase: (typeof comparedPhases)[number];
  readonly total: number;
  /** By outcome code. */
  readonly counts: readonly number[];
  readonly okShare: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** One kind of operation, or all of them, across the phases. */
export interface OperationTable {
  readonly name: string;
  readonly effect: string | null;
  readonly phases: readonly PhaseRow[];
}

/** All operations together first, then each kind as the plan lists them. */
export function operationTables(history: History, plan: Plan): readonly OperationTable[] {
  const of = (name: string, effect: string | null, operation?: number): OperationTable => ({
    name,
    effect,
    phases: comparedPhases.map((phase) =>
      rowOf(phase, summarise(history, { phase: phaseCode(phase), ...(operation === undefined ? {} : { operation }) })),
    ),
  });
  const each = plan.operations.map(({ name, effect }, index) => of(name, effect, index));
  return plan.operations.length === 1 ? each : [of("all operations", null), ...each];
}

function rowOf(phase: PhaseRow["phase"], summary: Summary): PhaseRow {
  return {
    phase,
    total: summary.total,
    counts: outcomes.map((_, code) => summary.counts[code] ?? 0),
    okShare: summary.okRatio ?? null,
    p50: summary.ok.p50Ms ?? null,
    p95: summary.ok.p95Ms ?? null,
    p99: summary.ok.p99Ms ?? null,
    max: summary.ok.maxMs ?? null,
  };
}
