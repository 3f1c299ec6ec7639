import type { Evidence } from "../check.ts";
import { outcomeCode } from "../history.ts";
import type { CheckResult } from "../verdict.ts";
import { crossingOf } from "./crossings.ts";

/**
 * What became of one operation under one fault. `not exercised`: none of it was on the wire while the fault was proven to
 * act. `violated`: one of it broke a check after the fault had begun. `degraded`: some were not ok, and no check was broken
 * by one. `held`: all were ok.
 */
export const coverageWords = ["not exercised", "held", "degraded", "violated"] as const;
export type CoverageWord = (typeof coverageWords)[number];

/** A cell of the matrix fault × operation. */
export interface Coverage {
  /** The injection's id. */
  readonly injection: string;
  readonly operation: string;
  readonly word: CoverageWord;
  /** How many crossed the fault on any of its places. */
  readonly crossed: number;
  /** How many of them were neither ok nor the generator's own. */
  readonly notOk: number;
}

/**
 * Every injection of the schedule by every operation, in their orders.
 * @param checks of the same run: their witnesses tell which operations broke them
 */
export function coverageOf(evidence: Evidence, checks: readonly CheckResult[]): readonly Coverage[] {
  const { schedule, operations } = evidence;
  return schedule.flatMap(({ id: injection }) => {
    const counts = countsOf(evidence, injection);
    const broken = brokenAfter(evidence, injection, checks);
    return operations.map(({ name: operation }, index) => {
      const { crossed, notOk } = counts[index] ?? { crossed: 0, notOk: 0 };
      const word = broken.has(operation)
        ? "violated"
        : crossed === 0
          ? "not exercised"
          : notOk > 0
            ? "degraded"
            : "held";
      return { injection, operation, word, crossed, notOk };
    });
  });
}

/** By the number of the operation. */
function countsOf({ history, receipts, operations, entry }: Evidence, injection: string) {
  const own = receipts.filter((receipt) => receipt.injection === injection);
  const places = own.map((receipt) => crossingOf(receipt, history, entry));
  const counts = operations.map(() => ({ crossed: 0, notOk: 0 }));
  const [ok, overflow] = [outcomeCode("ok"), outcomeCode("overflow")];
  for (let row = 0; row < history.count; row += 1) {
    const count = counts[history.operation[row]!];
    if (count === undefined || !places.some((crosses) => crosses(row))) continue;
    count.crossed += 1;
    if (history.outcome[row] !== ok && history.outcome[row] !== overflow) count.notOk += 1;
  }
  return counts;
}

/** Operations of which one broke a check, and ended after the fault was requested. */
function brokenAfter({ receipts }: Evidence, injection: string, checks: readonly CheckResult[]): ReadonlySet<string> {
  const requests = receipts.map(({ requestedMs }) => requestedMs);
  const own = receipts.filter((receipt) => receipt.injection === injection);
  if (own.length === 0) return new Set();
  // Witnesses count from the first request of all.
  const fromMs = Math.min(...own.map(({ requestedMs }) => requestedMs)) - Math.min(...requests);
  const witnesses = checks.filter(({ verdict }) => verdict === "fail").flatMap(({ witness }) => witness);
  const later = witnesses.filter(({ violates, toFaultMs }) => violates && (toFaultMs ?? Infinity) >= fromMs);
  return new Set(later.map(({ operation }) => operation));
}
