import type { Evidence } from "../model/check.ts";
import { longestLag, stoodStill } from "../model/measure/lateness.ts";
import { duration, plural } from "../model/quantities.ts";
import { clientsName } from "../model/system.ts";
import { actsWithin, type FaultTime, faultTimes } from "./fault-times.ts";
import { soundState } from "./final-state.ts";
import { jobsOf } from "./jobs.ts";
import { flags, isAcknowledged, type Noted } from "./rows.ts";
import type { Stop } from "./stops.ts";

/** Which jobs may be in hand at a stop, and how many of them may take a second attempt. */
export interface JobRule {
  /** The components whose processes work on jobs. */
  readonly workers: readonly string[];
  /** A job is over so long after it was acknowledged, in ms. */
  readonly lastMs: number;
  readonly triedAgain: number;
}

/** What became of the jobs around the stops of workers. */
export interface JobsAtStops {
  /** Stops around which no other fault acted that can cost an attempt. */
  readonly judged: number;
  readonly jobs: number;
  /** Of those, what took more than one attempt. */
  readonly again: readonly Noted[];
  /** How many of them may have done so for the machine's sake. */
  readonly excused: number;
  /** Why nothing good can be said of them; undefined where it can, as far as this goes. */
  readonly doubt: string | undefined;
}

/**
 * Looks at the jobs that were asked for in the time before the SIGTERM of a worker in which they may still be in hand, and until
 * its end. Poison is left out: it is tried again by design.
 */
export function jobsAtStops(evidence: Evidence, stops: readonly Stop[], rule: JobRule): JobsAtStops {
  const state = soundState(evidence, "jobs");
  const none = { judged: 0, jobs: 0, again: [], excused: 0 };
  if (typeof state === "string") return { ...none, doubt: state };
  const own = stops.filter(({ instance, exit }) => isOf(rule.workers, instance) && exit !== undefined);
  if (own.length === 0) return { ...none, doubt: `no process of ${rule.workers.join(" and ")} was asked to end` };
  const judged = own.filter((stop) => !wasDisturbed(evidence, stop, rule));
  const attempts = new Map(jobsOf(state).map(({ id, rows }) => [id, mostOf(rows.map((row) => row.attempts))]));
  const inHand = judged.flatMap((stop) => rowsAround(evidence, stop, rule).map((row) => ({ row, stop })));
  const byRow = new Map(inHand.map((one) => [one.row, one]));
  const jobs = [...byRow.values()].map((one) => ({ ...one, tries: attempts.get(evidence.history.id[one.row]!) }));
  const again = jobs.flatMap(({ row, stop, tries = 0 }) => (tries > 1 ? [noted(evidence, row, stop, tries)] : []));
  const late = new Set(judged.filter((stop) => machineHeldUp(evidence, stop, rule)));
  const excusable = new Set(inHand.flatMap(({ row, stop }) => (late.has(stop) ? [row] : [])));
  const unknown = jobs.filter(({ tries }) => tries === undefined).length;
  return {
    judged: judged.length,
    jobs: jobs.length,
    again,
    excused: again.filter(({ row }) => excusable.has(row)).length,
    doubt: doubtOf({ judged: judged.length, jobs: jobs.length, unknown, of: rule.workers.join(" and ") }),
  };
}

/** `42 jobs around 2 stops of worker, none tried again`. */
export function jobWords({ judged, jobs, again }: JobsAtStops, { workers, triedAgain }: JobRule): string {
  const around = `${plural(jobs, "job")} around ${plural(judged, "stop")} of ${workers.join(" and ")}`;
  const allowed = triedAgain === 0 ? "" : ` (allowed: ${triedAgain})`;
  return again.length === 0 ? `${around}, none tried again` : `${again.length} of ${around} tried again${allowed}`;
}

