import { setTimeout as sleep } from "node:timers/promises";
import type { LinkControl } from "../model/capabilities.ts";
import type { RunningSystem } from "../model/environment.ts";
import { FaultlineError, messageOf } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import type { FaultKind, Observation, Receipt, ScheduledInjection } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import type { LinkLook } from "../model/traffic.ts";
import type { Journal } from "../model/undo.ts";
import { withDeadline } from "../network/deadline.ts";
import type { Strikes } from "./strikes.ts";
import { sustain } from "./sustain.ts";
import { type Look, TrafficWatch } from "./traffic-watch.ts";

/** How long before a fault is due its absence is measured, so that the measurement does not delay the fault. */
export const leadMs = 500;
const provenWithinMs = 5000;
const healWithinMs = 30_000;
const pollMs = 20;
/** From an end at the start to the next start, as container engines wait: twice as long each time. */
const restartAfterMs = { first: 100, longest: 2000 } as const;
/** How much later than due a fault is healed for the sake of its proof: what is short may be proven in its last moment. */
export const proofGraceMs = 500;

/** What an injection needs of whoever has it played. */
export interface InjectorContext {
  readonly system: RunningSystem;
  readonly faultKinds: readonly FaultKind[];
  readonly journal: Journal;
  readonly now: () => number;
  readonly emit: (event: RunEvent) => void;
  /** All of this run. */
  readonly strikes: Strikes;
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
  /** Resolves, or rejects, when it is time to heal though it was not proven yet; absent where there is no such time. */
  ends?(): Promise<void>;
  /** Told when it could not be injected; it is healed at once. */
  failed?(): void;
  /** What was seen of its links when the steady phase began, by their names; absent where there is no such phase. */
  steadyLooks?(): Promise<ReadonlyMap<string, LinkLook>>;
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
  /** Looks at the traffic of the link that it is on; absent where there is none to be seen. */
  readonly look?: Look;
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
  return Promise.all(strikes.map((strike) => play(strike, { kind, injection }, course, announce, context)));
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
    ...lookOf(kind, control),
  }));
}

function lookOf(kind: FaultKind, control: object): { readonly look?: Look } {
  const { look } = control as Partial<LinkControl>;
  return kind.uncounted === "all" || look === undefined ? {} : { look };
}

async function play(
  strike: Strike,
  { kind, injection }: { readonly kind: FaultKind; readonly injection: ScheduledInjection },
  course: Course,
  announce: (type: "inject" | "heal") => void,
  context: InjectorContext,
): Promise<Receipt> {
  const undoEntries: number[] = [];
  let ended: (() => void) | undefined;
  let sustained: ReturnType<Strike["sustain"]>;
  let watch: TrafficWatch | undefined;
  const tellOnce = once((text: string) =>
    context.emit({ atMs: context.now(), type: "note", text: `${injection.title}, again: ${text}` }),
  );
  const receipt: Writable<Receipt> = { injection: injection.id, on: strike.on, requestedMs: context.now(), before: {} };
  try {
    receipt.before = (await observeUntil("absent", strike, leadMs, context.now)).measured;
    await course.due();
    watch = await watchOn(strike, course);
    ended = context.strikes.begin(strike.on, context.now());
    undoEntries.push(...strike.undo().map((step) => context.journal.record(step)));
    receipt.requestedMs = context.now();
    announce("inject");
    await strike.inject();
    sustained = strike.sustain((error) => tellOnce(messageOf(error)));
    const proof = prove(strike, receipt, proofWithinMs(kind, injection), context);
    await Promise.race([proof, course.ends?.() ?? proof]);
    await course.over(receipt.provenMs !== undefined);
  } catch (error) {
    if (!context.signal.aborted) receipt.error = `injecting: ${messageOf(error)}`;
    course.failed?.();
  }
  if (ended !== undefined) {
    await sustained?.end();
    const traffic = context.signal.aborted ? undefined : await watch?.end(kind.uncounted);
    if (traffic !== undefined) receipt.traffic = traffic;
    announce("heal");
    await heal(strike, receipt, undoEntries, context);
    ended();
  }
  context.emit({ atMs: context.now(), type: "receipt", receipt });
  return receipt;
}

