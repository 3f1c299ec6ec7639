import { availability } from "../../checks/availability.ts";
import { effectsExactlyOnce } from "../../checks/effects-exactly-once.ts";
import { noLostJobs } from "../../checks/no-lost-jobs.ts";
import { noLostWrites } from "../../checks/no-lost-writes.ts";
import { noStaleReads } from "../../checks/no-stale-reads.ts";
import { recoversWithin } from "../../checks/recovers-within.ts";
import type { Check, FinalState, Interval, OperationInfo, WorkloadInfo } from "../../model/check.ts";
import type { RunEvent } from "../../model/events.ts";
import type { Receipt } from "../../model/fault.ts";
import {
  type LoadPhase,
  loadPhases,
  type OperationRecord,
  type Outcome,
  outcomeCode,
  phaseCode,
} from "../../model/history.ts";
import { randomFrom } from "../../model/random.ts";
import type { RunRecord, RunStatus } from "../../model/run.ts";
import { seconds } from "../../model/units.ts";
import { sampleRun } from "../../report/testing/sample-run.ts";
import { judgedRecord } from "../../run/record.ts";
import { HistoryWriter } from "../../store/history-writer.ts";
import { readRun } from "../../store/read-run.ts";
import { createRunFolder } from "../../store/run-folder.ts";

/** What became of the operations that were due in a stretch of time, in ms after the first injection. */
interface Trouble extends Interval {
  /** The share of them that it befell, chosen by chance. Default: all. */
  readonly share?: number;
  readonly outcome?: Outcome;
  readonly tookMs?: number;
}

/** What to make up. */
export interface StoredCase {
  readonly name: string;
  /** Runs of one scenario are of one plan, and can be compared. Default: the name. */
  readonly scenario?: string;
  readonly perSecond?: number;
  readonly trouble?: readonly Trouble[];
  /** Default: one, without a promise. */
  readonly workloads?: readonly WorkloadInfo[];
  readonly variant?: string;
  readonly status?: RunStatus;
  /** Ends the load so long after the first injection. */
  readonly endsAfterMs?: number;
  readonly hasAudit?: boolean;
  readonly isHealed?: boolean;
  /** How many of each the system is to blame for. */
  readonly planted?: {
    readonly lost?: number;
    readonly duplicated?: number;
    readonly stale?: number;
    readonly stuck?: number;
  };
  readonly tainted?: boolean;
}

export const planned = {
  warmUp: { fromMs: 1000, toMs: 2000 },
  steady: { fromMs: 2000, toMs: 7000 },
  faults: { fromMs: 7000, toMs: 12_000 },
  recovery: { fromMs: 12_000, toMs: 19_000 },
} as const satisfies Record<LoadPhase, Interval>;
const [injectedMs, provenMs, healRequestedMs, healProvenMs] = [8000, 8040, 11_000, 11_060];
/** From the first injection to the proof of its heal. */
export const healedAfterMs = healProvenMs - injectedMs;
const staleAfterMs = 2000;

/** What the stored runs are judged by. */
export const storedChecks: readonly Check[] = [
  availability({ atLeast: 0.5 }),
  recoversWithin(seconds(2)),
  noStaleReads({ within: seconds(staleAfterMs / 1000) }),
  noLostWrites(),
  effectsExactlyOnce(),
  noLostJobs(),
];

const kinds = [
  ["read", "read"],
  ["write", "write"],
  ["order", "insert"],
] as const;

/** Writes the folder of a run through what writes real ones, and judges it as `run` does. @returns its path */
export function storeRun(root: string, made: StoredCase): string {
  const folder = createRunFolder(root, `20260304T050607Z-${made.name}-5eed01`);
  const workloads = made.workloads ?? [{ name: "shoppers", perSecond: made.perSecond ?? 120 }];
  const phases = phasesOf(made);
  const operations = operationsOf(workloads);
  const records = recordsOf(made, workloads, phases);
  const history = new HistoryWriter(folder.history);
  for (const { detail, ...record } of records.toSorted((one, other) => one.endMs - other.endMs)) {
    history.append({ ...record, error: history.errorIndex(detail) });
  }
  history.close();
  const record = recordOf(made, folder.id, { workloads, operations, phases, count: records.length });
  folder.writeRecord(record);
  for (const event of eventsOf(made, phases)) folder.appendEvent(event);
  if (made.hasAudit !== false && made.status === undefined) folder.writeFinalState(finalStateOf(made, records));
  folder.writeRecord(judgedRecord(readRun(folder.path), storedChecks));
  folder.publish();
  return folder.path;
}

