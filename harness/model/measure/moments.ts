import type { Evidence } from "../check.ts";
import type { ScheduledInjection } from "../fault.ts";
import { outcomeCode, phaseCode } from "../history.ts";

const okCode = outcomeCode("ok");
const overflowCode = outcomeCode("overflow");

/** When the first fault was injected; undefined when none was. In ms on the run's clock. */
export function injectedMs({ events }: Evidence): number | undefined {
  const times = events.filter(({ type }) => type === "inject").map(({ atMs }) => atMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * What "before and after the fault" counts from, in ms on the run's clock: when the first fault was injected, else when it was
 * planned; the start of the phase `faults` when none was.
 */
export function firstInjectionMs(evidence: Evidence): number {
  const injected = injectedMs(evidence);
  if (injected !== undefined) return injected;
  const fromMs = evidence.phases.faults?.fromMs ?? 0;
  return evidence.schedule.length === 0 ? fromMs : fromMs + Math.min(...evidence.schedule.map(({ atMs }) => atMs));
}

/** When the last phase with load ended, in ms on the run's clock. */
export const loadEndMs = ({ phases }: Pick<Evidence, "phases">): number =>
  Math.max(...Object.values(phases).map(({ toMs }) => toMs));

/** Whether an injection was requested; the receipt of one whose milestone was not reached has no proof. */
export function wasInjected({ events, receipts }: Evidence): (injection: Pick<ScheduledInjection, "id">) => boolean {
  return ({ id }) =>
    events.some((event) => event.type === "inject" && event.injection === id) ||
    receipts.some(({ injection, provenMs }) => injection === id && provenMs !== undefined);
}

/** When the last fault was proven healed; undefined when one of them was not, or none was injected. */
export function healedMs({ receipts, schedule }: Evidence): number | undefined {
  const provenMs = (id: string, on: string): number | undefined => {
    const own = receipts
      .filter((one) => one.injection === id && one.on === on)
      .flatMap((one) => one.healProvenMs ?? []);
    return own.length === 0 ? undefined : Math.max(...own);
  };
  const times = schedule.flatMap(({ id, acts }) => acts.map((on) => provenMs(id, on)));
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return Math.max(...times.map((ms) => ms ?? Number.NaN));
}

/**
 * Time to impact: from the injection to the first end of an operation that was not ok (and not the generator's own
 * fault). `null` when no user noticed; undefined when nothing was injected.
 */
export function timeToImpactMs(evidence: Evidence): number | null | undefined {
  const { history } = evidence;
  const fromMs = injectedMs(evidence);
  if (fromMs === undefined) return undefined;
  let firstMs = Number.POSITIVE_INFINITY;
  for (let row = 0; row < history.count; row += 1) {
    const outcome = history.outcome[row]!;
    if (outcome === okCode || outcome === overflowCode || history.phase[row] === phaseCode("warmUp")) continue;
    const endMs = history.endMs[row]!;
    if (endMs >= fromMs && endMs < firstMs) firstMs = endMs;
  }
  return Number.isFinite(firstMs) ? firstMs - fromMs : null;
}

/**
 * Time to detect: from the injection to the system's own first sign of it: an instance that said that it was not ready,
 * or said nothing any more. `null` when it never did; undefined when nothing was injected, or nobody was asked.
 */
export function timeToDetectMs(evidence: Evidence): number | null | undefined {
  const fromMs = injectedMs(evidence);
  const told = evidence.events.flatMap((event) => (event.type === "health" ? [event] : []));
  if (fromMs === undefined || told.length === 0) return undefined;
  const first = told.find(({ atMs, health }) => atMs >= fromMs && health !== "ready");
  return first === undefined ? null : first.atMs - fromMs;
}
