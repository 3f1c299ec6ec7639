import type { RunEvent } from "../model/events.ts";
import { count, plural } from "../model/quantities.ts";
import type { StoredRun } from "../model/run.ts";
import { parseLogLine, type RunSpan } from "./log-line.ts";
import { oneLine } from "./text.ts";

/** How far from a transition a line may be. */
const nearMs = 2000;
const linesAtMost = 200;
const lengthAtMost = 300;
/** Of all logs together, so that a talkative system does not make a report that no mail takes. */
const charactersAtMost = 120_000;

export interface LogExcerpt {
  readonly instance: string;
  /** `atMs` on the run's clock; null for a line that tells no time. */
  readonly lines: readonly { readonly atMs: number | null; readonly text: string }[];
  /** What was left out and why; empty when nothing was. */
  readonly cut: string;
}

interface Dated {
  readonly atMs: number | null;
  readonly text: string;
  /** Its distance to the nearest transition. */
  readonly awayMs: number;
}

/** The lines of each instance's log around each inject, heal, exit and restart. */
export function excerptsOf(run: StoredRun): readonly LogExcerpt[] {
  const zeroMs = Date.parse(run.record.startedAt);
  const lastMs = run.events.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  const span: RunSpan = { fromMs: zeroMs, toMs: zeroMs + lastMs };
  const transitions = transitionsOf(run.events);
  const all = Object.entries(run.logs).map(([instance, lines]) => ({
    instance,
    total: lines.length,
    lines: dated(lines, span, transitions),
  }));
  const limit = fairLimit(all.map(({ lines }) => near(lines)));
  return all.map(({ instance, total, lines }) => excerpt(instance, total, lines, limit));
}

function transitionsOf(events: readonly RunEvent[]): readonly number[] {
  const injectedMs = events.find(({ type }) => type === "inject")?.atMs ?? Number.POSITIVE_INFINITY;
  return events.flatMap((event) => {
    const isTransition =
      ["inject", "heal", "proven", "healed"].includes(event.type) ||
      (event.type === "exited" && !event.expected) ||
      (event.type === "started" && event.atMs > injectedMs);
    return isTransition ? [event.atMs] : [];
  });
}

/** A line without a time belongs to the one before it, as a stack trace does. */
function dated(lines: readonly string[], span: RunSpan, transitions: readonly number[]): readonly Dated[] {
  let lastMs: number | null = null;
  return lines.map((line) => {
    const { epochMs, text } = parseLogLine(line, span);
    const atMs = epochMs === null ? null : epochMs - span.fromMs;
    lastMs = atMs ?? lastMs;
    const placeMs = lastMs;
    const awayMs =
      placeMs === null
        ? Number.POSITIVE_INFINITY
        : transitions.reduce((least, at) => Math.min(least, Math.abs(at - placeMs)), Number.POSITIVE_INFINITY);
    return { atMs, text: oneLine(text, lengthAtMost), awayMs };
  });
}

const near = (lines: readonly Dated[]): readonly Dated[] => lines.filter(({ awayMs }) => awayMs <= nearMs);

/** Lines a component, halved until all of them together stay in the budget. */
function fairLimit(excerpts: readonly (readonly Dated[])[]): number {
  const size = (limit: number): number =>
    excerpts.reduce(
      (sum, lines) => sum + nearest(lines, limit).reduce((all, { text }) => all + text.length + 60, 0),
      0,
    );
  let limit = linesAtMost;
  while (limit > 10 && size(limit) > charactersAtMost) limit = Math.floor(limit / 2);
  return limit;
}

/** The lines that are nearest to a transition, in the order of the log. */
function nearest(lines: readonly Dated[], limit: number): readonly Dated[] {
  if (lines.length <= limit) return lines;
  const kept = new Set(lines.toSorted((a, b) => a.awayMs - b.awayMs).slice(0, limit));
  return lines.filter((line) => kept.has(line));
}

function excerpt(instance: string, total: number, all: readonly Dated[], limit: number): LogExcerpt {
  const close = near(all);
  if (close.length === 0 && all.length > 0 && all.every(({ atMs }) => atMs === null)) {
    const last = all.slice(-Math.min(50, limit));
    return {
      instance,
      lines: last,
      cut: `No line tells a time that could be read: the last ${last.length} of ${count(total)}.`,
    };
  }
  const lines = nearest(close, limit).map(({ atMs, text }) => ({ atMs, text }));
  if (lines.length < close.length) {
    const cut = `${plural(lines.length, "line")} of ${count(close.length)} near a transition, the nearest ones; ${count(total)} in all.`;
    return { instance, lines, cut };
  }
  const left = total - lines.length;
  return { instance, lines, cut: left === 0 ? "" : `${plural(left, "line")} further from a transition left out.` };
}
