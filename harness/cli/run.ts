import { randomBytes } from "node:crypto";
import { relative } from "node:path";
import { faultKinds } from "../faults/index.ts";
import type { Environment } from "../model/environment.ts";
import { exits, FaultlineError, messageOf, usageError, worstExit } from "../model/errors.ts";
import type { Arrivals, Plan } from "../model/plan.ts";
import type { RunRecord } from "../model/run.ts";
import type { System } from "../model/system.ts";
import { worst } from "../model/verdict.ts";
import { planRun } from "../plan/plan.ts";
import type { PlanContext } from "../plan/schedule.ts";
import { didYouMean } from "../plan/suggest.ts";
import { renderReport, summaryLines } from "../report/index.ts";
import { endedRecord, exitOf, judgedRecord, openingRecord } from "../run/record.ts";
import { runScenario } from "../run/run.ts";
import { cleanLeftovers } from "../safety/leftovers.ts";
import { cleanPorts } from "../safety/ports.ts";
import { readRun } from "../store/read-run.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { environmentNamed } from "./environments.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { explain, type Output } from "./output.ts";
import { openProgress } from "./progress.ts";
import { type LoadedScenario, loadScenario, selectScenarios } from "./scenarios.ts";
import { version } from "./version.ts";

export interface RunFlags {
  readonly scenarios: string;
  readonly env: string;
  readonly output: string;
  readonly seed?: string;
  readonly tag?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface Planned extends LoadedScenario {
  readonly plan: Plan;
  readonly arrivals: Arrivals;
}

/** `faultline run`. Nothing is started before every plan is valid. @returns the exit code */
export async function run(filters: readonly string[], flags: RunFlags, output: Output): Promise<number> {
  const entry = environmentNamed(flags.env);
  const planned = await planAll(filters, flags, entry.facts);
  if (flags.dryRun === true) {
    const plans = planned.map(({ plan }) => plan);
    if (flags.json === true) output.json({ plans });
    else for (const plan of plans) output.print(...describePlan(plan));
    return exits.pass;
  }
  const environment = await entry.open();
  await cleanBefore(output);
  const interrupts = listenForInterrupts((line) => output.say(line));
  const finished: { record: RunRecord; exit: number; folder: string; report: string }[] = [];
  try {
    for (const one of planned) {
      if (interrupts.signal.aborted) break;
      finished.push(await runOne(one, environment, flags, output, interrupts.signal));
    }
  } finally {
    interrupts.end();
  }
  const verdict = worst(finished.map(({ record }) => record.verdict));
  if (flags.json === true) {
    const runs = finished.map(({ record, folder, report, exit }) => ({ ...record, folder, report, exit }));
    output.json({ verdict, exit: worstExit(finished.map(({ exit }) => exit)), runs });
  } else if (finished.length > 1) {
    output.say("", `${finished.length} scenarios: ${verdict}`);
  }
  return worstExit(finished.map(({ exit }) => exit));
}

async function planAll(
  filters: readonly string[],
  flags: RunFlags,
  environment: PlanContext["environment"],
): Promise<readonly Planned[]> {
  const seed = checkedSeed(flags.seed ?? randomBytes(4).toString("hex"));
  const loaded = await Promise.all(selectScenarios(filters, flags.scenarios).map(loadScenario));
  const tagged = flags.tag === undefined ? loaded : withTag(loaded, flags.tag);
  const context = { faultKinds, environment };
  const problems: FaultlineError[] = [];
  const planned = tagged.flatMap((one) => {
    try {
      return [{ ...one, ...planRun(one.id, one.scenario, seed, context) }];
    } catch (error) {
      if (!(error instanceof FaultlineError)) throw error;
      problems.push(error);
      return [];
    }
  });
  if (problems.length > 0)
    throw new FaultlineError(
      exits.usage,
      problems.flatMap((error) => error.problems),
    );
  if (planned.length > 0) return planned;
  const remedy = "`faultline list` shows what there is.";
  throw new FaultlineError(exits.inconclusive, [
    { code: "NOTHING_TO_RUN", where: flags.scenarios, message: "no scenario is there to run", remedy },
  ]);
}

/** The seed is part of the run folder's name. */
function checkedSeed(seed: string): string {
  if (/^[A-Za-z0-9._-]{1,40}$/.test(seed)) return seed;
  throw usageError({
    code: "BAD_SEED",
    where: "--seed",
    message: `is "${seed}"`,
    remedy: "Give from 1 to 40 letters, digits, dots, dashes or underscores, as --seed 7.",
  });
}

function withTag(loaded: readonly LoadedScenario[], tag: string): readonly LoadedScenario[] {
  const known = [...new Set(loaded.flatMap(({ scenario }) => scenario.tags ?? []))];
  if (!known.includes(tag)) {
    throw usageError({
      code: "UNKNOWN_TAG",
      where: "--tag",
      message: `no scenario has the tag "${tag}"`,
      remedy: didYouMean(tag, known),
    });
  }
  return loaded.filter(({ scenario }) => scenario.tags?.includes(tag));
}

/** What dead runs left behind would disturb this one, and nobody else may ever clean it up. */
async function cleanBefore(output: Output): Promise<void> {
  for (const { runId, failures } of await cleanLeftovers()) {
    output.say(`cleaned up what the run ${runId} had left${failures.map((one) => `; ${one}`).join("")}`);
  }
  cleanPorts();
}

async function runOne(
  { id, path, scenario, plan, arrivals }: Planned,
  environment: Environment,
  flags: RunFlags,
  output: Output,
  signal: AbortSignal,
) {
  const utc = new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
  const folder = createRunFolder(flags.output, `${utc}-${id}-${plan.seed}`);
  const opening = await openingRecord({
    runId: folder.id,
    scenario,
    file: relative(process.cwd(), path),
    plan,
    environment: environment.name,
    faultlineVersion: version,
    replay: replayCommand(path, plan.seed, scenario.system),
  });
  folder.writeRecord(opening);
  output.say(
    "",
    `${output.colours.bold(id)}  seed ${plan.seed}${variantOf(opening)}`,
    output.colours.dim(scenario.name),
  );

  const progress = openProgress(plan, output);
  const result = await runScenario({
    scenario,
    plan,
    arrivals,
    environment,
    faultKinds,
    folder,
    observe: (event) => progress.observe(event),
    onProgress: ({ counts }) => progress.count(counts),
    signal,
  });
  progress.end();
  // Written before it is judged: the verdict rests on what the folder holds, and on nothing else.
  folder.writeRecord(endedRecord(opening, result));
  const record = judgedRecord(readRun(folder.path), scenario.checks);
  const exit = exitOf(record, result);
  folder.writeRecord(record);
  report(folder, output);
  folder.publish();
  const reportPath = relative(process.cwd(), folder.report);
  output.say("", ...summaryLines({ record, folder: folder.path }, summaryOptions(output, reportPath)));
  if (result.error !== undefined) output.say("", ...explain(result.error));
  return { record, exit, folder: folder.path, report: folder.report };
}

const summaryOptions = (output: Output, reportPath: string) => ({
  colour: output.colours.isColorSupported,
  reportPath,
  width: output.width,
});

/** A report that can't be drawn does not change what the run found. */
function report(folder: ReturnType<typeof createRunFolder>, output: Output): void {
  try {
    folder.writeReport(renderReport(readRun(folder.path)));
  } catch (error) {
    output.say(`the report could not be written: ${messageOf(error)}`);
  }
}

/** The command that runs the same again; the variables that the system was made from are part of it. */
function replayCommand(path: string, seed: string, { variables = {} }: System): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value} `);
  return `${assignments.join("")}npx faultline run ${relative(process.cwd(), path)} --seed ${seed}`;
}

const variantOf = ({ system }: RunRecord): string => (system.variant === undefined ? "" : `  ${system.variant}`);

function describePlan(plan: Plan): readonly string[] {
  const phases = plan.phases.map(({ phase, lengthMs }) => `${phase} ${lengthMs / 1000} s`);
  const { count, sha256 } = plan.arrivals;
  const rates = plan.workloads.map(({ name, perSecond }) => `${name} ${Number(perSecond.toFixed(1))}/s`);
  return [
    `${plan.scenario}  seed ${plan.seed}`,
    `  phases    ${phases.join("  ")}`,
    `  arrivals  ${count}: ${rates.join(", ")}  sha256 ${sha256}`,
    ...plan.schedule.map(
      ({ id, title, atMs, lastingMs, acts }) =>
        `  ${id}  ${title}  ${atMs / 1000}–${(atMs + lastingMs) / 1000} s of the faults  on ${acts.join(", ")}`,
    ),
  ];
}
