import { setTimeout as sleep } from "node:timers/promises";
import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import type { FaultKind, Observation, Receipt, ScheduledInjection } from "../model/fault.ts";
import type { Journal } from "../model/undo.ts";
import { withDeadline } from "../network/deadline.ts";
import { sustain } from "./sustain.ts";

/** How long before a fault is due its absence is measured, so that the measurement does not delay the fault. */
const leadMs = 500;
const provenWithinMs = 5000;
const healWithinMs = 30_000;
const pollMs = 20;

/** What an injection needs of its run. */
export interface InjectorContext {
  readonly system: RunningSystem;
  readonly faultKinds: readonly FaultKind[];
  readonly journal: Journal;
  readonly now: () => number;
  readonly emit: (event: RunEvent) => void;
  /** Aborted when the run ends early; heals go on all the same. */
  readonly signal: AbortSignal;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** When a strike begins, and how long it lasts. */
export interface Course {
  /** Resolves when it is due; rejects when it must not begin any more. */
  due(): Promise<void>;
  /** Told whether it was seen acting; resolves, or rejects, when it is time to heal. */
  over(isProven: boolean): Promise<void>;
  /** Told when it could not be injected; it is healed at once. */
  failed?(): void;
}

/** One fault on one link or instance: everything that a kind does, with its control already in its hand. */
interface Strike {
  readonly on: string;
  undo(): ReturnType<FaultKind["undo"]>;
  inject(): Promise<void>;
  /** Begins what is done again and again while the fault lasts. */
  sustain(failed: (error: unknown) => void): { end(): Promise<void> } | undefined;
  heal(): Promise<void>;
  observe(): Promise<Observation>;
}

/**
 * Plays one injection on all that it acts on: measure its absence, inject, prove, wait, heal, prove. Whatever happens in
 * between, what was injected is healed before this returns.
 * @param faultsStartMs when the phase `faults` began, on the run's clock
 */
export async function playInjection(
  injection: ScheduledInjection,
  faultsStartMs: number,
  context: InjectorContext,
): Promise<readonly Receipt[]> {
  const kind = context.faultKinds.find((one) => one.kind === injection.kind);
  if (kind === undefined) throw new Error(`the plan let an unknown fault through: ${injection.kind}`);
  const startMs = faultsStartMs + injection.atMs;
  await until(startMs - leadMs, context).catch(() => undefined);
  if (context.signal.aborted) return [];
  const course = {
    due: () => until(startMs, context),
    over: () => until(startMs + injection.lastingMs, context),
  };
  return playStrikes(kind, injection, course, context);
}

/**
 * All strikes of one injection side by side, each from the measurement of its absence to the proof of its heal. Never
 * rejects: what went wrong stands in the receipt.
 */
export function playStrikes(
  kind: FaultKind,
  injection: ScheduledInjection,
  course: Course,
  context: InjectorContext,
): Promise<readonly Receipt[]> {
  const { id, title } = injection;
  const announce = once((type: "inject" | "heal") => context.emit({ atMs: context.now(), type, injection: id, title }));
  const strikes = strikesOf(kind, injection, context.system);
  return Promise.all(strikes.map((strike) => play(strike, injection, course, announce, context)));
}

function strikesOf(kind: FaultKind, injection: ScheduledInjection, system: RunningSystem): readonly Strike[] {
  return system.control(kind.needs, injection.target).map((control) => ({
    on: control.name,
    undo: () => kind.undo(control, injection),
    inject: () => kind.inject(control, injection),
    sustain: (failed) =>
      kind.sustain === undefined
        ? undefined
        : sustain(
            kind.sustain.everyMs(injection.parameters),
            () => kind.sustain?.act(control, injection) ?? Promise.resolve(),
            failed,
          ),
    heal: () => kind.heal(control, injection),
    observe: () => kind.observe(control, injection),
  }));
}

async function play(
  strike: Strike,
  injection: ScheduledInjection,
  course: Course,
  announce: (type: "inject" | "heal") => void,
  context: InjectorContext,
): Promise<Receipt> {
  const undoEntries: number[] = [];
  let sustained: ReturnType<Strike["sustain"]>;
  const tellOnce = once((text: string) =>
    context.emit({ atMs: context.now(), type: "note", text: `${injection.title}, again: ${text}` }),
  );
  const receipt: Writable<Receipt> = { injection: injection.id, on: strike.on, requestedMs: context.now(), before: {} };
  try {
    receipt.before = (await observeUntil("absent", strike, leadMs, context.now)).measured;
    await course.due();
    undoEntries.push(...strike.undo().map((step) => context.journal.record(step)));
    receipt.requestedMs = context.now();
    announce("inject");
    await strike.inject();
    sustained = strike.sustain((error) => tellOnce(messageOf(error)));
    await prove(strike, receipt, injection.lastingMs, context);
    await course.over(receipt.provenMs !== undefined);
  } catch (error) {
    if (!context.signal.aborted) receipt.error = `injecting: ${messageOf(error)}`;
    course.failed?.();
  }
  await sustained?.end();
  receipt.healRequestedMs = context.now();
  announce("heal");
  try {
    await withDeadline(strike.heal(), healWithinMs, () => new Error(`not done within ${healWithinMs / 1000} s`));
    if (await proveHealed(strike, receipt, context)) for (const entry of undoEntries) context.journal.done(entry);
  } catch (error) {
    receipt.error = [receipt.error, `healing: ${messageOf(error)}`].filter(Boolean).join("; ");
  }
  context.emit({ atMs: context.now(), type: "receipt", receipt });
  return receipt;
}

async function prove(
  strike: Strike,
  receipt: Writable<Receipt>,
  lastingMs: number,
  { now, emit }: InjectorContext,
): Promise<void> {
  const { state, measured, atMs } = await observeUntil("acting", strike, Math.min(provenWithinMs, lastingMs), now);
  receipt.during = measured;
  if (state !== "acting") return;
  receipt.provenMs = atMs;
  const { injection, on, requestedMs } = receipt;
  emit({ atMs, type: "proven", injection, on, tookMs: atMs - requestedMs });
}

async function proveHealed(
  strike: Strike,
  receipt: Writable<Receipt>,
  { now, emit }: InjectorContext,
): Promise<boolean> {
  const { state, measured, atMs } = await observeUntil("absent", strike, provenWithinMs, now);
  receipt.after = measured;
  if (state !== "absent") return false;
  receipt.healProvenMs = atMs;
  const { injection, on, healRequestedMs = atMs } = receipt;
  emit({ atMs, type: "healed", injection, on, tookMs: atMs - healRequestedMs });
  return true;
}

/** Measures until the state is seen or the time is up. @returns the last measurement, and when it was made */
async function observeUntil(
  state: Observation["state"],
  strike: Strike,
  withinMs: number,
  now: () => number,
): Promise<Observation & { atMs: number }> {
  const deadline = now() + withinMs;
  for (;;) {
    const observation = await strike.observe();
    if (observation.state === state || now() >= deadline) return { ...observation, atMs: now() };
    await sleep(pollMs);
  }
}

/** Resolves at a time of the run's clock; rejects when the run is aborted. */
async function until(atMs: number, { now, signal }: InjectorContext): Promise<void> {
  await sleep(Math.max(0, atMs - now()), undefined, { signal });
}

/** An injection on three links is announced once. */
function once<T>(tell: (value: T) => void): (value: T) => void {
  const told = new Set<T>();
  return (value) => {
    if (!told.has(value)) tell(value);
    told.add(value);
  };
}
