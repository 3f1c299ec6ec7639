import { runLoad } from "../../load/run-load.ts";
import { type OperationRecord, phaseCode } from "../../model/history.ts";
import { Histogram } from "../../model/measure/histogram.ts";
import { randomFrom } from "../../model/random.ts";
import { milliseconds } from "../../model/units.ts";
import { type Workload, workload } from "../../model/workload.ts";
import { drawArrivals } from "../../plan/arrivals.ts";
import { HistoryWriter } from "../../store/history-file.ts";
import { rampedArrivals } from "../ramp.ts";

/** What the generator in a process of its own is told, as JSON in its first argument. */
export interface LoadTask {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** Before what is measured, with a rate that grows from nothing. 0: the full rate from the start. */
  readonly warmUpSeconds: number;
  readonly method: "GET" | "POST";
  /** Before the operation's id. */
  readonly path: string;
  readonly deadlineMs: number;
  /** Where the history goes. */
  readonly history: string;
}

/** What it prints at its end, as JSON in its last line; the line before is its start on the machine's monotonic clock. */
export interface LoadFigures {
  readonly ok: number;
  readonly intended: number;
  /** User and system time while it was measured, and how long that was. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
}

const task = JSON.parse(process.argv[2] ?? "") as LoadTask;
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const steady = phaseCode("steady");
const orders: Workload = workload({
  name: "orders",
  perSecond: task.perSecond,
  arrivals: task.warmUpSeconds === 0 ? "constant" : "poisson",
  keys: 1000,
  sessions: 100,
  operations: {
    order: {
      weight: 1,
      effect: "insert",
      deadline: milliseconds(task.deadlineMs),
      request: ({ id }) => ({ method: task.method, path: `${task.path}${id}` }),
      judge: ({ status }) => ({ outcome: status === 200 ? "ok" : "rejected" }),
    },
  },
});

/** The whole history is written, as in a run; the figures are taken on its way. */
class MeasuredHistory extends HistoryWriter {
  readonly lag = new Histogram();
  ok = 0;
  intended = 0;

  override append(record: OperationRecord): void {
    super.append(record);
    if (record.phase !== steady) return;
    this.intended += 1;
    if (record.outcome === 0) this.ok += 1;
    if (!Number.isNaN(record.dispatchedMs)) this.lag.record(record.dispatchedMs - record.intendedMs);
  }
}

const [warmUpMs, steadyMs] = [task.warmUpSeconds * 1000, task.seconds * 1000];
const arrivals =
  warmUpMs === 0
    ? drawArrivals([orders], [{ phase: "steady", lengthMs: steadyMs }], randomFrom("bench"))
    : rampedArrivals(orders, { warmUpMs, steadyMs });
const history = new MeasuredHistory(task.history);
const startMs = now() + 100;
process.stdout.write(`${startMs}\n`);
let [before, fromMs] = [process.cpuUsage(), startMs];
setTimeout(
  () => {
    [before, fromMs] = [process.cpuUsage(), now()];
  },
  warmUpMs + startMs - now(),
);
await runLoad({
  workloads: [orders],
  arrivals,
  targets: [{ host: "127.0.0.1", port: task.port }],
  runToken: "bench",
  startMs,
  now,
  writer: history,
  signal: new AbortController().signal,
});
const { user, system } = process.cpuUsage(before);
const wallSeconds = (now() - fromMs) / 1000;
history.close();
const figures: LoadFigures = {
  ok: history.ok,
  intended: history.intended,
  cpuSeconds: (user + system) / 1e6,
  wallSeconds,
  lagP50Ms: history.lag.percentile(0.5),
  lagP99Ms: history.lag.percentile(0.99),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
