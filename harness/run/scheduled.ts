import { setTimeout as sleep } from "node:timers/promises";
import { capabilityTargets } from "../model/capabilities.ts";
import type { FaultKind, Receipt, ScheduledInjection } from "../model/fault.ts";
import { milestoneTitle } from "../model/milestone.ts";
import type { LinkLook } from "../model/traffic.ts";
import { type InjectorContext, leadMs, playStrikes, proofGraceMs } from "./injector.ts";
import { type Countable, milestoneReached } from "./milestones.ts";
import { inTime } from "./traffic-watch.ts";

/** What the injections of a schedule need of their run. */
export interface ScheduleContext extends InjectorContext, Countable {
  /** When the phase `faults` begins and ends, on the run's clock. */
  readonly faults: { readonly fromMs: number; readonly toMs: number };
}

/**
 * Plays one injection on all that it acts on: measure its absence, inject, prove, wait, heal, prove. Whatever happens in
 * between, what was injected is healed before this returns.
 */
export async function playInjection(
  injection: ScheduledInjection,
  context: ScheduleContext,
): Promise<readonly Receipt[]> {
  const kind = context.faultKinds.find((one) => one.kind === injection.kind);
  if (kind === undefined) throw new Error(`the plan let an unknown fault through: ${injection.kind}`);
  const steadyLooks = looksWhenSteady(kind, injection, context);
  await until(context.faults.fromMs + injection.atMs - leadMs, context).catch(() => undefined);
  if (context.signal.aborted) return [];
  const due = whenDue(injection, context);
  // Nobody may be waiting for it yet when it fails.
  due.catch(() => undefined);
  const course = {
    async due() {
      await due;
    },
    steadyLooks: () => steadyLooks,
    ends: async () => until((await due) + injection.lastingMs + proofGraceMs, context),
    over: async () => until((await due) + injection.lastingMs, context),
  };
  return playStrikes(kind, injection, course, context);
}

/** What goes over its links when the steady phase begins: by that it shows whether they are in use. Never rejects. */
async function looksWhenSteady(
  kind: FaultKind,
  injection: ScheduledInjection,
  context: ScheduleContext,
): Promise<ReadonlyMap<string, LinkLook>> {
  if (capabilityTargets[kind.needs] !== "link" || kind.uncounted === "all") return new Map();
  const { lengthMs = 0 } = context.plan.phases.find(({ phase }) => phase === "steady") ?? {};
  await until(context.faults.fromMs - lengthMs, context).catch(() => undefined);
  if (context.signal.aborted) return new Map();
  const looks = context.system.control("network", injection.target).map(async (link) => {
    const seen = link.look === undefined ? undefined : await inTime(() => link.look?.() ?? Promise.resolve(undefined));
    return seen === undefined ? [] : [[link.name, seen] as const];
  });
  return new Map((await Promise.all(looks)).flat());
}

/**
 * Resolves when the injection is to strike.
 * @returns that time, on the run's clock
 * @throws when its milestone was not reached while there was time for it to last, and when the run is aborted
 */
async function whenDue({ atMs, after, lastingMs }: ScheduledInjection, context: ScheduleContext): Promise<number> {
  const { faults, now } = context;
  const startMs = faults.fromMs + atMs;
  await until(startMs, context);
  if (after === undefined) return startMs;
  const untilMs = faults.toMs - lastingMs;
  if (await milestoneReached(after, context, { untilMs, now, signal: context.signal })) return now();
  throw new Error(`its milestone, ${milestoneTitle(after)}, was not reached while there was time for it`);
}

/** Resolves at a time of the run's clock; rejects when the run is aborted. */
async function until(atMs: number, { now, signal }: InjectorContext): Promise<void> {
  await sleep(Math.max(0, atMs - now()), undefined, { signal });
}
