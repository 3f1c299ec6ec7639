import type { Evidence } from "../check.ts";
import { outcomeCode } from "../history.ts";
import { canHaveBeenGood } from "./lateness.ts";
import { healedMs, injectedMs } from "./moments.ts";
import { promisedMs, steadyRows } from "./promise.ts";
import { shareRange } from "./proportion.ts";
import { ratioFloor } from "./series.ts";
import { type Operations, type Stretch, stretchesBelow, stretchesOf, together } from "./stretches.ts";

const okCode = outcomeCode("ok");

/** Of the steady phase's goodput: what it must be again. */
export const recoveredShare = 0.95;
/** How often at most a system that is exactly at the threshold is said to be below it: by its stretches, by the steady phase. */
const errors = { stretches: 0.04, steady: 0.01 } as const;
/** How often at most one that is below it is proven to be above. */
const passError = 0.05;
/** What was down until the end of the run is back only when it was good for so long since. */
const goodForMs = 1000;
/** … and when so many good ones in a row are this unlikely, had nothing changed. */
const unlikely = 0.01;

/**
 * Whether users were served again as before, and since when. An operation is good when it is ok within what its workload
 * promises, or else within a multiple of its steady latency (`promisedMs`). The system is below its steady state in a
 * stretch of time whose share of good operations is, by an exact bound, certainly less than 95 % of the steady phase's:
 * of all operations together, or of one workload's (`stretchesBelow`).
 */
export interface Recovery {
  /** Whether it ever was below, from the first injection on. When not, both times are as of the heal. */
  readonly hasLeft: boolean;
  /** From the first injection until it was back for good. In ms; `null` when not as long as the run watched. */
  readonly fromInjectMs: number | null;
  /**
   * From the last heal until it was back for good: until the first good operation was due after the last that was not good in the
   * last stretch below. 0 when there was no such stretch after the heal; `null` when not as long as the run watched.
   */
  readonly fromHealMs: number | null;
  /** The same, were all that the load generator or the machine may have spoilt the system's doing. */
  readonly asRecordedMs: number | null;
  /** When it was below again after it had been back: ms after the heal; absent when it did not relapse. */
  readonly relapsedMs?: number;
  /** The stretches after the heal in which it was below, by their ends. */
  readonly bad: readonly Stretch[];
  /** How long after the heal the run watched, in ms. */
  readonly watchedMs: number;
}

/**
 * How it went on after the last heal: goodput never left its steady level; it came back; it did not as long as the run
 * watched; the run cannot tell.
 */
export const recoveryWords = ["not needed", "back", "not back", "not known"] as const;
export type RecoveryWord = (typeof recoveryWords)[number];

export function recoveryWordOf(recovery: Recovery | undefined): RecoveryWord {
  if (recovery === undefined) return "not known";
  if (recovery.fromHealMs === null) return "not back";
  return recovery.hasLeft ? "back" : "not needed";
}

/**
 * The recovery after the last heal. What was not good, but can have been (`canHaveBeenGood`), counts as good: the load
 * generator or the machine may be the reason. Only `asRecordedMs` takes it as it was recorded.
 * @returns undefined without a proven heal, 30 operations of a steady phase, or any after the heal
 */
export function recoveryOf(evidence: Evidence): Recovery | undefined {
  const scene = recoverySceneOf(evidence);
  return typeof scene === "string" ? undefined : recoveryIn(scene);
}

/** What a recovery is read from. */
export interface RecoveryScene {
  readonly injectedMs: number;
  readonly healedMs: number;
  readonly endMs: number;
  /** All operations together; where there are several workloads, then each by itself. */
  readonly parts: readonly Part[];
  readonly goodness: Goodness;
}

/** Which operations are good, by their row. */
export interface Goodness {
  /** How long the answer may take, in ms. */
  readonly limitMs: (row: number) => number;
  readonly isGood: (row: number) => boolean;
  /** Also when the load generator or the machine may be the reason that it was not. */
  readonly canBeGood: (row: number) => boolean;
}

/** Operations that are held against their own steady phase. */
export interface Part {
  /** Of the workload; absent for all together. */
  readonly workload?: string;
  readonly steadyShare: number;
  /** The share of good operations below which it is below its steady state for certain, and from which it is surely not. */
  readonly failBelow: number;
  readonly passFrom: number;
  /** How much of the error is spent on this part. */
  readonly error: number;
  /** From the first injection on, as recorded, and with all that can have been good. */
  readonly asRecorded: Operations;
  readonly atBest: Operations;
}

