import { readFileSync } from "node:fs";
import { join } from "node:path";

// The numbers of a run once more, from its exported operations and the raw files of its folder, by the definitions in words
// and by none of the code that the reports use.

interface Row {
  readonly id: number;
  readonly workload: string;
  readonly operation: string;
  readonly effect: string;
  readonly phase: string;
  readonly key: number;
  readonly intended_ms: number;
  readonly wire_ms?: number;
  readonly end_ms: number;
  readonly outcome: string;
  readonly version?: number;
}
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}
// biome-ignore lint/suspicious/noExplicitAny: it is read as anybody reads JSON.
type Json = any;

export interface Recomputed {
  readonly count: (phase: string, operation?: string) => Readonly<Record<string, number>>;
  readonly total: (phase: string, operation?: string) => number;
  /** Of ok ones, in ms, by nearest rank; undefined with fewer than the floor. */
  readonly percentile: (phase: string, q: number, floor: number, operation?: string) => number | undefined;
  readonly impactMs: number | null | undefined;
  readonly amplification: number | undefined;
  readonly absorption: { readonly share: number; readonly crossed: number } | undefined;
  readonly goodput: (
    workload: string,
    phase: string,
  ) => { readonly perSecond: number; readonly burn: number | undefined } | undefined;
  readonly recovery:
    | { readonly word: string; readonly fromHealMs: number | null; readonly watchedMs: number }
    | undefined;
  readonly harm: Readonly<Record<"lost" | "duplicated" | "stale" | "stuck", number | null>>;
}

/** @param exported the text of `faultline export --format jsonl` */
export function recompute(folder: string, exported: string): Recomputed {
  const rows = lines(exported) as Row[];
  const record = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as Json;
  const events = lines(readFileSync(join(folder, "events.jsonl"), "utf8")) as Json[];
  const receipts = events.filter((one) => one.type === "receipt").map((one) => one.receipt);
  const injected = events.filter((one) => one.type === "inject").map((one) => one.atMs as number);
  const zeroMs = injected.length === 0 ? undefined : Math.min(...injected);
  const healed = receipts.map((one) => one.healProvenMs as number | undefined);
  const healMs = healed.length === 0 || healed.includes(undefined) ? undefined : Math.max(...(healed as number[]));
  const of = (phase: string, operation?: string): Row[] =>
    rows.filter((row) => row.phase === phase && (operation === undefined || row.operation === operation));
  return {
    count: (phase, operation) => countBy(of(phase, operation)),
    total: (phase, operation) => of(phase, operation).length,
    percentile: (phase, q, floor, operation) => {
      const times = of(phase, operation)
        .filter(isOk)
        .map(took)
        .sort((a, b) => a - b);
      return times.length < floor ? undefined : times[Math.max(0, Math.ceil(q * times.length) - 1)];
    },
    impactMs: zeroMs === undefined ? undefined : impact(rows, zeroMs),
    amplification: amplification(rows, zeroMs, healMs, record.phases.recovery?.toMs),
    absorption: absorption(rows, receipts),
    goodput: (workload, phase) => goodput(rows, record, workload, phase),
    recovery: recovery(rows, record, zeroMs, healMs),
    harm: harm(rows, folder, record),
  };
}

const lines = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const isOk = ({ outcome }: Row): boolean => outcome === "ok";
const took = ({ intended_ms, end_ms }: Row): number => end_ms - intended_ms;

function countBy(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of rows) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function impact(rows: readonly Row[], zeroMs: number): number | null {
  const bad = rows.filter(
    (row) => !isOk(row) && row.outcome !== "overflow" && row.phase !== "warmUp" && row.end_ms >= zeroMs,
  );
  return bad.length === 0 ? null : Math.min(...bad.map(({ end_ms }) => end_ms)) - zeroMs;
}

function amplification(rows: readonly Row[], zeroMs?: number, healMs?: number, endMs?: number): number | undefined {
  if (zeroMs === undefined || healMs === undefined || endMs === undefined) return undefined;
  const due = rows.filter(({ intended_ms }) => intended_ms >= zeroMs && intended_ms < endMs);
  const secondsOfOutage = (due.filter((row) => !isOk(row)).length * (endMs - zeroMs)) / due.length;
  return secondsOfOutage / (healMs - zeroMs);
}