function phasesOf({ endsAfterMs }: StoredCase): RunRecord["phases"] {
  const endMs = endsAfterMs === undefined ? Number.POSITIVE_INFINITY : injectedMs + endsAfterMs;
  return Object.fromEntries(
    Object.entries(planned)
      .filter(([, { fromMs }]) => fromMs < endMs)
      .map(([name, { fromMs, toMs }]) => [name, { fromMs, toMs: Math.min(toMs, endMs) }]),
  );
}

const operationsOf = (workloads: readonly WorkloadInfo[]): readonly OperationInfo[] =>
  workloads.flatMap(({ name: workload }, index) =>
    kinds.map(([name, effect]) => ({
      name: index === 0 ? name : `${name} of ${workload}`,
      workload,
      effect,
      deadlineMs: 1000,
      keyspace: "keys",
      credential: "valid",
      isPoison: false,
    })),
  );

type Made = Omit<OperationRecord, "error"> & { readonly detail: string };

/** In the order in which they are due. Times have whole microseconds, as they are stored. */
function recordsOf(made: StoredCase, workloads: readonly WorkloadInfo[], phases: RunRecord["phases"]): readonly Made[] {
  const random = randomFrom(made.name);
  const [perSecond, toMs] = [made.perSecond ?? 120, Math.max(...Object.values(phases).map((phase) => phase.toMs))];
  const keys = newestByKey();
  let stale = made.planted?.stale ?? 0;
  const count = Math.floor(((toMs - planned.warmUp.fromMs) * perSecond) / 1000);
  return Array.from({ length: count }, (_, id) => {
    const draw = (what: number): number => random.at(id * 8 + what);
    const intendedMs = micro(planned.warmUp.fromMs + ((id + draw(0) * 0.9) * 1000) / perSecond);
    const workload = Math.floor(draw(1) ** 2 * workloads.length);
    const kind = draw(2) < 0.6 ? 0 : draw(3) < 0.6 ? 1 : 2;
    const key = workload * 100 + Math.floor(draw(4) * 40);
    const { outcome, tookMs } = fateOf(made, intendedMs, draw);
    const endMs = micro(intendedMs + tookMs);
    const newest = keys.at(key, intendedMs);
    const isOk = outcome === "ok";
    let version = Number.NaN;
    if (isOk && kind === 1) version = keys.write(key, endMs);
    if (isOk && kind === 0) version = newest.version;
    const couldBeOld = isOk && kind === 0 && newest.version > 1 && intendedMs - newest.sinceMs > staleAfterMs + 100;
    if (couldBeOld && intendedMs > healProvenMs && stale > 0) [version, stale] = [version - 1, stale - 1];
    return {
      id,
      operation: workload * kinds.length + kind,
      session: id % 16,
      key,
      target: id % 2,
      phase: phaseCode(loadPhases.find((name) => intendedMs < planned[name].toMs) ?? "recovery"),
      granted: 0,
      outcome: outcomeCode(outcome),
      detail: isOk ? "" : `it was ${outcome}`,
      value: kind === 0 ? Number.NaN : id,
      version,
      intendedMs,
      dispatchedMs: micro(intendedMs + 0.2),
      wireMs: outcome === "failed" ? Number.NaN : micro(intendedMs + 0.3),
      endMs,
    };
  });
}

const micro = (ms: number): number => Math.round(ms * 1000) / 1000;

function fateOf({ trouble = [] }: StoredCase, intendedMs: number, draw: (what: number) => number) {
  const sinceMs = intendedMs - injectedMs;
  const met = trouble.find(({ fromMs, toMs, share = 1 }) => sinceMs >= fromMs && sinceMs < toMs && draw(5) < share);
  const usualMs = 2 + 2 * draw(6) + (draw(7) < 0.02 ? 6 : 0);
  return { outcome: met?.outcome ?? "ok", tookMs: met?.tookMs ?? usualMs } as const;
}

