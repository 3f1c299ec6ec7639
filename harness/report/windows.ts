import type { Interval } from "../model/check.ts";
import type { Receipt, ScheduledInjection } from "../model/fault.ts";
import { type LoadPhase, loadPhases } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import type { LinkTraffic } from "../model/traffic.ts";

/** One injection on one link or instance. Times in ms on the run's clock; null for what was not seen. */
export interface FaultWindow {
  readonly injection: string;
  readonly kind: string;
  readonly title: string;
  /** The link or instance. */
  readonly on: string;
  /** `receipt`: measured; `events`: the run ended before its receipt; `plan`: nothing tells that it happened. */
  readonly source: "receipt" | "events" | "plan";
  readonly requestedMs: number;
  readonly provenMs: number | null;
  readonly healRequestedMs: number | null;
  readonly healProvenMs: number | null;
  readonly error: string | null;
  /** What went over the link that it acted on; null where that was not counted. */
  readonly traffic: LinkTraffic | null;
}

/** A named stretch of the run in which operations were due. */
export interface PhaseSpan extends Interval {
  readonly phase: LoadPhase;
}

/** Each injection on each of its links or instances, with what the best source tells of it. */
export function windowsOf(run: StoredRun): readonly FaultWindow[] {
  const never = neverInjected(run);
  return run.record.plan.schedule
    .filter((injection) => !never.includes(injection))
    .flatMap((injection) =>
      injection.acts.map((on) => fromReceipt(run, injection, on) ?? fromEvents(run, injection, on)),
    );
}

/**
 * What was planned, but to which the run did not come: to draw it would be to make it up. Where all events are lost,
 * the plan is believed, if it is known when the faults were due.
 */
export function neverInjected({ record, events }: StoredRun): readonly ScheduledInjection[] {
  const injected = new Set(
    events.flatMap((event) => {
      // A receipt may also tell that its fault never struck.
      if (event.type === "receipt") return event.receipt.healRequestedMs === undefined ? [] : [event.receipt.injection];
      return "injection" in event ? [event.injection] : [];
    }),
  );
  if (events.length === 0 && record.phases.faults !== undefined) return [];
  return record.plan.schedule.filter(({ id }) => !injected.has(id));
}

/** The load phases that the run went through, in order. */
export function phasesOf(run: StoredRun): readonly PhaseSpan[] {
  return loadPhases.flatMap((phase) => {
    const interval = run.record.phases[phase];
    return interval === undefined ? [] : [{ phase, fromMs: interval.fromMs, toMs: interval.toMs }];
  });
}

/** When an injection acted, as far as is known: from its proof (else its request) to the proof of its heal. */
export function actedFrom(window: FaultWindow): number {
  return window.provenMs ?? window.requestedMs;
}

/** @param endMs where the chart ends, for what was never healed */
export function actedUntil(window: FaultWindow, endMs: number): number {
  return window.healProvenMs ?? window.healRequestedMs ?? endMs;
}

function fromReceipt(run: StoredRun, injection: ScheduledInjection, on: string): FaultWindow | undefined {
  let receipt: Receipt | undefined;
  for (const event of run.events) {
    if (event.type === "receipt" && event.receipt.injection === injection.id && event.receipt.on === on) {
      receipt = event.receipt;
    }
  }
  if (receipt === undefined) return undefined;
  return {
    ...names(injection, on),
    source: "receipt",
    requestedMs: receipt.requestedMs,
    provenMs: receipt.provenMs ?? null,
    healRequestedMs: receipt.healRequestedMs ?? null,
    healProvenMs: receipt.healProvenMs ?? null,
    error: receipt.error ?? null,
    traffic: receipt.traffic ?? null,
  };
}

function fromEvents(run: StoredRun, injection: ScheduledInjection, on: string): FaultWindow {
  const at = (type: "inject" | "heal" | "proven" | "healed"): number | null =>
    run.events.find(
      (event) => event.type === type && event.injection === injection.id && (!("on" in event) || event.on === on),
    )?.atMs ?? null;
  const requestedMs = at("inject");
  const plannedMs = (run.record.phases.faults?.fromMs ?? 0) + injection.atMs;
  return {
    ...names(injection, on),
    source: requestedMs === null ? "plan" : "events",
    requestedMs: requestedMs ?? plannedMs,
    provenMs: at("proven"),
    healRequestedMs: at("heal") ?? (requestedMs === null ? plannedMs + injection.lastingMs : null),
    healProvenMs: at("healed"),
    error: null,
    traffic: null,
  };
}

const names = (injection: ScheduledInjection, on: string) => ({
  injection: injection.id,
  kind: injection.kind,
  title: injection.title,
  on,
});
