import type { Evidence } from "../check.ts";
import { outcomeCode } from "../history.ts";
import { metTraffic } from "./crossings.ts";
import { healedMs, injectedMs } from "./moments.ts";
import { type Range, wilson } from "./proportion.ts";
import { steadyAnswers } from "./steady.ts";

const okCode = outcomeCode("ok");

/**
 * Fault amplification: (operations that were not ok ÷ arrival rate) ÷ seconds of fault. 0: masked; 1: as long an outage as
 * the fault was; above 1: the outage outlived the fault. Counted from the injection to the end of the load.
 * @returns undefined when nothing was injected and healed, or nothing was due
 */
export function amplificationOf(evidence: Evidence): number | undefined {
  const [fromMs, toMs, endMs] = [injectedMs(evidence), healedMs(evidence), evidence.phases.recovery?.toMs];
  if (fromMs === undefined || toMs === undefined || endMs === undefined || toMs <= fromMs) return undefined;
  const { total, bad } = countIn(evidence, fromMs, endMs);
  if (total === 0) return undefined;
  const perSecond = total / ((endMs - fromMs) / 1000);
  return bad / perSecond / ((toMs - fromMs) / 1000);
}

/** How much of a fault the system kept from its users. */
export interface Absorption {
  /** 1: all of it, 0: none. */
  readonly share: number;
  /** What it may really be, 95 % to each side. */
  readonly range: Range;
  readonly crossed: number;
}

/**
 * Absorption: 1 − extra user-visible failures ÷ operations that crossed the fault. Those were under way while it was proven
 * to act; extra is what failed of them beyond the share of the steady phase. An upper bound of the crossing, since
 * not every operation needs the part that is broken: a system looks no better by it than it is.
 * @returns undefined when no operation crossed a proven fault
 */
export function absorptionOf(evidence: Evidence): Absorption | undefined {
  const { history, receipts } = evidence;
  const acted = receipts.flatMap((receipt) => {
    const { provenMs, healRequestedMs, healProvenMs } = receipt;
    const toMs = healRequestedMs ?? healProvenMs;
    const isMet = provenMs !== undefined && toMs !== undefined && metTraffic(receipt) !== false;
    return isMet ? [{ fromMs: provenMs, toMs }] : [];
  });
  let [crossed, bad] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    const [fromMs, toMs] = [history.intendedMs[row]!, history.endMs[row]!];
    if (!acted.some((window) => fromMs <= window.toMs && toMs >= window.fromMs)) continue;
    crossed += 1;
    if (history.outcome[row] !== okCode) bad += 1;
  }
  if (crossed === 0) return undefined;
  const steady = steadyBadShare(evidence);
  const extra = wilson(bad, crossed);
  const absorbed = (share: number): number => 1 - Math.max(0, share - steady);
  return {
    share: absorbed(bad / crossed),
    range: { lower: absorbed(extra.upper), upper: absorbed(extra.lower) },
    crossed,
  };
}

function steadyBadShare(evidence: Evidence): number {
  const { total, ok } = steadyAnswers(evidence);
  return total === 0 ? 0 : 1 - ok / total;
}

function countIn({ history }: Evidence, fromMs: number, toMs: number): { total: number; bad: number } {
  let [total, bad] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    const intendedMs = history.intendedMs[row]!;
    if (intendedMs < fromMs || intendedMs >= toMs) continue;
    total += 1;
    if (history.outcome[row] !== okCode) bad += 1;
  }
  return { total, bad };
}