/** The newest acknowledged version of each key, and since when it is there. The initial one is 1. */
function newestByKey() {
  const writes = new Map<number, { readonly version: number; readonly sinceMs: number }[]>();
  const of = (key: number) => writes.get(key) ?? [];
  return {
    at: (key: number, atMs: number) =>
      of(key).findLast(({ sinceMs }) => sinceMs < atMs) ?? { version: 1, sinceMs: Number.NEGATIVE_INFINITY },
    write(key: number, endMs: number) {
      const version = of(key).length + 2;
      writes.set(key, [...of(key), { version, sinceMs: endMs }]);
      return version;
    },
  };
}

function finalStateOf({ planted = {} }: StoredCase, records: readonly Made[]): FinalState {
  const acknowledged = records.filter(({ outcome }) => outcome === outcomeCode("ok"));
  const orders = acknowledged.filter(({ operation }) => operation % kinds.length === 2);
  const { lost = 0, duplicated = 0, stuck = 0 } = planted;
  const newest = new Map<number, Made>();
  for (const one of acknowledged.filter(({ operation }) => operation % kinds.length === 1)) {
    if (one.version > (newest.get(one.key)?.version ?? 0)) newest.set(one.key, one);
  }
  return {
    registers: [...newest.values()].map(({ key, version, id }) => ({ keyspace: "keys", key, version, value: id })),
    items: orders.slice(lost).map(({ id }, index) => ({ id, count: index < duplicated ? 2 : 1 })),
    jobs: orders.map(({ id }, index) =>
      index < stuck ? { id, state: "pending", effects: 0 } : { id, state: "completed", effects: 1 },
    ),
  };
}

function eventsOf(made: StoredCase, phases: RunRecord["phases"]): readonly RunEvent[] {
  const title = "partition api->cache";
  const endMs = Math.max(...Object.values(phases).map(({ toMs }) => toMs));
  const receipt: Receipt = {
    injection: "i1",
    on: "api-1->cache",
    requestedMs: injectedMs,
    provenMs,
    ...(made.isHealed === false ? {} : { healRequestedMs, healProvenMs }),
    before: {},
  };
  const all: RunEvent[] = [
    ...loadPhases.flatMap((phase): RunEvent[] =>
      phases[phase] === undefined ? [] : [{ atMs: phases[phase].fromMs, type: "phase", phase }],
    ),
    { atMs: injectedMs, type: "inject", injection: "i1", title },
    { atMs: injectedMs + 700, type: "health", instance: "api-1", health: "unready" },
    { atMs: healRequestedMs, type: "heal", injection: "i1", title },
    { atMs: healProvenMs, type: "receipt", receipt },
  ];
  const isAudited = made.hasAudit !== false && made.status === undefined;
  const audited: RunEvent = { atMs: endMs + 300, type: "audited", registers: 40, items: 10, atRest: true };
  return [
    ...all.filter(({ atMs }) => atMs < endMs).toSorted((a, b) => a.atMs - b.atMs),
    ...(isAudited ? [audited] : []),
  ];
}

interface RecordParts {
  readonly workloads: readonly WorkloadInfo[];
  readonly operations: readonly OperationInfo[];
  readonly phases: RunRecord["phases"];
  readonly count: number;
}

function recordOf(made: StoredCase, id: string, { workloads, operations, phases, count }: RecordParts): RunRecord {
  const { variant: _, ...system } = sampleRun({ verdict: "pass" }).record.system;
  const { record } = sampleRun({ verdict: "pass" });
  const { passed: __, ...rest } = record;
  const status = made.status ?? "complete";
  const course =
    status === "complete"
      ? { isComplete: true, reasons: [] }
      : { isComplete: false, reasons: [`the run was ${status}`] };
  const late = [{ fromMs: 16_000, toMs: 17_000, reason: "lag p99 20 ms" }];
  return {
    ...rest,
    id,
    status,
    course,
    reasons: course.reasons,
    scenario: { ...record.scenario, id: made.scenario ?? made.name },
    system: { ...system, ...(made.variant === undefined ? {} : { variant: made.variant }) },
    plan: {
      ...record.plan,
      scenario: made.scenario ?? made.name,
      phases: loadPhases.map((phase) => ({ phase, lengthMs: planned[phase].toMs - planned[phase].fromMs })),
      schedule: [
        {
          ...record.plan.schedule[0]!,
          atMs: injectedMs - planned.faults.fromMs,
          lastingMs: healRequestedMs - injectedMs,
          acts: ["api-1->cache"],
        },
      ],
      operations,
      workloads,
      arrivals: { count, sha256: "9f".repeat(32) },
      checks: storedChecks.map(({ name, parameters }) => ({ name, parameters })),
    },
    phases,
    checks: [],
    generator: {
      ...record.generator!,
      planned: count,
      recorded: count,
      dispatched: count,
      lagMaxMs: made.tainted === true ? 30 : 2.9,
      tainted: made.tainted === true ? late : [],
    },
  };
}

