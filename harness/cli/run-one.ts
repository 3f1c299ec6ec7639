import { dirname, relative } from "node:path";
import { faultKinds } from "../faults/index.ts";
import type { Environment } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import { secretsOf } from "../model/redact.ts";
import type { RunRecord } from "../model/run.ts";
import { renderReport, summaryLines, summaryOfRun } from "../report/index.ts";
import { endedRecord, exitOf, judgedRecord, openingRecord } from "../run/record.ts";
import { runScenario } from "../run/run.ts";
import { readRun } from "../store/read-run.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { appendToHistory } from "../store/run-history.ts";
import type { KeepUp } from "./keep-up.ts";
import { explain, type Output } from "./output.ts";
import type { Planned } from "./planned.ts";
import { openProgress } from "./progress.ts";
import { followLogs } from "./verbose.ts";
import { version } from "./version.ts";

/** What a run came to. */
export interface Finished {
  readonly record: RunRecord;
  readonly exit: number;
  readonly folder: string;
  readonly report: string;
}

/** How a run is made. */
export interface RunContext {
  /** The folder of all reports. */
  readonly into: string;
  readonly repeat?: RunRecord["repeat"];
  /** Hosts elsewhere that the user named as their own to break. */
  readonly allowedTargets: readonly string[];
  /** Every receipt and every line of the components' logs, as they come. */
  readonly isVerbose?: boolean;
  readonly keepUp?: KeepUp;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs one scenario once, and tells of it on the way. */
export async function runOne(
  planned: Planned,
  environment: Environment,
  { into, repeat, allowedTargets, isVerbose = false, keepUp, output, signal }: RunContext,
): Promise<Finished> {
  const { id, path, scenario, plan, arrivals, variant } = planned;
  const utc = new Date().toISOString().replace(/[-:]/g, "").replace(/\..*/, "Z");
  const folder = createRunFolder(into, `${utc}-${id}-${plan.seed}`, { secrets: secretsOf(scenario.system) });
  const opening = await openingRecord({
    runId: folder.id,
    scenario,
    file: relative(process.cwd(), path),
    ...(variant === undefined ? {} : { variant }),
    ...(repeat === undefined ? {} : { repeat }),
    plan,
    environment: environment.name,
    faultlineVersion: version,
    replay: replayCommand(planned, environment.name, allowedTargets),
  });
  folder.writeRecord(opening);
  output.say(
    "",
    `${output.colours.bold(id)}  seed ${plan.seed}${variantOf(opening)}${repeatOf(opening)}`,
    output.colours.dim(scenario.name),
  );

  const progress = openProgress(plan, output, { isVerbose, checks: scenario.checks.map(({ title }) => title) });
  const dimmed = (instance: string, line: string): void => output.say(output.colours.dim(`  ${instance} | ${line}`));
  const endFollowing = isVerbose ? followLogs(folder.logs, folder.secrets, dimmed) : () => undefined;
  const result = await runScenario({
    scenario,
    plan,
    arrivals,
    environment,
    faultKinds,
    folder,
    allowedTargets,
    observe: (event) => progress.observe(event),
    ...(keepUp === undefined ? {} : { keepUp: (system) => progress.pausing(() => keepUp(system)) }),
    onProgress: (load) => progress.count(load),
    signal,
  });
  endFollowing();
  progress.end();
  // Written before it is judged: the verdict rests on what the folder holds, and on nothing else.
  folder.writeRecord(endedRecord(opening, result));
  const record = judgedRecord(readRun(folder.path), scenario.checks);
  const exit = exitOf(record, result);
  folder.writeRecord(record);
  report(folder, output);
  folder.publish();
  remember(folder, output);
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

/** For the overview of all runs; without it this one is as it is. */
function remember(folder: ReturnType<typeof createRunFolder>, output: Output): void {
  try {
    appendToHistory(dirname(folder.path), summaryOfRun(readRun(folder.path)));
  } catch (error) {
    output.say(`the history could not be written: ${messageOf(error)}`);
  }
}

/**
 * The command that runs the same again, in the same place; the variables that the system was made from are part of it.
 * @param switches further variables, as those that switch a mutant on
 */
export function replayCommand(
  { path, plan: { seed }, scenario, variant }: Pick<Planned, "path" | "plan" | "scenario" | "variant">,
  environment: string,
  allowedTargets: readonly string[],
  switches: Readonly<Record<string, string>> = {},
): string {
  const assignments = Object.entries({ ...scenario.system.variables, ...switches }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const flags = [
    ["--seed", seed],
    ...(variant === undefined ? [] : [["--variant", variant.includes(" ") ? `'${variant}'` : variant]]),
    ...(environment === "local" ? [] : [["--env", environment]]),
    ...allowedTargets.map((host) => ["--allow-target", host]),
  ];
  return [...assignments, "npx faultline run", relative(process.cwd(), path), ...flags.flat()].join(" ");
}

const repeatOf = ({ repeat }: RunRecord): string =>
  repeat === undefined ? "" : `  run ${repeat.index} of ${repeat.of}`;
const variantOf = ({ system }: RunRecord): string => (system.variant === undefined ? "" : `  ${system.variant}`);