/** @returns why there is nothing to tell, when there is not */
export function recoverySceneOf(evidence: Evidence): RecoveryScene | string {
  const { phases, schedule, workloads } = evidence;
  const [fromMs, healMs, endMs] = [injectedMs(evidence), healedMs(evidence), phases.recovery?.toMs];
  if (schedule.length === 0) return "nothing was injected";
  if (healMs === undefined || fromMs === undefined) return unhealed(evidence);
  if (endMs === undefined) return "the recovery phase never came, too early to tell";
  if (!(endMs > healMs)) return "the recovery phase ended before the last heal was proven, too early to tell";
  const steady = steadyRows(evidence);
  const goodness = goodnessOf(evidence, steady);
  const each = workloads.length < 2 ? [] : workloads.map(({ name }) => name);
  const options = { steady, goodness, fromMs, endMs };
  const whole = partOf(evidence, { ...options, error: errors.stretches / (each.length === 0 ? 1 : 2) });
  if (whole === undefined) return noControl(steady.length);
  const error = errors.stretches / 2 / each.length;
  const parts = each.flatMap((workload) => partOf(evidence, { ...options, workload, error }) ?? []);
  return { injectedMs: fromMs, healedMs: healMs, endMs, parts: [whole, ...parts], goodness };
}

function noControl(steadyOperations: number): string {
  return steadyOperations < ratioFloor
    ? `only ${steadyOperations} operations were due in the steady phase, and a comparison takes ${ratioFloor}`
    : "no operation of the steady phase was ok within the time that is promised, so there is nothing to compare with";
}

function goodnessOf(evidence: Evidence, steady: readonly number[]): Goodness {
  const { history } = evidence;
  const limits = promisedMs(evidence, steady);
  const limitMs = (row: number): number => limits[history.operation[row]!] ?? Number.POSITIVE_INFINITY;
  const isGood = (row: number): boolean =>
    history.outcome[row] === okCode && history.endMs[row]! - history.intendedMs[row]! <= limitMs(row);
  return { limitMs, isGood, canBeGood: (row) => isGood(row) || canHaveBeenGood(evidence, row, limitMs(row)) };
}

function unhealed({ schedule, receipts }: Evidence): string {
  const isHealed = (id: string, on: string): boolean =>
    receipts.some((one) => one.injection === id && one.on === on && one.healProvenMs !== undefined);
  const unproven = schedule.find(({ id, acts }) => acts.some((on) => !isHealed(id, on)));
  return unproven === undefined ? "nothing was injected" : `there is no proof that "${unproven.title}" was healed`;
}

interface PartOptions {
  readonly workload?: string;
  readonly steady: readonly number[];
  readonly goodness: Goodness;
  readonly fromMs: number;
  readonly endMs: number;
  readonly error: number;
}

/** @returns undefined without a steady phase of its own */
function partOf(
  evidence: Evidence,
  { workload, steady, goodness, fromMs, endMs, error }: PartOptions,
): Part | undefined {
  const { history, operations } = evidence;
  const isMeant = Uint8Array.from(operations, (one) => (workload === undefined || one.workload === workload ? 1 : 0));
  const { isGood, canBeGood } = goodness;
  const own = steady.filter((row) => isMeant[history.operation[row]!] === 1);
  const good = own.filter(isGood).length;
  // A workload with few of them is judged too: the bound of its steady share is as low as they are few.
  if (good === 0 || (workload === undefined && own.length < ratioFloor)) return undefined;
  const rows: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    const dueMs = history.intendedMs[row]!;
    if (dueMs >= fromMs && dueMs < endMs && isMeant[history.operation[row]!] === 1) rows.push(row);
  }
  const dueMs = Float64Array.from(rows, (row) => history.intendedMs[row]!);
  const readBy = (read: (row: number) => boolean): Operations => ({
    dueMs,
    isGood: Uint8Array.from(rows, (row) => (read(row) ? 1 : 0)),
  });
  const steadyAtBest = shareRange(own.filter(canBeGood).length, own.length, { error: passError }).upper;
  return {
    ...(workload === undefined ? {} : { workload }),
    steadyShare: good / own.length,
    failBelow: recoveredShare * shareRange(good, own.length, { error: errors.steady }).lower,
    passFrom: recoveredShare * steadyAtBest,
    error,
    asRecorded: readBy(isGood),
    atBest: readBy(canBeGood),
  };
}

/** As it was recorded, or with all that can have been good. */
type Reading = "asRecorded" | "atBest";