async function watchOn({ look, on }: Strike, course: Course): Promise<TrafficWatch | undefined> {
  if (look === undefined) return undefined;
  return TrafficWatch.begin(look, (await course.steadyLooks?.())?.get(on));
}

/**
 * Heals, and proves it. Where another strike on the same hit it in the middle, as a second kill what was just being started
 * again, that says nothing of the system: it is healed when that one is over, and its receipt says when that was. What ends at
 * its start is started again, as an orchestrator does: its end is recorded, and the laws see what comes of the rest.
 */
async function heal(
  strike: Strike,
  receipt: Writable<Receipt>,
  undoEntries: readonly number[],
  context: InjectorContext,
): Promise<void> {
  receipt.healRequestedMs = context.now();
  for (let pauseMs: number = restartAfterMs.first; ; pauseMs = Math.min(2 * pauseMs, restartAfterMs.longest)) {
    const sinceMs = context.now();
    const { isHealed, error, endedAtStart } = await tryToHeal(strike, receipt, context);
    if (isHealed) {
      for (const entry of undoEntries) context.journal.done(entry);
      return;
    }
    const isWorthwhile = endedAtStart === true && context.now() + pauseMs < receipt.healRequestedMs + healWithinMs;
    if (isWorthwhile) await sleep(pauseMs, undefined, { signal: context.signal }).catch(() => undefined);
    // Also one of during the pause: what it ended is not to be started again before it is over.
    const inTheWay = context.strikes.after(strike.on, sinceMs);
    if (inTheWay === undefined && (!isWorthwhile || context.signal.aborted)) {
      if (error !== undefined) receipt.error = [receipt.error, `healing: ${error}`].filter(Boolean).join("; ");
      return;
    }
    await inTheWay;
  }
}

async function tryToHeal(
  strike: Strike,
  receipt: Writable<Receipt>,
  context: InjectorContext,
): Promise<{ readonly isHealed: boolean; readonly error?: string; readonly endedAtStart?: boolean }> {
  try {
    await withDeadline(strike.heal(), healWithinMs, () => new Error(`not done within ${statedDuration(healWithinMs)}`));
    return { isHealed: await proveHealed(strike, receipt, context) };
  } catch (error) {
    const endedAtStart = error instanceof FaultlineError && error.code === "COMPONENT_EXITED";
    return { isHealed: false, error: messageOf(error), endedAtStart };
  }
}

/** A proof that takes its time has twice of it; but none goes on for longer than its fault, which waits a little for it. */
function proofWithinMs(kind: FaultKind, { parameters, lastingMs }: ScheduledInjection): number {
  if (kind.waitsForMoment === true) return lastingMs;
  return Math.min(Math.max(provenWithinMs, 2 * (kind.provenAfterMs?.(parameters) ?? 0)), lastingMs + proofGraceMs);
}

async function prove(
  strike: Strike,
  receipt: Writable<Receipt>,
  withinMs: number,
  { now, emit }: InjectorContext,
): Promise<void> {
  const { state, measured, atMs } = await observeUntil("acting", strike, withinMs, now);
  // What comes after the heal began is no proof of anything.
  if (receipt.healRequestedMs !== undefined) return;
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
    const observation = await strike.observe().catch(unclear);
    if (observation.state === state || now() >= deadline) return { ...observation, atMs: now() };
    await sleep(pollMs);
  }
}

/** What could not be measured now may be measured a moment later: another fault may be in the way. */
const unclear = (error: unknown): Observation => ({ state: "unclear", measured: { error: messageOf(error) } });

/** An injection on three links is announced once. */
function once<T>(tell: (value: T) => void): (value: T) => void {
  const told = new Set<T>();
  return (value) => {
    if (!told.has(value)) tell(value);
    told.add(value);
  };
}
