import type { Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { firstInjectionMs } from "../model/measure/moments.ts";
import { count, duration } from "../model/quantities.ts";
import type { StoredRun } from "../model/run.ts";
import type { Witness } from "../model/verdict.ts";
import { parseLogLine } from "./log-line.ts";
import { oneLine } from "./text.ts";
import { actedUntil, type FaultWindow } from "./windows.ts";

/** One step from the fault to the failure, and what it was read from. `atMs` on the run's clock. */
export interface CauseLink {
  readonly atMs: number;
  readonly what: string;
  readonly source: string;
}

/** With fewer, the slowest of the steady phase is chance. */
const steadyAtLeast = 20;
/** A first slow answer must be slower than the slowest of the steady phase by this factor: a hair above it is chance. */
const slowerBy = 2;
const linksAtMost = 9;

/** What led from a fault to a failure, and how much of it is not shown. */
export interface CauseChain {
  readonly links: readonly CauseLink[];
  /** Links that had no room. */
  readonly leftOut: number;
  /** Faults that were over before the one that it begins with. */
  readonly earlierFaults: number;
}

export const noChain: CauseChain = { links: [], leftOut: 0, earlierFaults: 0 };

/**
 * What followed a fault, from the request for it, in order, up to the first operation that breaks a check, or to the last that was not ok. It
 * begins with the faults that acted at that operation, or at one that explains it, or with the last before; where no
 * operation breaks a check, with the first fault. Each link is something that was recorded: a receipt, an operation of
 * the history, what an instance said of itself, a mark that its metrics reached, its end, its log. What nobody saw is left out. An order in time is no
 * proof that one led to the other, and the page says so.
 * @returns no link without a proven fault, or when nothing followed it
 */
export function causeChainOf(run: StoredRun, evidence: Evidence, all: readonly FaultWindow[]): CauseChain {
  const broken = brokenBy(run, evidence);
  const windows = broken === undefined ? all : leadingTo(broken.sinceMs, all);
  const proven = proofs(windows);
  if (proven.length === 0) return noChain;
  // It may have acted before that could be proven.
  const fromMs = Math.min(...windows.map(({ requestedMs }) => requestedMs));
  const { why = [] } = broken ?? {};
  const end = broken === undefined || broken.end.atMs >= fromMs ? broken?.end : shownAtTheEnd(broken.end, run);
  // What was broken before any fault did not come of one.
  if (broken !== undefined && end === undefined) return noChain;
  const told = [
    ...firstSlow(evidence, fromMs),
    ...firstNotOk(evidence, fromMs),
    ...instancesTold(run, fromMs),
    ...marksReached(run, fromMs),
  ];
  const isBetween = ({ atMs }: CauseLink): boolean => atMs >= fromMs && (end === undefined || atMs < end.atMs);
  const followed = [...why, ...proven, ...told, ...logsTold(run, fromMs)].filter(isBetween);
  if (end === undefined && followed.length === proven.length) return noChain;
  // Where there are too many, what explains the failure stays, and the proof.
  const must = [...why, ...proven.slice(0, 1)].filter(isBetween);
  const rest = byTime(followed.filter((link) => !must.includes(link)));
  const kept = [...must, ...rest].slice(0, linksAtMost - 2);
  const first = windows.find(({ requestedMs }) => requestedMs === fromMs);
  const start = { atMs: fromMs, what: `${first?.title} requested`, source: "plan" };
  return {
    // In a sort that is stable the fault stays before what happened in the same moment, and the failure behind it.
    links: byTime([start, ...byTime(kept), ...(end === undefined ? [] : [end])]),
    leftOut: followed.length - kept.length,
    earlierFaults: new Set(all.filter((one) => !windows.includes(one)).map(({ injection }) => injection)).size,
  };
}

/**
 * A write that was acknowledged before the fault and is missing in the final state was lost in between: it is known when the
 * state was read. Undefined where the verdict does not name the fault as the cause.
 */
function shownAtTheEnd(end: CauseLink, { record, events }: StoredRun): CauseLink | undefined {
  if (!record.sentence.includes(" became a failure: ")) return undefined;
  const audit = events.find((event) => event.type === "phase" && event.phase === "audit");
  return audit === undefined ? undefined : { ...end, atMs: audit.atMs, source: `final state, ${end.source}` };
}

const byTime = (links: readonly CauseLink[]): readonly CauseLink[] => links.toSorted((a, b) => a.atMs - b.atMs);

/** From those that acted at that time, or else from the last before it; and what came after. */
function leadingTo(atMs: number, windows: readonly FaultWindow[]): readonly FaultWindow[] {
  const before = windows.filter(({ requestedMs }) => requestedMs <= atMs);
  const acting = before.filter((window) => actedUntil(window, Number.POSITIVE_INFINITY) >= atMs);
  const last = Math.max(...before.map(({ requestedMs }) => requestedMs));
  const fromMs = Math.min(...(acting.length > 0 ? acting.map(({ requestedMs }) => requestedMs) : [last]));
  // An operation that was due before any fault: nothing is left out.
  return before.length === 0 ? windows : windows.filter(({ requestedMs }) => requestedMs >= fromMs);
}

/**
 * The first broken check, the first operation that breaks it, the others of its key, which show why it does, and since
 * when that was.
 */
function brokenBy({ record }: StoredRun, evidence: Evidence) {
  const check = record.checks.find(({ verdict }) => verdict === "fail");
  const inOrder = check?.witness.toSorted((a, b) => a.fromFaultMs - b.fromFaultMs) ?? [];
  const violating = inOrder.find(({ violates }) => violates);
  if (check === undefined || violating === undefined) return undefined;
  const zeroMs = firstInjectionMs(evidence);
  const linkOf = ({ id, operation, note, fromFaultMs, toFaultMs }: Witness): CauseLink => ({
    atMs: zeroMs + (toFaultMs ?? fromFaultMs),
    what: `${operation} ${note}`,
    source: `operation ${id}`,
  });
  const { what, ...link } = linkOf(violating);
  const why = inOrder.filter(({ violates, key }) => !violates && key === violating.key).map(linkOf);
  return {
    end: { ...link, what: `${check.title} broken: ${what}` },
    why,
    sinceMs: Math.min(zeroMs + violating.fromFaultMs, ...why.map(({ atMs }) => atMs)),
  };
}

/** When each fault was first proven to act, and to be gone everywhere. */
function proofs(windows: readonly FaultWindow[]): readonly CauseLink[] {
  const places = Map.groupBy(windows, ({ injection }) => injection);
  const links = [...places.values()].flatMap((all) => {
    const title = all[0]?.title ?? "";
    const proven = all.flatMap(({ provenMs }) => provenMs ?? []);
    const healed = all.flatMap(({ healProvenMs }) => healProvenMs ?? []);
    const on = all.length === 1 ? all[0]?.on : `${all.length} places`;
    return [
      ...(proven.length === 0
        ? []
        : [{ atMs: Math.min(...proven), what: `${title} proven on ${on}`, source: "receipt" }]),
      ...(healed.length < all.length
        ? []
        : [{ atMs: Math.max(...healed), what: `${title} healed`, source: "receipt" }]),
    ];
  });
  return links.toSorted((a, b) => a.atMs - b.atMs);
}

/** The first ok answer that was much slower than any of its operation in the steady phase. */
function firstSlow({ history, operations }: Evidence, fromMs: number): readonly CauseLink[] {
  const ok = outcomeCode("ok");
  const steady = operations.map(() => ({ count: 0, maxMs: 0 }));
  let first = -1;
  for (let row = 0; row < history.count; row += 1) {
    const seen = steady[history.operation[row]!];
    if (history.outcome[row] !== ok || history.phase[row] !== phaseCode("steady") || seen === undefined) continue;
    seen.count += 1;
    seen.maxMs = Math.max(seen.maxMs, tookMs(history, row));
  }
  for (let row = 0; row < history.count; row += 1) {
    const seen = steady[history.operation[row]!];
    if (history.outcome[row] !== ok || history.intendedMs[row]! < fromMs || (seen?.count ?? 0) < steadyAtLeast)
      continue;
    const isSlow = tookMs(history, row) > seen!.maxMs * slowerBy;
    if (isSlow && (first === -1 || history.endMs[row]! < history.endMs[first]!)) first = row;
  }
  if (first === -1) return [];
  const operation = history.operation[first]!;
  const was = `the slowest of the steady phase took ${duration(steady[operation]!.maxMs)}`;
  const what = `first slow answer: ${operations[operation]?.name} took ${duration(tookMs(history, first))}, ${was}`;
  return [{ atMs: history.endMs[first]!, what, source: `operation ${history.id[first]}` }];
}

const tookMs = (history: Evidence["history"], row: number): number => history.endMs[row]! - history.intendedMs[row]!;

/** The first of each operation that was due under the fault and was not ok. */
function firstNotOk({ history, operations, errors }: Evidence, fromMs: number): readonly CauseLink[] {
  const firsts = new Map<number, number>();
  for (let row = 0; row < history.count; row += 1) {
    const code = history.outcome[row];
    if (code === outcomeCode("ok") || code === outcomeCode("overflow") || history.intendedMs[row]! < fromMs) continue;
    const known = firsts.get(history.operation[row]!);
    if (known === undefined || endOfRow(history, row) < endOfRow(history, known))
      firsts.set(history.operation[row]!, row);
  }
  return [...firsts.values()].map((row) => {
    const why = oneLine(errors[history.error[row]!] ?? "", 120);
    const words = ["ok", "an answer against the contract", "refused", "failed", "without an answer"];
    const what = `first ${operations[history.operation[row]!]?.name} ${words[history.outcome[row]!]}${why === "" ? "" : `: ${why}`}`;
    return { atMs: endOfRow(history, row), what, source: `operation ${history.id[row]}` };
  });
}

/** One that never ended was given up at its deadline; where even this is not known, it was due. */
const endOfRow = ({ endMs, intendedMs }: Evidence["history"], row: number): number =>
  Number.isNaN(endMs[row]!) ? intendedMs[row]! : endMs[row]!;

/** What instances said of themselves for the first time, and those that ended unasked. */
function instancesTold(run: StoredRun, fromMs: number): readonly CauseLink[] {
  const told = new Set<string>();
  return run.events.flatMap((event) => {
    if (event.atMs < fromMs) return [];
    if (event.type === "exited" && !event.expected)
      return [{ atMs: event.atMs, what: `${event.instance} ended: ${event.how}`, source: "process" }];
    if (event.type !== "health" || event.health === "ready" || told.has(event.instance)) return [];
    told.add(event.instance);
    const what = event.health === "silent" ? "does not say how it is" : "says that it is not ready";
    return [{ atMs: event.atMs, what: `${event.instance} ${what}`, source: "health" }];
  });
}

/** Each mark that metrics reached for the first time in the run, and by whom first. */
function marksReached({ events }: StoredRun, fromMs: number): readonly CauseLink[] {
  const firsts = new Map<string, RunEvent & { readonly type: "mark" }>();
  for (const event of events) {
    if (event.type !== "mark" || !event.isOn) continue;
    const known = firsts.get(event.mark);
    if (known === undefined || event.atMs < known.atMs) firsts.set(event.mark, event);
  }
  // What had been reached without the fault did not come of it.
  return [...firsts.values()]
    .filter(({ atMs }) => atMs >= fromMs)
    .map(({ atMs, instance, mark, value }) => ({
      atMs,
      what: `${instance}: ${mark} (${count(value)})`,
      source: "metric",
    }));
}

/** As pino's words, Postgres' and most others' write a line that matters. */
const alarming = /^(?:warn|error|fatal)\b|\b(?:ERROR|FATAL|PANIC|WARN|WARNING)\b/;

/** Each instance's first line after the fault that its program itself calls a warning or worse. */
function logsTold({ record, events, logs }: StoredRun, fromMs: number): readonly CauseLink[] {
  const zeroMs = Date.parse(record.startedAt);
  const toMs = zeroMs + events.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  const instances = record.system.topology.components.flatMap((component) => component.instances);
  return Object.entries(logs).flatMap(([instance, lines]) => {
    // The harness' own tools notice what they were told to do.
    if (!instances.includes(instance)) return [];
    for (const line of lines) {
      const { epochMs, words } = parseLogLine(line, { fromMs: zeroMs, toMs });
      if (epochMs === null || epochMs - zeroMs < fromMs || !alarming.test(words)) continue;
      return [{ atMs: epochMs - zeroMs, what: `${instance}: ${oneLine(words, 120)}`, source: "log" }];
    }
    return [];
  });
}
