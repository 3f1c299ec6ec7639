import type { OperationInfo } from "../../model/check.ts";
import type { RunEvent } from "../../model/events.ts";
import type { Receipt, ScheduledInjection } from "../../model/fault.ts";
import { type History, historyOf, type LoadPhase, outcomeCode, phaseCode, setRow } from "../../model/history.ts";
import type { RunRecord, StoredRun } from "../../model/run.ts";
import { sampleChecks } from "./sample-checks.ts";
import { sampleLogs } from "./sample-logs.ts";

/** What to make up: a partition of the cache, survived or not. */
export interface SampleOptions {
  readonly verdict: "pass" | "fail";
  /** Default 120. */
  readonly perSecond?: number;
  /** Stretches all load phases, of 3, 6, 9 and 8 s. Default 1. */
  readonly stretch?: number;
}

const startedAt = "2026-03-04T05:06:07.000Z";
const loadFromMs = 2400;
const shared = { workload: "shoppers", keyspace: "keys", credential: "valid", isPoison: false } as const;
const operations: readonly OperationInfo[] = [
  { name: "GET /products/:id", effect: "read", deadlineMs: 2000, ...shared },
  { name: "PUT /products/:id", effect: "write", deadlineMs: 2000, ...shared },
  { name: "POST /orders", effect: "insert", deadlineMs: 3000, ...shared },
];
const errors = ["", "503 circuit open", "ECONNRESET", "no answer within 2 s"];
const links = ["api-1->cache", "api-2->cache"];

type Phases = Record<LoadPhase, { fromMs: number; toMs: number }>;

/** A run that never was: the same options always give the same one. */
export function sampleRun(options: SampleOptions): StoredRun {
  const phases = phasesOf(options.stretch ?? 1);
  const schedule = scheduleOf(phases);
  const receipts = links.map((on, index) => receiptOf(phases, schedule[0]!, on, index));
  const history = historyFrom(options, phases, receipts);
  return {
    folder: "reports/20260304T050607Z-cache-partition-5eed01",
    record: recordOf(options, phases, schedule, history),
    events: eventsOf(phases, receipts),
    history,
    errors,
    logs: sampleLogs(Date.parse(startedAt), receipts[0]!),
    missing: [],
  };
}

function phasesOf(stretch: number): Phases {
  let atMs = loadFromMs;
  const next = (lengthMs: number) => {
    const fromMs = atMs;
    atMs += lengthMs * stretch;
    return { fromMs, toMs: atMs };
  };
  return { warmUp: next(3000), steady: next(6000), faults: next(9000), recovery: next(8000) };
}

function scheduleOf(phases: Phases): ScheduledInjection[] {
  const lastingMs = Math.min(8000, phases.faults.toMs - phases.faults.fromMs - 1000);
  const what = { kind: "partition", target: "api->cache", parameters: {}, title: "partition api->cache" };
  return [{ id: "i1", atMs: 500, lastingMs, acts: links, ...what }];
}

function receiptOf(phases: Phases, injection: ScheduledInjection, on: string, index: number): Receipt {
  const requestedMs = phases.faults.fromMs + injection.atMs;
  const healRequestedMs = requestedMs + injection.lastingMs;
  return {
    injection: injection.id,
    on,
    requestedMs,
    provenMs: requestedMs + 38 + 9 * index,
    healRequestedMs,
    healProvenMs: healRequestedMs + 21 + 5 * index,
    before: { toxic: false, answered: true, roundTripMs: 0.412 },
    during: { toxic: true, answered: false },
    after: { toxic: false, answered: true, roundTripMs: 0.633 },
  };
}

