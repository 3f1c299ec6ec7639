import { basename, relative } from "node:path";
import type { Check } from "../model/check.ts";
import type { Comparison } from "../model/compare/comparison.ts";
import type { Side } from "../model/compare/side.ts";
import type { ContainerSettings } from "../model/config.ts";
import type { Environment } from "../model/environment.ts";
import { describeProblem, exits, FaultlineError, messageOf, usageError, worstExit } from "../model/errors.ts";
import { timingOf } from "../model/fault.ts";
import { count, rate, statedDuration } from "../model/quantities.ts";
import { worst } from "../model/verdict.ts";
import { eachVariant } from "../plan/variants.ts";
import { cleanLeftovers } from "../safety/leftovers.ts";
import { readHistoryLines } from "../store/run-history.ts";
import { againstBaseline, baselineFor, refuseOtherThanBaseline, tooFewForBaseline } from "./against-baseline.ts";
import { chosenReporters, tell } from "./ci-outputs.ts";
import { exitOfComparison, terminalLines } from "./compare.ts";
import { environmentNamed } from "./environments.ts";
import { writeIndex } from "./index-reports.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { keepUpUntilInterrupted, refuseToKeepSeveral } from "./keep-up.ts";
import { exitFor, explain, type Output } from "./output.ts";
import { type Planned, planAll, type Skipped } from "./planned.ts";
import { type Finished, runOne } from "./run-one.ts";
import { exitOfSeries, type ScenarioSeries, seriesByScenario, seriesLines } from "./series.ts";
import { shardFrom, shardOf, writeShard } from "./shard.ts";
import { refuseSeveralVariants, tellVariants } from "./variants.ts";

