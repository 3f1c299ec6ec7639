import type { Evidence, Interval } from "../check.ts";
import type { RunEvent } from "../events.ts";
import { historyOf, rowAt, setRow } from "../history.ts";

/** A stretch of time in which Faultline itself disturbed the system; `why` as it follows "when". */
export interface Disturbance extends Interval {
  readonly why: string;
}

/** Of a tool that hung, where the event has the time of it. */
type Replaced = RunEvent & { readonly type: "replaced" } & Partial<Interval>;

/** What the load generator says of operations that the end of the run cut off: on the wire, and before it. */
export const stopTexts = {
  onWire: "the run was stopped before its answer",
  beforeWire: "the run was stopped before the wire",
} as const;

/**
 * When Faultline itself disturbed the system: while a tool of its own hung and was replaced, and from the moment in which
 * the run was stopped, for tear-down or by an interruption, to its end. What was under way then decides nothing. Where a
 * run does not have the times of a replacement, as in those of earlier versions, it may have been at any time.
 * @returns in ms on the run's clock, sorted by their beginning
 */
export function ownDoing(evidence: Evidence): readonly Disturbance[] {
  const replaced = evidence.events.flatMap((event) => (event.type === "replaced" ? [disturbanceBy(event)] : []));
  const stop = { fromMs: stoppedMs(evidence), toMs: Number.POSITIVE_INFINITY, why: "the run was stopped" };
  return [...replaced, stop]
    .filter(({ fromMs }) => fromMs < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.fromMs - other.fromMs);
}

/** As long again after it, clients are late with what had piled up, and make their connections anew. */
function disturbanceBy(event: Replaced): Disturbance {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Math.max(event.atMs, fromMs), what } = event;
  const isTimed = Number.isFinite(fromMs);
  return { fromMs, toMs: isTimed ? toMs + (toMs - fromMs) : Number.POSITIVE_INFINITY, why: `${what} was replaced` };
}

/**
 * When the run was stopped: by the first event that says so, or the first operation that the stop cut off, or when a
 * tool of the run ended by itself. `Infinity` where nothing tells.
 */
export function stoppedMs(evidence: Evidence): number {
  const { history, errors, events } = evidence;
  const said: readonly string[] = Object.values(stopTexts);
  const ends = events.flatMap((event) =>
    event.type === "interrupted" ||
    (event.type === "phase" && event.phase === "tearDown") ||
    (event.type === "exited" && !event.expected && isTool(event.instance, evidence))
      ? [event.atMs]
      : [],
  );
  const texts = errors.flatMap((text, index) => (said.includes(text) ? [index] : []));
  let firstMs = Math.min(...ends);
  if (texts.length === 0) return firstMs;
  for (let row = 0; row < history.count; row += 1) {
    if (texts.includes(history.error[row]!)) firstMs = Math.min(firstMs, history.endMs[row]!);
  }
  return firstMs;
}

/** Where programs of the system are named by `started`, one that is not is a tool of the run, as its proxy server. */
function isTool(instance: string, { events, entry }: Evidence): boolean {
  const started = events.flatMap((event) => (event.type === "started" ? [event.instance] : []));
  return started.length > 0 && !started.includes(instance) && !entry.includes(instance);
}

/**
 * The evidence without what Faultline itself may have caused: operations that were under way in a disturbance, ends of
 * processes in one, ends of tools, and what was seen at rest after one.
 * @param late when the load generator was so late that answers may be missing for it: operations of then go, too
 */
export function withoutOwnDoing(evidence: Evidence, late: readonly Interval[] = []): Evidence {
  const all = ownDoing(evidence);
  const events = all.length === 0 ? evidence.events : eventsWithout(evidence, all);
  return { ...evidence, history: historyWithout(evidence, [...all, ...late]), events };
}

function historyWithout({ history }: Evidence, all: readonly Interval[]) {
  const kept: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    const [dueMs, endMs] = [history.intendedMs[row]!, history.endMs[row]!];
    if (!all.some(({ fromMs, toMs }) => fromMs <= endMs && dueMs < toMs)) kept.push(row);
  }
  if (kept.length === history.count) return history;
  const left = historyOf(kept.length);
  for (const [index, row] of kept.entries()) setRow(left, index, rowAt(history, row));
  return left;
}

function eventsWithout(evidence: Evidence, all: readonly Interval[]): readonly RunEvent[] {
  const isWithin = (atMs: number): boolean => all.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
  const firstMs = Math.min(...all.map(({ fromMs }) => fromMs));
  return evidence.events.filter((event) => {
    if (event.type === "exited") return !isWithin(event.atMs) && !isTool(event.instance, evidence);
    const isOfRest = event.type === "rest" || (event.type === "gauges" && event.when === "rest");
    return !(isOfRest && event.atMs >= firstMs);
  });
}