/** Numbers in [0, 1) that look drawn (mulberry32). */
function drawFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function historyFrom(options: SampleOptions, phases: Phases, receipts: readonly Receipt[]): History {
  const draw = drawFrom(0x5eed01);
  const perSecond = options.perSecond ?? 120;
  const untilMs = phases.recovery.toMs;
  const history = historyOf(Math.round(((untilMs - loadFromMs) * perSecond) / 1000));
  const order = (["warmUp", "steady", "faults", "recovery"] as const).map((name) => ({ name, ...phases[name] }));
  for (let id = 0; id < history.count; id += 1) {
    const intendedMs = loadFromMs + ((id + draw() * 0.9) * 1000) / perSecond;
    const phase = order.find(({ toMs }) => intendedMs < toMs)?.name ?? "recovery";
    const operation = draw() < 0.7 ? 0 : draw() < 0.6 ? 1 : 2;
    const { outcome, error, tookMs } = answerTo(options, receipts[0]!, intendedMs, draw);
    const dispatchedMs = intendedMs + 0.2 + draw() * 0.4;
    setRow(history, id, {
      id,
      operation,
      session: Math.floor(draw() * 16),
      key: Math.floor(draw() ** 2 * 200),
      target: id % 2,
      phase: phaseCode(phase),
      granted: 0,
      outcome: outcomeCode(outcome),
      error,
      value: Number.NaN,
      version: Number.NaN,
      intendedMs,
      dispatchedMs,
      wireMs: dispatchedMs + 0.1,
      endMs: intendedMs + tookMs,
    });
  }
  return history;
}

/** Slower while the cache is away; slow and refused for a moment at its start, worse when the run is to fail. */
function answerTo(options: SampleOptions, receipt: Receipt, intendedMs: number, draw: () => number) {
  const tail = 1 / (1 - draw() * 0.985);
  const sinceMs = intendedMs - (receipt.provenMs ?? 0);
  const isCut = sinceMs >= 0 && intendedMs < (receipt.healProvenMs ?? 0);
  const luck = draw();
  if (isCut && sinceMs < (options.verdict === "fail" ? 2500 : 250)) {
    if (luck < 0.08) return { outcome: "rejected", error: 1, tookMs: 1 + draw() * 3 } as const;
    if (luck < 0.12) return { outcome: "failed", error: 2, tookMs: 250 + draw() * 40 } as const;
    if (luck < 0.14) return { outcome: "unknown", error: 3, tookMs: 2000 } as const;
    return { outcome: "ok", error: 0, tookMs: 60 + 6 * tail } as const;
  }
  return { outcome: "ok", error: 0, tookMs: isCut ? 7 + 2.2 * tail : 1.8 + 0.7 * tail } as const;
}

function eventsOf(phases: Phases, receipts: readonly Receipt[]): RunEvent[] {
  const [first] = receipts as [Receipt, ...Receipt[]];
  const title = "partition api->cache";
  const phase = (atMs: number, name: (RunEvent & { type: "phase" })["phase"]): RunEvent => ({
    atMs,
    type: "phase",
    phase: name,
  });
  const events: RunEvent[] = [
    phase(12, "provision"),
    { atMs: 640, type: "started", instance: "postgres", pid: 4101, tookMs: 520 },
    { atMs: 660, type: "started", instance: "cache", pid: 4107, tookMs: 61 },
    { atMs: 2100, type: "started", instance: "api-1", pid: 4120, tookMs: 1210 },
    { atMs: 2160, type: "started", instance: "api-2", pid: 4121, tookMs: 1264 },
    ...(["warmUp", "steady", "faults", "recovery"] as const).map((name) => phase(phases[name].fromMs, name)),
    { atMs: first.requestedMs, type: "inject", injection: "i1", title },
    { atMs: first.healRequestedMs ?? 0, type: "heal", injection: "i1", title },
    ...receipts.flatMap(({ on, requestedMs, provenMs = 0, healRequestedMs = 0, healProvenMs = 0 }): RunEvent[] => [
      { atMs: provenMs, type: "proven", injection: "i1", on, tookMs: provenMs - requestedMs },
      { atMs: healProvenMs, type: "healed", injection: "i1", on, tookMs: healProvenMs - healRequestedMs },
    ]),
    ...receipts.map((receipt): RunEvent => ({ atMs: (receipt.healProvenMs ?? 0) + 1, type: "receipt", receipt })),
    phase(phases.recovery.toMs, "quiesce"),
    phase(phases.recovery.toMs + 300, "audit"),
    { atMs: phases.recovery.toMs + 420, type: "audited", registers: 200, items: 371, atRest: true },
    phase(phases.recovery.toMs + 430, "verdict"),
    phase(phases.recovery.toMs + 520, "tearDown"),
  ];
  return events.sort((a, b) => a.atMs - b.atMs);
}

