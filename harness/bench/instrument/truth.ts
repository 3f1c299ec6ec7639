import type { History } from "../../model/history.ts";
import { outcomeCode } from "../../model/history.ts";
import { Histogram } from "../../model/measure/histogram.ts";

const okCode = outcomeCode("ok");

/** What the server of the worked example wrote down itself; ms on the machine's monotonic clock. */
export interface Journal {
  /** When its processes listened. */
  readonly upMs: readonly number[];
  readonly frozen: readonly (readonly [number, number])[];
  readonly answeredMs: ReadonlyMap<string, number>;
}

/** A torn last line is left out: the process was killed while it wrote it. */
export function parseJournal(text: string): Journal {
  const [upMs, frozen, answeredMs]: [number[], [number, number][], Map<string, number>] = [[], [], new Map()];
  for (const line of text.split("\n").slice(0, -1)) {
    const [what, first = "", second = ""] = line.split(" ");
    if (what === "up") upMs.push(Number(first));
    else if (what === "frozen") frozen.push([Number(first), Number(second)]);
    else answeredMs.set(second, Number(first));
  }
  return { upMs, frozen, answeredMs };
}

/**
 * What a user sees of a freeze who comes at a constant rate and asks once: who comes while it lasts waits for its end and
 * is then served, all others are served at once. For tools that do not tell when they meant to ask.
 * @returns the p99 of the response times, ms
 */
export function modelP99Ms(
  journal: Journal,
  { startMs, perSecond, seconds }: { startMs: number; perSecond: number; seconds: number },
): number {
  const times = new Histogram();
  for (let id = 0; id < perSecond * seconds; id += 1) {
    const dueMs = startMs + (id * 1000) / perSecond;
    const freeze = journal.frozen.find(([fromMs, toMs]) => fromMs <= dueMs && dueMs <= toMs);
    times.record(serviceMs + (freeze === undefined ? 0 : freeze[1] - dueMs));
  }
  return times.percentile(0.99);
}

/** The server takes so long by itself. */
const serviceMs = 1;

/** The p99 by the history, and by the journal for the very same operations: answered − intended. */
export function p99sOf(history: History, journal: Journal): { measuredMs: number; trueMs: number } {
  const [measured, truth] = [new Histogram(), new Histogram()];
  for (let row = 0; row < history.count; row += 1) {
    const intendedMs = history.intendedMs[row]!;
    const answeredMs = journal.answeredMs.get(String(history.id[row]));
    truth.record(answeredMs === undefined ? Number.POSITIVE_INFINITY : answeredMs - intendedMs);
    const isOk = history.outcome[row] === okCode;
    measured.record(isOk ? history.endMs[row]! - intendedMs : Number.POSITIVE_INFINITY);
  }
  return { measuredMs: measured.percentile(0.99), trueMs: truth.percentile(0.99) };
}

/** What an outage cost: how many operations failed, how long until the first was ok again, and what was lost. */
export interface Outage {
  readonly failed: number;
  readonly recoveryMs: number;
  readonly lost: number;
}

/** As the history has it. @param held ids that the server holds in the end */
export function measuredOutage(history: History, killedMs: number, held: ReadonlySet<string>): Outage {
  let [failed, lost, firstMs] = [0, 0, Number.POSITIVE_INFINITY];
  for (let row = 0; row < history.count; row += 1) {
    if (history.outcome[row] !== okCode) failed += 1;
    else if (!held.has(String(history.id[row]))) lost += 1;
    const endMs = history.endMs[row]!;
    // What was sent before the kill may be answered a moment after it.
    if (history.outcome[row] === okCode && history.dispatchedMs[row]! > killedMs) firstMs = Math.min(firstMs, endMs);
  }
  return { failed, lost, recoveryMs: firstMs - killedMs };
}

/** As the journal has it. @param intended how many operations there were */
export function trueOutage(journal: Journal, killedMs: number, held: ReadonlySet<string>, intended: number): Outage {
  const upMs = journal.upMs.find((ms) => ms > killedMs) ?? Number.POSITIVE_INFINITY;
  const after = [...journal.answeredMs.values()].filter((ms) => ms > upMs);
  return {
    failed: intended - journal.answeredMs.size,
    recoveryMs: Math.min(...after) - killedMs,
    lost: [...journal.answeredMs.keys()].filter((id) => !held.has(id)).length,
  };
}