const outage = (fromMs: number, toMs: number, share?: number): Trouble => ({
  fromMs,
  toMs,
  outcome: "rejected",
  ...(share === undefined ? {} : { share }),
});
const promise = { availability: 0.99, withinMs: 100 };
const two = (first: Partial<WorkloadInfo>, second: Partial<WorkloadInfo>): readonly WorkloadInfo[] => [
  { name: "shoppers", perSecond: 90, ...first },
  { name: "buyers", perSecond: 30, ...second },
];

/** Twenty runs, of which no two are alike. */
export const storedCases: readonly StoredCase[] = [
  { name: "nothing-noticed" },
  { name: "masked-with-promise", workloads: [{ name: "shoppers", perSecond: 120, slo: promise }] },
  { name: "back-at-once", trouble: [outage(100, healedAfterMs)] },
  { name: "back-in-time", scenario: "pair", trouble: [outage(100, healedAfterMs + 1200)] },
  { name: "back-late", scenario: "pair", trouble: [outage(100, healedAfterMs + 3300)] },
  { name: "never-back", trouble: [outage(100, 99_000)] },
  { name: "slow-for-ever", trouble: [{ fromMs: 200, toMs: 99_000, tookMs: 400 }] },
  {
    name: "slow-within-promise",
    trouble: [{ fromMs: 200, toMs: 99_000, tookMs: 80 }],
    workloads: [{ name: "shoppers", perSecond: 120, slo: promise }],
  },
  { name: "relapse", trouble: [outage(100, healedAfterMs + 300), outage(healedAfterMs + 3000, healedAfterMs + 3800)] },
  { name: "flaps", trouble: Array.from({ length: 40 }, (_, index) => outage(3200 + index * 200, 3260 + index * 200)) },
  { name: "limps", trouble: [outage(healedAfterMs, 99_000, 0.15)] },
  { name: "two-workloads", workloads: two({ slo: promise }, {}), trouble: [outage(100, 2500, 0.5)] },
  {
    name: "two-promises",
    workloads: two({ slo: promise }, { slo: { availability: 0.9, withinMs: 500 } }),
    trouble: [{ fromMs: 100, toMs: 3500, tookMs: 300 }],
  },
  { name: "all-outcomes", trouble: mixed(), perSecond: 300 },
  { name: "lost-and-more", planted: { lost: 3, duplicated: 2, stale: 4, stuck: 5 }, trouble: [outage(100, 2000)] },
  { name: "no-audit", hasAudit: false, trouble: [outage(100, 2000)] },
  { name: "never-healed", isHealed: false, trouble: [outage(100, 99_000)] },
  { name: "interrupted", status: "interrupted", endsAfterMs: 2200, trouble: [outage(100, 99_000, 0.3)] },
  { name: "a-mutant", variant: "mutant lost-del", planted: { stale: 1200 }, perSecond: 60 },
  { name: "late-generator", tainted: true, trouble: [{ fromMs: 8050, toMs: 8950, tookMs: 40 }] },
];

function mixed(): readonly Trouble[] {
  const outcomes = ["wrong", "rejected", "failed", "unknown"] as const;
  return outcomes.map((outcome, index) => ({
    fromMs: 50 + index * 600,
    toMs: 650 + index * 600,
    share: 0.4,
    outcome,
    tookMs: outcome === "unknown" ? 1000 : 3,
  }));
}