/** @returns undefined when no operation was due after the heal */
export function recoveryIn(scene: RecoveryScene): Recovery | undefined {
  const { injectedMs: fromMs, healedMs: healMs, endMs, parts } = scene;
  if (!parts[0]!.atBest.dueMs.some((dueMs) => dueMs >= healMs)) return undefined;
  const backMs = (reading: Reading): number | null => {
    const all = parts.map((part) => backAfter(part, reading, healMs, endMs));
    return all.includes(null) ? null : Math.max(...all.map((ms) => ms ?? 0));
  };
  const bad = parts
    .flatMap((part) => stretchesBelow(part.failBelow, stretchesOf(part.atBest, healMs, endMs), part.error))
    .toSorted((one, other) => one.toMs - other.toMs);
  const isBelowBefore = parts.some(
    (part) => stretchesBelow(part.failBelow, stretchesOf(part.atBest, fromMs, healMs), part.error).length > 0,
  );
  const fromHealMs = backMs("atBest");
  const relapsedMs = relapseAfter(bad, isBelowBefore, healMs);
  return {
    hasLeft: isBelowBefore || bad.length > 0,
    fromInjectMs: fromHealMs === null ? null : healMs - fromMs + fromHealMs,
    fromHealMs,
    asRecordedMs: backMs("asRecorded"),
    ...(relapsedMs === undefined ? {} : { relapsedMs }),
    bad,
    watchedMs: endMs - healMs,
  };
}

/** When a part was back for good, in ms after the heal. */
function backAfter(part: Part, reading: Reading, healMs: number, endMs: number): number | null {
  const operations = part[reading];
  const last = stretchesBelow(part.failBelow, stretchesOf(operations, healMs, endMs), part.error).at(-1);
  if (last === undefined) return 0;
  let [nextMs, good] = [Number.POSITIVE_INFINITY, 0];
  for (const [index, dueMs] of operations.dueMs.entries()) {
    // Behind the stretch its end may go on, too short to be found by itself.
    if (dueMs <= last.lastBadMs || operations.isGood[index] !== 1) continue;
    nextMs = Math.min(nextMs, dueMs);
    if (dueMs < last.toMs) good += 1;
  }
  const isTooShort = endMs - last.lastBadMs < goodForMs || (last.good / last.total) ** good > unlikely;
  if (last.toMs >= endMs && isTooShort) return null;
  return Number.isFinite(nextMs) ? nextMs - healMs : null;
}

/** When the first stretch below began that came after one which was not, though it had been below before that. */
function relapseAfter(bad: readonly Stretch[], isBelowBefore: boolean, healMs: number): number | undefined {
  let [untilMs, wasBelow] = [healMs, isBelowBefore];
  for (const { fromMs, toMs, firstBadMs } of bad.toSorted((one, other) => one.fromMs - other.fromMs)) {
    if (fromMs > untilMs && wasBelow) return firstBadMs - healMs;
    wasBelow = true;
    untilMs = Math.max(untilMs, toMs);
  }
  return undefined;
}

/** How the operations after a moment came out, once as recorded and once with all that can have been good. */
export type Aftermath = Readonly<Record<Reading, AftermathReading>> & { readonly total: number };

export interface AftermathReading {
  readonly good: number;
  /** Of which operations a stretch was below: of all together, or of a workload by its name. */
  readonly below?: "all" | { readonly workload: string };
  /** Whether all of them together surely were not below. */
  readonly isProven: boolean;
}

/** @param fromMs on the run's clock, not before the heal */
export function aftermathOf({ parts, endMs }: RecoveryScene, fromMs: number): Aftermath {
  const [whole] = parts;
  const readBy = (reading: Reading): AftermathReading => {
    const { total, good } = together(stretchesOf(whole![reading], fromMs, endMs));
    const isBelow = (part: Part): boolean =>
      stretchesBelow(part.failBelow, stretchesOf(part[reading], fromMs, endMs), part.error).length > 0;
    const below = parts.find(isBelow);
    return {
      good,
      ...(below === undefined ? {} : { below: below.workload === undefined ? "all" : { workload: below.workload } }),
      isProven: total > 0 && shareRange(good, total, { error: passError }).lower >= whole!.passFrom,
    };
  };
  const { total } = together(stretchesOf(whole!.asRecorded, fromMs, endMs));
  return { total, asRecorded: readBy("asRecorded"), atBest: readBy("atBest") };
}

/** What a recovery phase takes so that `recoversWithin` can come to a `pass`. */
export interface RecoveryNeeds {
  /** Operations that must be due after `within`. */
  readonly operations: number;
  /** How long the recovery phase must last after the heal and `within`, in ms. */
  readonly afterMs: number;
  /** Operations that the steady phase must have. */
  readonly steadyOperations: number;
}

/**
 * The least that it takes: fewer operations cannot prove the threshold, even when all of them are good.
 * @param perSecond operations a second of all workloads together; above 0
 * @param share of the steady phase's goodput
 */
export function recoveryNeeds(perSecond: number, share: number = recoveredShare): RecoveryNeeds {
  // All of n are good with the probability share^n when the truth is just below.
  const operations = Math.ceil(Number((Math.log(passError) / Math.log(share)).toPrecision(12)));
  return { operations, afterMs: Math.ceil((operations / perSecond) * 1000), steadyOperations: ratioFloor };
}
