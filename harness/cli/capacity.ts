import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Capacity, type RateTrial, searchCapacity } from "../load/capacity.ts";
import { type ClosedLoop, closedLoop } from "../load/closed-loop.ts";
import { rateTrial } from "../load/trial.ts";
import { type JudgeFault, watchJudges } from "../load/watched-judges.ts";
import type { ContainerSettings } from "../model/config.ts";
import type { Address } from "../model/environment.ts";
import { exits, FaultlineError, systemError, usageError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { randomFrom } from "../model/random.ts";
import { secretsOf } from "../model/redact.ts";
import { workloadsOf } from "../model/scenario.ts";
import { milliseconds } from "../model/units.ts";
import type { Slo, Workload } from "../model/workload.ts";
import { drawArrivals } from "../plan/arrivals.ts";
import { accumulated } from "../plan/rate.ts";
import { prepareWorkloads } from "../run/prepare.ts";
import { onStage } from "../run/stage.ts";
import { assertAllowedTargets } from "../safety/foreign-targets.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { closedLoopLine, sentenceOf, trialLine, trialTable } from "./capacity-words.ts";
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
  /** By workload, in their order. */
  readonly promises: readonly Slo[];
  readonly seconds: number;
  readonly mostConnections: number;
  readonly allowedTargets: readonly string[];
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What was found. */
export interface Found extends Capacity {
  /** The verdict in one sentence, as it is printed. */
  readonly sentence: string;
  /** What every workload promises: this share of its operations is ok within this time. */
  readonly promises: readonly { readonly workload: string; readonly availability: number; readonly withinMs: number }[];
  /** The most answers per second that were ok in a closed loop. */
  readonly ceiling: number;
  readonly closedLoop: readonly (Omit<ClosedLoop, "times"> & { readonly p50Ms: number; readonly p99Ms: number })[];
  /** Judges that threw or returned what is not a judgement: then no rate is given. Absent where there are none. */
  readonly judgeFaults?: readonly JudgeFault[];
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
  // What is wrong with the promise is found before a system is started.
  promisesOf([], flags);
  const { signal, end } = listenForInterrupts((line) => output.say(line));
  const common = { seconds, mostConnections, allowedTargets: flags.allowTarget, output, signal };
  let found: Found;
  try {
    if (/^https?:\/\//.test(what)) {
      const { workload, address } = urlWorkload(what);
      found = await search([address], { ...common, workloads: [workload], promises: promisesOf([workload], flags) });
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
  common: Omit<Search, "workloads" | "promises">,
): Promise<Found> {
  const entry = environmentNamed(flags.env);
  const { planned, skipped } = await planAll([filter], { scenarios: flags.scenarios, seed: "capacity" }, entry.facts);
  const [one] = planned;
  if (one === undefined || planned.length > 1) {
    const remedy = "Name one: `faultline list` shows them.";
    const lacking = skipped.map(({ scenario: id, why }) => `; ${id} cannot run here: ${why.join(" ")}`).join("");
    const message = `"${filter}" names ${planned.length} scenarios${lacking}`;
    throw usageError({ code: "NOT_ONE_SCENARIO", where: "capacity", message, remedy });
  }
  const { entry: entries } = one.plan;
  if (common.mostConnections < entries.length) {
    const message = `is ${common.mostConnections}, and the system has ${entries.length} entry instances (${entries.join(", ")})`;
    const remedy = `Give at least one connection for each, as --connections ${entries.length}.`;
    throw usageError({ code: "OUT_OF_BOUNDS", where: "--connections", message, remedy });
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
    found = await search(targets, { ...common, workloads, promises: promisesOf(workloads, flags) });
  });
  if (error !== undefined) throw error;
  if (leftBroken.length > 0 || found === undefined) throw leftBehind(leftBroken);
  writeFileSync(join(folder.path, "capacity.json"), `${JSON.stringify(found, null, 2)}\n`);
  return found;
}

async function search(targets: readonly Address[], stated: Search): Promise<Found> {
  const { output, promises } = stated;
  assertAllowedTargets(targets, stated.allowedTargets);
  const { workloads, faults } = watchJudges(stated.workloads);
  const options = { ...stated, workloads };
  output.say("", "closed loop: how much it can do at most");
  const loops = await closedLoops(targets, options, () => faults().length > 0);
  const answers = Math.max(...loops.map(({ perSecond }) => perSecond));
  if (!(answers > 0)) {
    const remedy = "See that it runs, and that its operations are as it expects them.";
    throw systemError({ code: "NO_ANSWERS", where: "capacity", message: "nothing was answered", remedy });
  }
  const ceiling = Math.max(...loops.map(({ perSecond, okRatio }) => perSecond * okRatio));
  if (faults().length === 0) output.say("", "open loop: at which rate the promise holds");
  // What no answer of the closed loop kept, an open loop may still keep at a lower rate.
  const found = await searchCapacity(ceiling > 0 ? ceiling : answers, async (perSecond) => {
    if (faults().length > 0) return undefined;
    const trial = await openLoop(targets, perSecond, options);
    output.say(trialLine(trial, output));
    return trial;
  });
  const closed = loops.map(({ times, ...rest }) => ({
    ...rest,
    p50Ms: times.percentile(0.5),
    p99Ms: times.percentile(0.99),
  }));
  const named = workloads.map(({ name }, index) => {
    const { availability, within } = promises[index]!;
    return { workload: name, availability, withinMs: Number(within) };
  });
  return concluded({ ...found, promises: named, ceiling, closedLoop: closed }, faults());
}

/** Without a rate where a judge did not do its work: what it took for failures says nothing of the system. */
export function concluded(found: Omit<Found, "sentence">, judgeFaults: readonly JudgeFault[]): Found {
  if (judgeFaults.length === 0) return { ...found, sentence: sentenceOf(found) };
  const { holds: _, breaks: __, doubted: ___, ...rest } = found;
  const withoutRate = { ...rest, judgeFaults };
  return { ...withoutRate, sentence: sentenceOf(withoutRate) };
}

/** Twice the connections each time, until that brings nothing any more, or the search is over. */
async function closedLoops(
  targets: readonly Address[],
  options: Search,
  isOver: () => boolean,
): Promise<readonly ClosedLoop[]> {
  const { workloads, seconds, mostConnections, output, signal } = options;
  const arrivals = arrivalsAt(1000, workloads, seconds);
  const loops: ClosedLoop[] = [];
  for (let connections = targets.length; connections <= mostConnections; connections *= 2) {
    const runToken = tokenOf();
    const loop = await closedLoop({ workloads, arrivals, targets, connections, seconds, runToken, signal });
    output.say(closedLoopLine(loop));
    const before = loops.at(-1)?.perSecond ?? 0;
    loops.push(loop);
    if (isOver() || loop.perSecond === 0 || loop.perSecond < before * 1.1) break;
  }
  return loops;
}

function openLoop(targets: readonly Address[], perSecond: number, options: Search): Promise<RateTrial> {
  const { workloads, promises, seconds, allowedTargets, signal } = options;
  const arrivals = arrivalsAt(perSecond, workloads, seconds);
  const scaled = scaledTo(perSecond, workloads);
  const now = (): number => performance.now();
  const runToken = tokenOf();
  return rateTrial({
    workloads: scaled,
    arrivals,
    perSecond,
    promises,
    targets,
    allowedTargets,
    runToken,
    now,
    signal,
  });
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

/**
 * As the flags say, for all of them; or else each workload's own, and the first that is stated of those that promise
 * nothing themselves.
 */
export function promisesOf(
  workloads: readonly Workload[],
  flags: Pick<CapacityFlags, "availability" | "within">,
): readonly Slo[] {
  const stated = workloads.find(({ slo }) => slo !== undefined)?.slo ?? {
    availability: 0.99,
    within: milliseconds(300),
  };
  const given = {
    ...(flags.availability === undefined
      ? {}
      : { availability: flag(flags.availability, "--availability", 0.01, 0.999_999) }),
    ...(flags.within === undefined ? {} : { within: milliseconds(flag(flags.within, "--within", 1, 600_000)) }),
  };
  return workloads.map(({ slo }) => ({ ...(slo ?? stated), ...given }));
}

function flag(text: string, where: string, least: number, most: number): number {
  const value = Number(text);
  if (value >= least && value <= most) return value;
  const remedy = `Give a number from ${least} to ${most}.`;
  throw usageError({ code: "OUT_OF_BOUNDS", where, message: `is "${text}"`, remedy });
}

function leftBehind(leftBroken: readonly string[]): Error {
  const remedy = "`faultline clean` undoes what was left.";
  const message = leftBroken.join("; ");
  return new FaultlineError(exits.leftBroken, [{ code: "LEFT_BROKEN", where: "capacity", message, remedy }]);
}