function doubtOf(found: { judged: number; jobs: number; unknown: number; of: string }): string | undefined {
  const { judged, jobs, unknown, of } = found;
  if (judged === 0) return `another fault that can cost a job its attempt acted around every stop of ${of}`;
  if (jobs === 0) return `no job was asked for around the stops of ${of}`;
  return unknown === 0 ? undefined : `the audit did not read \`attempts\` of ${unknown} of ${plural(jobs, "job")}`;
}

/** Whether an instance is of one of these components: `worker` runs as `worker`, or as `worker-1`, `worker-2`. */
export const isOf = (components: readonly string[], instance: string): boolean =>
  components.some((name) => instance === name || instance.replace(/-\d+$/, "") === name);

/** Undefined where one of them is not known: then it may be the largest. */
function mostOf(attempts: readonly (number | undefined)[]): number | undefined {
  return attempts.includes(undefined) ? undefined : Math.max(...attempts.map((count) => count ?? 0));
}

/** Asked for in that time, and acknowledged in it: what is acknowledged later may be tried when the time is over. */
function rowsAround(evidence: Evidence, { requestedMs, exit }: Stop, { lastMs }: JobRule): readonly number[] {
  const { history } = evidence;
  const isJob = flags(evidence, ({ effect, isPoison }) => effect === "insert" && !isPoison);
  const rows: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (isJob[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
    if (history.wireMs[row]! >= requestedMs - lastMs && history.endMs[row]! <= exit!.atMs) rows.push(row);
  }
  return rows;
}

function noted({ history }: Evidence, row: number, { instance, requestedMs }: Stop, tries: number): Noted {
  const sinceMs = requestedMs - history.endMs[row]!;
  const when = sinceMs < 0 ? `${duration(-sinceMs)} after` : `${duration(sinceMs)} before`;
  return { row, note: `acknowledged ${when} the SIGTERM of ${instance}, and tried ${tries} times`, violates: true };
}

/** From the first that may be in hand until the last is over, wherever it is done. */
const untilMs = ({ exit }: Stop, { lastMs }: JobRule): number => exit!.atMs + lastMs;

function wasDisturbed(evidence: Evidence, stop: Stop, rule: JobRule): boolean {
  const { entry, schedule } = evidence;
  const isStop = isStopOf(rule.workers);
  const harmless = new Set(schedule.filter((one) => isStop(one) || one.kind === "latency").map(({ id }) => id));
  const isElsewhere = (on: string): boolean => {
    const [from = on] = on.split("->");
    return from === clientsName || (entry.includes(from) && !isOf(rule.workers, from));
  };
  return faultTimes(evidence)
    .filter(({ injection, on }) => !harmless.has(injection) && !isElsewhere(on))
    .some((fault) => stretches(stop, rule, fault).some(([fromMs, toMs]) => actsWithin(fault, fromMs, toMs)));
}

const isStopOf =
  (workers: readonly string[]) =>
  ({ kind, parameters, acts }: Evidence["schedule"][number]): boolean =>
    kind === "terminate" && parameters["graceMs"] !== 0 && acts.every((on) => isOf(workers, on));

/** What acts on a process that has ended, and on its links, can cost no attempt until the next one has started. */
function stretches(stop: Stop, rule: JobRule, { on }: FaultTime): readonly (readonly [fromMs: number, toMs: number])[] {
  const { instance, requestedMs, exit, nextMs } = stop;
  const [fromMs, toMs] = [requestedMs - rule.lastMs, untilMs(stop, rule)];
  if (!on.split("->").includes(instance)) return [[fromMs, toMs]];
  return [
    [fromMs, exit!.atMs],
    [nextMs, Math.max(nextMs, toMs)],
  ];
}

/** Of the time that a job may take: a machine that was late by so much may be why an attempt was not in time. */
const shareThatCounts = 0.25;

function machineHeldUp({ generator }: Evidence, stop: Stop, rule: JobRule): boolean {
  const [fromMs, toMs] = [stop.requestedMs - rule.lastMs, untilMs(stop, rule)];
  return stoodStill(generator, fromMs, toMs) || longestLag(generator, fromMs, toMs) >= shareThatCounts * rule.lastMs;
}
