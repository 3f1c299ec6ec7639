import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storefront } from "../../scenarios/storefront/system.ts";
import type { Evidence } from "../model/check.ts";
import type { Environment } from "../model/environment.ts";
import { exits, FaultlineError, Interrupted } from "../model/errors.ts";
import type { RunPhase } from "../model/events.ts";
import type { Plan } from "../model/plan.ts";
import type { Scenario } from "../model/scenario.ts";
import { seconds } from "../model/units.ts";
import { peakOf } from "../model/workload.ts";
import { runScenario } from "../run/run.ts";
import type { RunResult } from "../run/run-options.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { Backlog, type Leftover } from "./backlog.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { rampedArrivals } from "./ramp.ts";
import type { Sample } from "./trend.ts";
import type { Usage } from "./usage.ts";
import { Watch } from "./watch.ts";
import type { BenchLoad } from "./workloads.ts";

/** What is measured, and for how long. */
export interface Task {
  readonly load: BenchLoad;
  readonly lengthSeconds: number;
  /** Told of each stage, for a screen. */
  readonly onStage: (stage: RunPhase) => void;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** What one rate did. */
export interface Measurement extends Figures {
  readonly perSecond: number;
  readonly lengthSeconds: number;
  readonly usage: Usage | undefined;
  /** Resident memory of each API, in MB of 10^6 bytes, every five seconds after the warm-up. */
  readonly memoryMb: Readonly<Record<string, readonly Sample[]>>;
  /** Of the orders; seconds from the end of the load until the last was fulfilled. */
  readonly leftover?: Leftover & { readonly drainedAfterSeconds: number | undefined };
}

const warmUpSeconds = 6;
const drainedWithinSeconds = 60;

/**
 * A run of the reference system in which nothing breaks: it starts, is warmed up and measured, and ends. It is a run like
 * all others, so that whatever ends it, nothing is left of it.
 * @throws FaultlineError when it could not be measured; the run's folder with its logs then stays
 */
export async function measure(task: Task): Promise<Measurement> {
  const output = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  try {
    const measurement = await measureInto(output, task);
    rmSync(output, { recursive: true, force: true });
    return measurement;
  } catch (error) {
    // What did not work is told by the logs; what was interrupted has nothing to tell.
    if (error instanceof Interrupted) rmSync(output, { recursive: true, force: true });
    throw error;
  }
}

async function measureInto(output: string, { load, lengthSeconds, onStage, environment, signal }: Task) {
  const { scenario, backlog } = benchScenario(load, lengthSeconds);
  const { warmUp: warmUpMs, steady: steadyMs } = scenario.phases;
  const arrivals = rampedArrivals(load.workload, { warmUpMs, steadyMs });
  const perSecond = peakOf(load.workload.perSecond);
  const plan: Plan = {
    scenario: "bench",
    seed: "bench",
    phases: [
      { phase: "warmUp", lengthMs: warmUpMs },
      { phase: "steady", lengthMs: steadyMs },
    ],
    schedule: [],
    workloads: [],
    operations: [],
    entry: [],
    arrivals: { count: arrivals.count, sha256: "" },
    checks: [],
  };
  const watch = new Watch({ load, onStage, warmUpMs: scenario.phases.warmUp });
  const result = await runScenario({
    scenario,
    plan,
    arrivals,
    environment,
    faultKinds: [],
    folder: createRunFolder(output, "bench"),
    observe: (event) => watch.observe(event),
    signal,
  });
  watch.end();
  assertMeasured(result);
  const { leftover } = backlog;
  const evidence = result.evidence();
  const drainedAfterSeconds = between(evidence, "quiesce", "audit", result.reasons);
  const measurement: Measurement = {
    perSecond,
    lengthSeconds,
    ...figuresOf(evidence, load, lengthSeconds),
    usage: watch.usage,
    memoryMb: watch.memoryMb,
    ...(leftover === undefined ? {} : { leftover: { ...leftover, drainedAfterSeconds } }),
  };
  return measurement;
}

/** No fault, and nothing to check. Only a load with orders leaves something to wait for. */
function benchScenario({ workload }: BenchLoad, lengthSeconds: number): { scenario: Scenario; backlog: Backlog } {
  const backlog = new Backlog();
  const hasOrders = workload.operations["order"] !== undefined;
  const scenario: Scenario = {
    name: "bench",
    expects: "figures",
    system: storefront(),
    workload,
    phases: {
      warmUp: seconds(warmUpSeconds),
      steady: seconds(lengthSeconds),
      faults: seconds(0),
      recovery: seconds(0),
    },
    faults: [],
    checks: [],
    restWithin: seconds(drainedWithinSeconds),
    ...(hasOrders ? { audit: backlog } : {}),
  };
  return { scenario, backlog };
}

function assertMeasured({ error, leftBroken }: RunResult): void {
  if (error !== undefined) throw error;
  if (leftBroken.length === 0) return;
  const remedy = "`npx faultline clean` tries again.";
  throw new FaultlineError(
    exits.leftBroken,
    leftBroken.map((message) => ({ code: "LEFT_BROKEN", where: "bench", message, remedy })),
  );
}

/** Seconds between the beginnings of two stages; undefined when the second never came, or something was not right. */
function between({ events }: Evidence, from: RunPhase, to: RunPhase, reasons: readonly string[]): number | undefined {
  const at = (phase: RunPhase) => events.find((event) => event.type === "phase" && event.phase === phase)?.atMs;
  const [fromMs, toMs] = [at(from), at(to)];
  return fromMs === undefined || toMs === undefined || reasons.length > 0 ? undefined : (toMs - fromMs) / 1000;
}