function absorption(rows: readonly Row[], receipts: readonly Json[]) {
  const acted = receipts.filter((one) => one.provenMs !== undefined && one.healRequestedMs !== undefined);
  const crossed = rows.filter((row) =>
    acted.some((one) => row.intended_ms <= one.healRequestedMs && row.end_ms >= one.provenMs),
  );
  if (crossed.length === 0) return undefined;
  const steady = rows.filter(({ phase }) => phase === "steady");
  const badShare = (some: readonly Row[]): number => 1 - some.filter(isOk).length / some.length;
  return { share: 1 - Math.max(0, badShare(crossed) - badShare(steady)), crossed: crossed.length };
}

function goodput(rows: readonly Row[], record: Json, workload: string, phase: string) {
  const interval = record.phases[phase];
  if (interval === undefined) return undefined;
  const slo = record.plan.workloads.find((one: Json) => one.name === workload).slo;
  const own = rows.filter((row) => row.workload === workload && row.phase === phase);
  const good = own.filter((row) => isOk(row) && took(row) <= (slo?.withinMs ?? Infinity)).length;
  return {
    perSecond: (good * 1000) / (interval.toMs - interval.fromMs),
    burn: slo === undefined ? undefined : (own.length - good) / own.length / (1 - slo.availability),
  };
}

function harm(rows: readonly Row[], folder: string, record: Json): Recomputed["harm"] {
  let state: Json;
  try {
    state = JSON.parse(readFileSync(join(folder, "final-state.json"), "utf8"));
  } catch {
    // Nobody looked.
  }
  const isDecided = (name: string): boolean =>
    record.checks.some((one: Json) => one.name === name && one.verdict !== "inconclusive");
  const orders = rows.filter((row) => row.effect === "insert" && isOk(row));
  const there = new Set((state?.items ?? []).map((one: Json) => one.id));
  const writes = rows.filter((row) => row.effect === "write" && isOk(row));
  const stale = rows.filter(
    (row) =>
      row.effect === "read" &&
      isOk(row) &&
      row.phase !== "warmUp" &&
      writes.some((one) => one.key === row.key && one.version! > row.version! && row.wire_ms! - one.end_ms > 2000),
  );
  return {
    lost: state === undefined ? null : orders.filter(({ id }) => !there.has(id)).length,
    duplicated: state === undefined ? null : state.items.filter((one: Json) => one.count > 1).length,
    stale: isDecided("noStaleReads") ? stale.length : null,
    stuck: state === undefined ? null : state.jobs.filter((one: Json) => one.state === "pending").length,
  };
}

// Recovery, as `Recovery` says in words.

interface Due {
  readonly atMs: number;
  readonly good: boolean;
}

function recovery(rows: readonly Row[], record: Json, zeroMs?: number, healMs?: number): Recomputed["recovery"] {
  const endMs = record.phases.recovery?.toMs as number | undefined;
  if (zeroMs === undefined || healMs === undefined || endMs === undefined) return undefined;
  const steady = rows.filter((row) => row.phase === "steady" && row.end_ms <= zeroMs);
  const limit = (row: Row): number => {
    const slo = record.plan.workloads.find((one: Json) => one.name === row.workload).slo;
    if (slo !== undefined) return slo.withinMs;
    const times = steady
      .filter((one) => isOk(one) && one.operation === row.operation)
      .map(took)
      .sort((a, b) => a - b);
    const q = times.length >= 1000 ? 0.99 : times.length >= 200 ? 0.95 : 1;
    const usual = times[Math.ceil(q * times.length) - 1]!;
    return Math.max(2 * usual, usual + 20);
  };
  const limits = new Map(
    rows.map((row) => [row.operation, row]).map(([name, row]) => [name as string, limit(row as Row)]),
  );
  const isGood = (row: Row): boolean => isOk(row) && took(row) <= limits.get(row.operation)!;
  const names: (string | undefined)[] = record.plan.workloads.map((one: Json) => one.name);
  const parts = names.length === 1 ? [undefined] : [undefined, ...names];
  const ends: (number | null)[] = [];
  let left = false;
  for (const name of parts) {
    const own = (row: Row): boolean => name === undefined || row.workload === name;
    const before = steady.filter(own);
    const floor = 0.95 * lowerBound(before.filter(isGood).length, before.length, 0.01);
    const error = parts.length === 1 ? 0.04 : name === undefined ? 0.02 : 0.02 / names.length;
    const due = rows
      .filter(own)
      .map((row) => ({ atMs: row.intended_ms, good: isGood(row) }))
      .sort((a, b) => a.atMs - b.atMs);
    const after = worstStretches(due, { fromMs: healMs, toMs: endMs }, floor, error);
    left ||= after.length > 0 || worstStretches(due, { fromMs: zeroMs, toMs: healMs }, floor, error).length > 0;
    ends.push(endOf(after, due, healMs, endMs));
  }
  const fromHealMs = ends.includes(null) ? null : Math.max(...(ends as number[]));
  const word = fromHealMs === null ? "not back" : left ? "back" : "not needed";
  return { word, fromHealMs, watchedMs: endMs - healMs };
}

