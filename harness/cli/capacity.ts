import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Capacity, type RateTrial, searchCapacity } from "../load/capacity.ts";
import { type ClosedLoop, closedLoop } from "../load/closed-loop.ts";
import { rateTrial } from "../load/trial.ts";
import type { ContainerSettings } from "../model/config.ts";
import type { Address } from "../model/environment.ts";
import { exits, systemError, usageError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { randomFrom } from "../model/random.ts";
import { secretsOf } from "../model/redact.ts";
import { type Scenario, workloadsOf } from "../model/scenario.ts";
import { milliseconds } from "../model/units.ts";
import type { Slo, Workload } from "../model/workload.ts";
import { drawArrivals } from "../plan/arrivals.ts";
import { accumulated } from "../plan/rate.ts";
import { prepareWorkloads } from "../run/prepare.ts";
import { onStage } from "../run/stage.ts";
import { assertAllowedTargets } from "../safety/foreign-targets.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { closedLoopLine, trialLine, trialTable } from "./capacity-words.ts";
import { environmentNamed } from "./environments.ts";
import { listenForInterrupts } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { planAll } from "./planned.ts";
import { urlWorkload } from "./url-workload.ts";

export interface CapacityFlags {
  readonly scenarios: string;
  readonly env: string;
  readonly containers?: ContainerSettings;
  readonly output: string;
  readonly seconds: string;
  readonly within?: string;
  readonly availability?: string;
  readonly connections: string;
  readonly allowTarget: readonly string[];
  readonly json?: boolean;
}

/** What is loaded, and how. */
interface Search {
  readonly workloads: readonly Workload[];
  readonly promise: Slo;
  readonly seconds: number;
  readonly mostConnections: number;
  readonly allowedTargets: readonly string[];
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What was found. */
interface Found extends Capacity {
  readonly ceiling: number;
  readonly closedLoop: readonly (Omit<ClosedLoop, "times"> & { readonly p50Ms: number; readonly p99Ms: number })[];
}

/**
 * `faultline capacity`: a closed loop finds how much the system can do at most, an open loop at which rate its promise
 * still holds. @returns the exit code: 2 when no rate was found
 */
export async function capacity(what: string, flags: CapacityFlags, output: Output): Promise<number> {
  const [seconds, mostConnections] = [
    flag(flags.seconds, "--seconds", 1, 600),
    flag(flags.connections, "--connections", 1, 1024),
  ];
  const { signal, end } = listenForInterrupts((line) => output.say(line));
  const common = { seconds, mostConnections, allowedTargets: flags.allowTarget, output, signal };
  let found: Found;
  try {
    if (/^https?:\/\//.test(what)) {
      const { workload, address } = urlWorkload(what);
      found = await search([address], { ...common, workloads: [workload], promise: promiseOf(flags) });
    } else {
      found = await onScenario(what, flags, common);
    }
  } finally {
    end();
  }
  if (flags.json === true) output.json(found);
  else output.print("", ...trialTable(found, output));
  return found.holds === undefined ? exits.inconclusive : exits.pass;
}

/** The system of a scenario, as it is without its faults. */
async function onScenario(
  filter: string,
  flags: CapacityFlags,
  common: Omit<Search, "workloads" | "promise">,
): Promise<Found> {
  const entry = environmentNamed(flags.env);
  const { planned, skipped } = await planAll([filter], { scenarios: flags.scenarios, seed: "capacity" }, entry.facts);
  const [one] = planned;
  if (one === undefined || planned.length > 1) {
    const remedy = "Name one: `faultline list` shows them.";
    const lacking = skipped.map(({ scenario: id, why }) => `; ${id} cannot run here: ${why.join(" ")}`).join("");
    const message = `"${filter}" names ${planned.length} scenarios${lacking}`;
    throw usageError({ code: "ONE_SCENARIO", where: "capacity", message, remedy });
  }
  const utc = new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
  const folder = createRunFolder(flags.output, `${utc}-capacity-${one.id}`, {
    secrets: secretsOf(one.scenario.system),
  });
  const startedAt = performance.now();
  const { scenario } = one;
  const stage = {
    system: scenario.system,
    environment: await entry.open(flags),
    folder,
    now: () => performance.now() - startedAt,
    emit: (event: RunEvent) => folder.appendEvent(event),
    signal: common.signal,
    allowedTargets: flags.allowTarget,
  };
  common.output.say(`starting ${scenario.system.name}; logs in ${relative(process.cwd(), folder.logs)}`);
  let found: Found | undefined;
  const { error, leftBroken } = await onStage(stage, async (system) => {
    const targets = system.entry.map(({ address }) => address);
    const workloads = workloadsOf(scenario);
    await prepareWorkloads(workloads, { targets, runToken: tokenOf(), signal: common.signal });
    found = await search(targets, { ...common, workloads, promise: promiseOf(flags, scenario) });
  });
  if (error !== undefined) throw error;
  if (leftBroken.length > 0 || found === undefined) throw leftBehind(leftBroken);
  writeFileSync(join(folder.path, "capacity.json"), `${JSON.stringify(found, null, 2)}\n`);
  return found;
}

async function search(targets: readonly Address[], options: Search): Promise<Found> {
  const { output } = options;
  assertAllowedTargets(targets, options.allowedTargets);
  output.say("", "closed loop: how much it can do at most");
  const loops = await closedLoops(targets, options);
  const ceiling = Math.max(...loops.map(({ perSecond }) => perSecond));
  if (!(ceiling > 0)) {
    const remedy = "See that it runs, and that its operations are as it expects them.";
    throw systemError({ code: "NO_ANSWERS", where: "capacity", message: "nothing was answered", remedy });
  }
  output.say("", "open loop: at which rate the promise holds");
  const found = await searchCapacity(ceiling, async (perSecond) => {
    const trial = await openLoop(targets, perSecond, options);
    output.say(trialLine(trial, output));
    return trial;
  });
  const closed = loops.map(({ times, ...rest }) => ({
    ...rest,
    p50Ms: times.percentile(0.5),
    p99Ms: times.percentile(0.99),
  }));
  return { ...found, ceiling, closedLoop: closed };
}

/** Twice the connections each time, until that brings nothing any more. */
async function closedLoops(targets: readonly Address[], options: Search): Promise<readonly ClosedLoop[]> {
  const { workloads, seconds, mostConnections, output, signal } = options;
  const arrivals = arrivalsAt(1000, workloads, seconds);
  const loops: ClosedLoop[] = [];
  for (let connections = targets.length; connections <= mostConnections; connections *= 2) {
    const runToken = tokenOf();
    const loop = await closedLoop({ workloads, arrivals, targets, connections, seconds, runToken, signal });
    output.say(closedLoopLine(loop));
    const before = loops.at(-1)?.perSecond ?? 0;
    loops.push(loop);
    if (loop.perSecond === 0 || loop.perSecond < before * 1.1) break;
  }
  return loops;
}

function openLoop(targets: readonly Address[], perSecond: number, options: Search): Promise<RateTrial> {
  const { workloads, promise, seconds, allowedTargets, signal } = options;
  const arrivals = arrivalsAt(perSecond, workloads, seconds);
  const scaled = scaledTo(perSecond, workloads);
  const now = (): number => performance.now();
  const runToken = tokenOf();
  return rateTrial({ workloads: scaled, arrivals, perSecond, promise, targets, allowedTargets, runToken, now, signal });
}

/** A second to warm up, then what is measured. */
function arrivalsAt(perSecond: number, workloads: readonly Workload[], seconds: number) {
  const phases = [
    { phase: "warmUp", lengthMs: 1000 },
    { phase: "steady", lengthMs: seconds * 1000 },
  ] as const;
  return drawArrivals(scaledTo(perSecond, workloads), phases, randomFrom("capacity"));
}

/** All workloads together at this rate, each with its share of it. */
function scaledTo(perSecond: number, workloads: readonly Workload[]): readonly Workload[] {
  const means = workloads.map((one) => accumulated(one.perSecond, 1000).count);
  const sum = means.reduce((total, mean) => total + mean, 0);
  return workloads.map((one, index) => ({ ...one, perSecond: (perSecond * means[index]!) / sum }));
}

const tokenOf = (): string => randomBytes(4).toString("hex");

/** As the flags say, or else the scenario's first workload that promises something. */
function promiseOf(flags: CapacityFlags, scenario?: Scenario): Slo {
  const stated = scenario === undefined ? undefined : workloadsOf(scenario).find(({ slo }) => slo !== undefined)?.slo;
  const { availability = 0.99, within = milliseconds(300) } = stated ?? {};
  return {
    availability:
      flags.availability === undefined ? availability : flag(flags.availability, "--availability", 0.01, 0.999_999),
    within: flags.within === undefined ? within : milliseconds(flag(flags.within, "--within", 1, 600_000)),
  };
}

function flag(text: string, where: string, least: number, most: number): number {
  const value = Number(text);
  if (value >= least && value <= most) return value;
  const remedy = `Give a number from ${least} to ${most}.`;
  throw usageError({ code: "OUT_OF_BOUNDS", where, message: `is "${text}"`, remedy });
}

function leftBehind(leftBroken: readonly string[]): Error {
  const remedy = "`faultline clean` undoes what was left.";
  return systemError({ code: "LEFT_BROKEN", where: "capacity", message: leftBroken.join("; "), remedy });
}