export interface RunFlags {
  readonly scenarios: string;
  readonly env: string;
  readonly containers?: ContainerSettings;
  readonly output: string;
  readonly seed?: string;
  readonly tag?: string;
  readonly variant?: string;
  readonly repeat?: string;
  readonly shard?: string;
  readonly lastFailed?: boolean;
  readonly allowTarget: readonly string[];
  readonly reporter?: readonly string[];
  /** Of the project's configuration. */
  readonly budgets?: readonly Check[];
  readonly baseline?: string;
  readonly dryRun?: boolean;
  readonly keepUp?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** `faultline run`. Nothing is started before every plan is valid. @returns the exit code */
export async function run(filters: readonly string[], flags: RunFlags, output: Output): Promise<number> {
  const entry = environmentNamed(flags.env);
  const repeats = checkedRepeats(flags.repeat);
  const reporters = chosenReporters(flags.reporter);
  const shard = flags.shard === undefined ? undefined : shardFrom(flags.shard);
  const all = await planAll(filters, { ...flags, variant: flags.variant ?? eachVariant }, entry.facts);
  output.pin([]);
  for (const problem of all.planned.flatMap(({ warnings }) => warnings))
    output.say(`cannot decide: ${describeProblem(problem)}`);
  // All are planned everywhere: what is wrong with one fails every shard.
  const wanted = flags.lastFailed === true ? { ...all, planned: lastFailed(all.planned, flags.output) } : all;
  const { planned, skipped } = shard === undefined ? wanted : shardOf(wanted, shard);
  const ids = planned.map(({ id }) => id);
  if (flags.baseline !== undefined) refuseSeveralVariants(planned);
  const base = flags.baseline === undefined ? undefined : baselineFor(flags.baseline, ids);
  if (base !== undefined) refuseOtherThanBaseline(base, planned, { environment: entry.facts.name, repeats });
  if (flags.dryRun === true) {
    const plans = planned.map(({ plan, variant }) => (variant === undefined ? plan : { ...plan, variant }));
    sayWhatIsSkipped(skipped, output);
    if (flags.json === true) output.json({ plans, skipped });
    else for (const one of planned) output.print(...describePlan(one));
    return exits.pass;
  }
  if (flags.keepUp === true) refuseToKeepSeveral(planned.length * repeats);
  sayWhatIsSkipped(skipped, output);
  const fewRuns = base && tooFewForBaseline(base, repeats);
  if (fewRuns !== undefined) output.say(output.colours.yellow(fewRuns));
  const environment = await entry.open(flags);
  await cleanBefore(output);
  const finished = await runAll(planned, repeats, environment, flags, output);
  const verdict = worst(finished.map(({ record }) => record.verdict));
  const series = repeats === 1 ? undefined : seriesByScenario(finished);
  const { comparison, refused } = comparedWith(base, finished);
  const variants = tellVariants(finished, flags.output, output);
  const ofSkipped = skipped.length === 0 ? [] : [exits.inconclusive];
  const exit = worstExit([
    ...ofSkipped,
    ...finished.map((one) => one.exit).filter(isBesideVerdict(series)),
    ...exitsOf(series),
    ...(comparison === undefined ? [] : [exitOfComparison(comparison)]),
    ...(refused === undefined ? [] : [exitFor(refused)]),
  ]);
  if (flags.json === true) {
    const runs = finished.map(({ record, folder, report, exit: own }) => ({ ...record, folder, report, exit: own }));
    output.json({
      verdict,
      exit,
      runs,
      skipped,
      ...(series === undefined ? {} : { series }),
      ...(variants.length === 0 ? {} : { variants }),
      ...(comparison === undefined ? {} : { comparison }),
    });
  } else if (output.isQuiet) {
    output.print(...finished.map(answerLine));
  } else if (series !== undefined) {
    for (const one of series) output.say(...seriesLines(one, output));
  } else if (finished.length > 1) {
    output.say("", `${finished.length} runs: ${verdict}`);
  }
  overview(flags.output, { isTold: finished.length > 1 }, output);
  if (shard !== undefined) {
    const runs = finished.map(({ folder }) => basename(folder));
    writeShard(flags.output, { ...shard, exit, runs, skipped });
    if (planned.length === 0) output.say(`no scenario falls to the shard ${flags.shard}`);
  }
  if (refused !== undefined) output.say("", "Not compared with the baseline:", ...explain(refused));
  else if (base !== undefined) output.say("", ...baselineLines(comparison, output));
  tell(reporters, { finished, skipped, into: flags.output, comparison }, output);
  return exit;
}

/** Those whose newest run in the folder did not pass. @throws FaultlineError (2) when there is none: nothing was shown */
function lastFailed(planned: readonly Planned[], folder: string): readonly Planned[] {
  // What a variant of the system failed, a mutant say, is no failure of another.
  const keyOf = (id: string, variant = ""): string => `${id}\n${variant}`;
  const newest = new Map(readHistoryLines(folder).runs.map((run) => [keyOf(run.scenario, run.variant), run.verdict]));
  const failed = planned.filter(
    ({ id, scenario }) => (newest.get(keyOf(id, scenario.system.variant)) ?? "pass") !== "pass",
  );
  if (failed.length > 0) return failed;
  const message = `no scenario's last run in ${folder} did anything but pass`;
  const remedy = "Leave --last-failed out, or name the folder of the runs with --output.";
  throw new FaultlineError(exits.inconclusive, [{ code: "NOTHING_FAILED", where: "--last-failed", message, remedy }]);
}

/** Of a run of which nothing was said. */
const answerLine = ({ record, report }: Finished): string =>
  `${record.verdict}  ${record.scenario.id}  ${relative(process.cwd(), report)}`;

/** Whatever comes of it, the runs are what they are. */
function overview(folder: string, { isTold }: { isTold: boolean }, output: Output): void {
  try {
    const path = writeIndex(folder);
    if (isTold) output.say(`  overview  ${relative(process.cwd(), path)}`);
  } catch (error) {
    output.say(`the overview could not be written: ${messageOf(error)}`);
  }
}

/** The runs are what they are, whether or not they turn out to be comparable. */
function comparedWith(
  base: Side | undefined,
  finished: readonly Finished[],
): { readonly comparison?: Comparison | undefined; readonly refused?: FaultlineError } {
  if (base === undefined) return {};
  const folders = finished.map(({ folder }) => folder);
  try {
    return { comparison: againstBaseline(base, folders) };
  } catch (error) {
    if (error instanceof FaultlineError) return { refused: error };
    throw error;
  }
}

function baselineLines(comparison: Comparison | undefined, output: Output): readonly string[] {
  if (comparison === undefined) return ["Not compared with the baseline: no operation was seen."];
  return ["Against the baseline:", ...terminalLines(comparison, output)];
}

const exitsOf = (series: readonly ScenarioSeries[] | undefined): readonly number[] =>
  series?.map(({ verdict }) => exitOfSeries[verdict]) ?? [];

/** Where several runs are judged together, a single run's verdict is no exit of its own; what went wrong beside it is. */
function isBesideVerdict(series: readonly ScenarioSeries[] | undefined): (exit: number) => boolean {
  const ofVerdicts: readonly number[] = [exits.pass, exits.fail, exits.inconclusive];
  return (exit) => series === undefined || !ofVerdicts.includes(exit);
}

/** Never green: what was not run has shown nothing. */
function sayWhatIsSkipped(skipped: readonly Skipped[], output: Output): void {
  for (const { scenario, why } of skipped) output.say(output.colours.yellow(`skipped: ${scenario}: ${why.join(" ")}`));
}

/** One after another, since each wants the whole machine; an interrupt ends the one and leaves out the rest. */
async function runAll(
  planned: readonly Planned[],
  repeats: number,
  environment: Environment,
  flags: RunFlags,
  output: Output,
): Promise<readonly Finished[]> {
  const interrupts = listenForInterrupts((line) => output.say(line));
  const { signal } = interrupts;
  const finished: Finished[] = [];
  try {
    for (const one of planned) {
      for (let index = 1; index <= repeats && !signal.aborted; index += 1) {
        const repeat = repeats === 1 ? {} : { repeat: { index, of: repeats } };
        finished.push(
          await runOne(one, environment, {
            into: flags.output,
            ...repeat,
            ...(flags.keepUp === true ? { keepUp: keepUpUntilInterrupted(interrupts, output) } : {}),
            ...(flags.verbose === true ? { isVerbose: true } : {}),
            allowedTargets: flags.allowTarget,
            output,
            signal,
          }),
        );
      }
    }
  } finally {
    interrupts.end();
  }
  return finished;
}

function checkedRepeats(text = "1"): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  const remedy = "Give how often each scenario is run, from 1 to 1000, as --repeat 5.";
  throw usageError({ code: "OUT_OF_BOUNDS", where: "--repeat", message: `is "${text}"`, remedy });
}

/** What dead runs left behind would disturb this one, and nobody else may ever clean it up. */
async function cleanBefore(output: Output): Promise<void> {
  for (const { runId, failures } of await cleanLeftovers()) {
    output.say(`cleaned up what the run ${runId} had left${failures.map((one) => `; ${one}`).join("")}`);
  }
}

function describePlan({ plan, variant }: Planned): readonly string[] {
  const phases = plan.phases.map(({ phase, lengthMs }) => `${phase} ${statedDuration(lengthMs)}`);
  const { count: planned, sha256 } = plan.arrivals;
  const rates = plan.workloads.map(({ name, perSecond }) => `${name} ${rate(perSecond)}`);
  return [
    `${plan.scenario}${variant === undefined ? "" : ` (${variant})`}  seed ${plan.seed}`,
    `  phases    ${phases.join("  ")}`,
    `  arrivals  ${count(planned)}: ${rates.join(", ")}  sha256 ${sha256}`,
    ...plan.schedule.map(
      ({ id, title, acts, ...when }) => `  ${id}  ${title}  ${timingOf(when)} of the faults  on ${acts.join(", ")}`,
    ),
  ];
}