function recordOf(
  options: SampleOptions,
  phases: Phases,
  schedule: readonly ScheduledInjection[],
  history: History,
): RunRecord {
  const total = history.count;
  const ok = history.outcome.filter((code) => code === 0).length;
  const failing = options.verdict === "fail";
  const perSecond = options.perSecond ?? 120;
  return {
    schemaVersion: 2,
    faultline: "0.1.0",
    id: "20260304T050607Z-cache-partition-5eed01",
    status: "complete",
    verdict: options.verdict,
    ...(failing ? {} : { passed: "degraded as designed" as const }),
    sentence: failing
      ? "partition api->cache for 8 s became a failure: no stale reads beyond 2 s was broken, 23 reads returned an older version."
      : `partition api->cache for 8 s stayed a fault: all 4 checks held, and ${total - ok} of ${total.toLocaleString("en")} operations were not ok.`,
    reasons: [],
    course: { isComplete: true, reasons: [] },
    scenario: {
      id: "cache-partition",
      file: "scenarios/cache-partition.ts",
      name: "the cache is cut off while customers browse and buy",
      expects: "reads fall through to Postgres; nobody sees an error or a stale price, and no order is lost",
      tags: ["demo", "cache"],
    },
    system: { name: "storefront", ...(failing ? { variant: "mutant lost-del" } : {}), topology },
    seed: "5eed01",
    environment: "local",
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + phases.recovery.toMs + 900).toISOString(),
    plan: {
      scenario: "cache-partition",
      seed: "5eed01",
      phases: Object.entries(phases).map(([phase, { fromMs, toMs }]) => ({
        phase: phase as LoadPhase,
        lengthMs: toMs - fromMs,
      })),
      schedule,
      operations,
      workloads: [{ name: "shoppers", perSecond }],
      entry: ["api-1", "api-2"],
      arrivals: { count: total, sha256: "9f".repeat(32) },
      checks: [],
    },
    phases,
    checks: sampleChecks(options.verdict, { ok, total }),
    generator: {
      planned: total,
      recorded: total,
      dispatched: total,
      overflow: 0,
      lagP50Ms: 0.31,
      lagP99Ms: 0.84,
      lagMaxMs: 2.9,
      unsettled: 0,
      tainted: [],
    },
    versions: { postgres: "18.4", redis: "7.0.15", toxiproxy: "2.12.0" },
    host: { platform: "linux x64", cores: 4, memoryMb: 16_384, node: "v24.21.0", load: { atStart: 0.42, atEnd: 3.18 } },
    commit: "4be1d0c2a7f3",
    replay: `${failing ? "MUTANT=lost-del " : ""}faultline run cache-partition --seed 5eed01`,
  };
}

const topology: RunRecord["system"]["topology"] = {
  components: [
    { name: "postgres", kind: "postgres", instances: ["postgres"] },
    { name: "cache", kind: "redis", instances: ["cache"] },
    { name: "queue", kind: "redis", instances: ["queue"] },
    { name: "api", kind: "service", instances: ["api-1", "api-2"] },
    { name: "worker", kind: "service", instances: ["worker"] },
  ],
  links: [
    { from: "clients", to: "api-1" },
    { from: "clients", to: "api-2" },
    ...["api-1", "api-2"].flatMap((from) => ["postgres", "cache", "queue"].map((to) => ({ from, to }))),
    ...["postgres", "cache", "queue"].map((to) => ({ from: "worker", to })),
  ],
};