function endOf(below: readonly Stretch[], due: readonly Due[], healMs: number, endMs: number): number | null {
  const last = below.toSorted((a, b) => a.toMs - b.toMs).at(-1);
  if (last === undefined) return 0;
  const inside = due.filter(({ atMs }) => atMs >= last.fromMs && atMs < last.toMs);
  const lastBad = inside.findLast(({ good }) => !good)!.atMs;
  const since = inside.filter(({ atMs }) => atMs > lastBad).length;
  const share = inside.filter(({ good }) => good).length / inside.length;
  if (last.toMs === endMs && (endMs - lastBad < 1000 || share ** since > 0.01)) return null;
  return due.find(({ atMs, good }) => atMs > lastBad && good)!.atMs - healMs;
}

/** Slots of 100 ms from the end, joined until each has 30; then pairs, fours, …, each against its part of the error. */
function worstStretches(due: readonly Due[], { fromMs, toMs }: Stretch, floor: number, error: number): Stretch[] {
  const edges = [toMs];
  for (let edge = toMs - 100; edge > fromMs; edge -= 100) {
    const inside = due.filter(({ atMs }) => atMs >= edge && atMs < edges[0]!).length;
    if (inside >= 30) edges.unshift(edge);
  }
  // What is left at the front belongs to the first that is full, unless it is full itself.
  const left = due.filter(({ atMs }) => atMs >= fromMs && atMs < edges[0]!).length;
  if (edges.length > 1 && left < 30) edges[0] = fromMs;
  else edges.unshift(fromMs);
  const count = edges.length - 1;
  const isBelow = (from: number, to: number, level: number): boolean => {
    const inside = due.filter(({ atMs }) => atMs >= edges[from]! && atMs < edges[to]!);
    return chanceOfAtMost(inside.filter(({ good }) => good).length, inside.length, floor) < level;
  };
  const found: [number, number][] = [];
  for (let index = 0; index < count; index += 1)
    if (isBelow(index, index + 1, error / 2 / count)) found.push([index, index + 1]);
  const sizes: number[] = [];
  for (let size = 2; size * 2 <= count; size *= 2) sizes.push(size);
  let begin = Math.max(0, ...found.map(([, to]) => to));
  for (const size of sizes) {
    const level = error / 2 / (sizes.length + 1) / Math.floor(count / size);
    const here: [number, number][] = [];
    for (let to = count; to - size >= begin; to -= size) if (isBelow(to - size, to, level)) here.push([to - size, to]);
    found.push(...here);
    begin = Math.max(begin, ...here.map(([, to]) => to));
  }
  if (begin < count && isBelow(begin, count, error / 2 / (sizes.length + 1))) found.push([begin, count]);
  return found.map(([from, to]) => ({ fromMs: edges[from]!, toMs: edges[to]! }));
}

/** Of a binomial distribution, term by term. */
function chanceOfAtMost(hits: number, total: number, share: number): number {
  if (total === 0 || hits >= total) return 1;
  let [term, sum] = [total * Math.log(1 - share), 0];
  for (let index = 0; index <= hits; index += 1) {
    sum += Math.exp(term);
    term += Math.log(((total - index) / (index + 1)) * (share / (1 - share)));
  }
  return sum;
}

/** The share at which so many hits or more are as likely as the error, by halving. */
function lowerBound(hits: number, total: number, error: number): number {
  let [low, high] = [0, hits / total];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (1 - chanceOfAtMost(hits - 1, total, middle) < error) low = middle;
    else high = middle;
  }
  return low;
}
