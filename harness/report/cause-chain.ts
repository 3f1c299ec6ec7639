import type { Evidence } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import type { Witness } from "../model/verdict.ts";
import { duration } from "./format.ts";
import { parseLogLine } from "./log-line.ts";
import { oneLine } from "./text.ts";
import type { FaultWindow } from "./windows.ts";

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

/**
 * What followed the first fault, in order, up to the first operation that breaks a check, or to the last that was not ok.
 * Each link is something that was recorded: a receipt, an operation of the history, what an instance said of itself, its
 * end, its log. What nobody saw is left out. An order in time is no proof that one led to the other, and the page says so.
 * @returns empty without a proven fault, or when nothing followed it
 */
export function causeChainOf(
  run: StoredRun,
  evidence: Evidence,
  windows: readonly FaultWindow[],
): readonly CauseLink[] {
  const proven = proofs(windows);
  if (proven.length === 0) return [];
  // It may have acted before that could be proven.
  const fromMs = Math.min(...windows.map(({ requestedMs }) => requestedMs));
  const end = endOf(run, windows);
  const followed = [
    ...proven,
    ...explaining(run, windows),
    ...firstSlow(evidence, fromMs),
    ...firstNotOk(evidence, fromMs),
    ...instancesTold(run, fromMs),
    ...logsTold(run, fromMs),
  ].filter(({ atMs }) => atMs >= fromMs && (end === undefined || atMs < end.atMs));
  if (end === undefined && followed.length === proven.length) return [];
  const links = followed.toSorted((a, b) => a.atMs - b.atMs).slice(0, linksAtMost - 2);
  const start = { atMs: fromMs, what: `${windows[0]?.title} requested`, source: "plan" };
  return [...(links[0]?.source === "receipt" ? [] : [start]), ...links, ...(end === undefined ? [] : [end])];
}

/** The first broken check, the first operation that breaks it, and the others of its key, which show why it does. */
function brokenBy({ record }: StoredRun) {
  const check = record.checks.find(({ verdict }) => verdict === "fail");
  const inOrder = check?.witness.toSorted((a, b) => a.fromFaultMs - b.fromFaultMs) ?? [];
  const violating = inOrder.find(({ violates }) => violates);
  const why = inOrder.filter(({ violates, key }) => !violates && key === violating?.key);
  return check !== undefined && violating !== undefined ? { check, violating, why } : undefined;
}

const linkOf = ({ id, operation, note, fromFaultMs, toFaultMs }: Witness, windows: readonly FaultWindow[]) => ({
  // Witnesses count from the first request for a fault.
  atMs: Math.min(...windows.map(({ requestedMs }) => requestedMs)) + (toFaultMs ?? fromFaultMs),
  what: `${operation} ${note}`,
  source: `operation ${id}`,
});

function endOf(run: StoredRun, windows: readonly FaultWindow[]): CauseLink | undefined {
  const broken = brokenBy(run);
  if (broken === undefined) return undefined;
  const { what, ...link } = linkOf(broken.violating, windows);
  return { ...link, what: `${broken.check.title} broken: ${what}` };
}

const explaining = (run: StoredRun, windows: readonly FaultWindow[]): readonly CauseLink[] =>
  brokenBy(run)?.why.map((witness) => linkOf(witness, windows)) ?? [];

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
      const { epochMs, text } = parseLogLine(line, { fromMs: zeroMs, toMs });
      if (epochMs === null || epochMs - zeroMs < fromMs || !alarming.test(text)) continue;
      return [{ atMs: epochMs - zeroMs, what: `${instance}: ${oneLine(text, 120)}`, source: "log" }];
    }
    return [];
  });
}
