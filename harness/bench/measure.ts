import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storefront } from "../../scenarios/storefront/system.ts";
import { availability } from "../checks/availability.ts";
import { faultKinds } from "../faults/index.ts";
import type { Environment } from "../model/environment.ts";
import { outcomes, phaseCode } from "../model/history.ts";
import { type Summary, summarise } from "../model/measure/summary.ts";
import { seconds } from "../model/units.ts";
import type { Workload } from "../model/workload.ts";
import { planRun } from "../plan/plan.ts";
import { openingRecord } from "../run/record.ts";
import { runScenario } from "../run/run.ts";
import { readRun } from "../store/read-run.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { apiMemoryMb, type Usage, watchUsage } from "./usage.ts";

export interface Measurement {
  readonly perSecond: number;
  readonly seconds: number;
  /** By outcome. */
  readonly counts: Readonly<Record<string, number>>;
  readonly okPerSecond: number;
  readonly summary: Summary;
  readonly usage: Usage | undefined;
  /** Of the API that has the most, every five seconds. */
  readonly memoryMb: readonly { readonly atSeconds: number; readonly mb: number }[];
}

const warmUpSeconds = 6;
const sampleMs = 5000;

/** Runs the workload against the reference system, with every hop through Toxiproxy and nothing broken. */
export async function measure(
  environment: Environment,
  workload: Workload,
  { lengthSeconds, signal }: { lengthSeconds: number; signal: AbortSignal },
): Promise<Measurement> {
  const output = await mkdtemp(join(tmpdir(), "faultline-bench-"));
  try {
    return await measureIn(output, environment, workload, { lengthSeconds, signal });
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function measureIn(
  output: string,
  environment: Environment,
  workload: Workload,
  { lengthSeconds, signal }: { lengthSeconds: number; signal: AbortSignal },
): Promise<Measurement> {
  const scenario = {
    name: `bench of ${workload.name}`,
    expects: "figures",
    system: storefront(),
    workload,
    // A run has all phases; the steady one is what is measured, and the others are as short as they may be.
    phases: {
      warmUp: seconds(warmUpSeconds),
      steady: seconds(lengthSeconds),
      faults: seconds(0.1),
      recovery: seconds(0.1),
    },
    faults: [],
    checks: [availability({ atLeast: 0.5 })],
  };
  const { plan, arrivals } = planRun("bench", scenario, "7", { faultKinds, environment });
  const folder = createRunFolder(output, "bench");
  const { name: environmentName } = environment;
  const about = { runId: folder.id, scenario, plan, environment: environmentName };
  folder.writeRecord(await openingRecord({ ...about, faultlineVersion: "bench", replay: "npm run bench" }));

  let endOfUsage: (() => Usage) | undefined;
  let usage: Usage | undefined;
  let sampling: NodeJS.Timeout | undefined;
  const memoryMb: { atSeconds: number; mb: number }[] = [];
  const result = await runScenario({
    scenario,
    plan,
    arrivals,
    environment,
    faultKinds,
    folder,
    signal,
    observe(event) {
      if (event.type !== "phase") return;
      if (event.phase === "steady") {
        endOfUsage = watchUsage();
        const beganMs = performance.now();
        sampling = setInterval(() => {
          const mb = Math.max(...apiMemoryMb());
          memoryMb.push({ atSeconds: (performance.now() - beganMs) / 1000, mb });
        }, sampleMs);
      }
      if (event.phase === "faults") {
        usage = endOfUsage?.();
        clearInterval(sampling);
      }
    },
  });
  clearInterval(sampling);
  if (result.error !== undefined) throw result.error;
  const { history } = readRun(folder.path);
  if (history === undefined) throw new Error("the run left no history");
  const summary = summarise(history, { phase: phaseCode("steady") });
  const counts = Object.fromEntries(outcomes.map((outcome, code) => [outcome, summary.counts[code] ?? 0]));
  const okPerSecond = (counts["ok"] ?? 0) / lengthSeconds;
  return { perSecond: workload.perSecond, seconds: lengthSeconds, counts, okPerSecond, summary, usage, memoryMb };
}
