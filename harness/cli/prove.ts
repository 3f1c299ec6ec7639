import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, matchesGlob, relative } from "node:path";
import type { Check } from "../model/check.ts";
import { exits, FaultlineError, Interrupted, messageOf, type Problem, usageError } from "../model/errors.ts";
import type { Mutant } from "../model/mutant.ts";
import { firstJobs } from "../model/prove/jobs.ts";
import { type Cell, type Incomplete, type Proof, proofOfMutant, tallies, verdictOf } from "../model/prove/proof.ts";
import type { Verdict } from "../model/verdict.ts";
import { renderProof } from "../report/prove-page.ts";
import { proofLines } from "../report/prove-terminal.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { openCells, proofText, writeProof } from "../store/proof-file.ts";
import { environmentNamed } from "./environments.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { exitFor, explain, type Output } from "./output.ts";
import { type Planned, planAll, type Skipped } from "./planned.ts";
import { type CellContext, runCells } from "./prove-cell.ts";
import { Fingerprints } from "./prove-fingerprint.ts";
import { proveProgress } from "./prove-progress.ts";
import { expectedProofs, isUnchanged, knownProof, outOfReach, type PlannedAll, queuesOf } from "./prove-queues.ts";
import { ProofRunner, type RunnerOptions } from "./prove-runner.ts";
import { countCells, ProofSchedule, type Queues } from "./prove-schedule.ts";
import { replayCommand } from "./run-one.ts";
import { problemsOfIds, tagsOf } from "./scenarios.ts";
import { version } from "./version.ts";

export interface ProveFlags {
  readonly scenarios: string;
  readonly env: string;
  readonly output: string;
  readonly seed?: string;
  readonly tag?: string;
  readonly mutants?: string;
  readonly repeat: string;
  readonly jobs?: string;
  readonly untilCaught?: boolean;
  /** Each run has one mutant at most. */
  readonly apart?: boolean;
  readonly known?: string;
  readonly sample?: boolean;
  readonly fresh?: boolean;
  readonly allowTarget: readonly string[];
  readonly json?: boolean;
  /** Of the project's configuration. */
  readonly budgets?: readonly Check[];
  readonly knownMutants?: readonly Mutant[];
  readonly canary?: string;
  readonly proven?: string;
}

/** Scenarios that a proof leaves out unless they are asked for: they state nothing that a mutant could break. */
const leftOut = ["parade", "explore"];
const runsFolder = "prove";

/** `faultline prove`: the scenarios against the system as it is, and against every mutant. @returns the exit code */
export async function prove(filters: readonly string[], flags: ProveFlags, output: Output): Promise<number> {
  const repeats = countOf("--repeat", flags.repeat);
  const jobs = jobsOf(flags);
  const chosen = chosenMutants(flags);
  const { planned, skipped } = await planFor(filters, flags, repeats);
  output.pin([]);
  const proven = knownProof(flags);
  const left = outOfReach(planned, chosen, flags.sample === true ? proven : undefined);
  const mutants = chosen.filter((mutant) => !left.has(mutant));
  const warn = (text: string): void => output.say(output.colours.yellow(text));
  for (const [{ name }, catching] of left) {
    warn(`skipped: mutant ${name}: only ${catching.join(" and ")} is known to catch it, and does not run here`);
  }
  for (const { scenario, why } of skipped) warn(`skipped: ${scenario}: ${why.join(" ")}`);
  const fingerprints = new Fingerprints(flags);
  const queues = queuesOf(planned, mutants, { known: proven, expected: expectedProofs(flags) }, flags, fingerprints);
  const { unseen } = fingerprints;
  for (const sentence of unseen) warn(`these runs are not known to later commands: ${sentence}`);
  const { signal, end } = listenForInterrupts((line) => output.say(line));
  const isCurrent = (cell: Cell): boolean => unseen.length > 0 || isUnchanged(cell, planned, mutants, flags);
  const { schedule, ended, changed } = await runAll(queues, { mutants, signal, isCurrent, ...jobs }, flags, output);
  end();
  if (changed > 0) warn(`${changed} runs met other code than there was at first: the next command runs them again`);
  const verdict = conclude({ schedule, queues, mutants, planned, ended }, flags, output);
  if (ended === undefined) return exits[verdict];
  if (signal.aborted) output.say("", "What was run is kept: the same command goes on from here.");
  else output.say("", ...explain(ended));
  return exitFor(ended);
}

interface RunAll extends Pick<CellContext, "mutants" | "signal">, Pick<RunnerOptions, "jobs" | "isMeasured"> {
  /** Whether a cell is still what would be run now. */
  readonly isCurrent: (cell: Cell) => boolean;
}

/** Makes all runs. @returns what was done, what ended it before all was, and how many runs met code that has changed */
async function runAll(
  queues: Queues,
  { mutants, signal, isCurrent, jobs, isMeasured }: RunAll,
  flags: ProveFlags,
  output: Output,
): Promise<{ readonly schedule: ProofSchedule; readonly ended: unknown; readonly changed: number }> {
  const store = openCells(flags.output, { fresh: flags.fresh === true });
  const untilDecided = flags.untilCaught === true;
  const progress = proveProgress(output, { total: countCells(queues), untilDecided });
  const onKnown = (cell: Cell): void => progress.settled(cell, { isKnown: true });
  const schedule = new ProofSchedule(queues, { known: store.known, untilDecided, onKnown });
  let changed = 0;
  const keep = (cell: Cell): void => {
    if (isCurrent(cell)) store.add(cell);
    else changed += 1;
  };
  const into = join(flags.output, runsFolder);
  const context = { environment: flags.env, into, allowedTargets: flags.allowTarget, mutants };
  const make: RunnerOptions["make"] = (cells, ofRun) => runCells(cells, { ...context, signal: ofRun });
  const ended = await new ProofRunner({ schedule, make, into, signal, progress, keep, jobs, isMeasured }).run();
  progress.end();
  return { schedule, ended, changed };
}

/** As many at a time as is said, or else as many as fit. */
function jobsOf({ jobs }: ProveFlags): Pick<RunnerOptions, "jobs" | "isMeasured"> {
  if (jobs === undefined) return { jobs: firstJobs(availableParallelism()), isMeasured: true };
  const now = countOf("--jobs", jobs);
  return { jobs: { now, most: now, quiet: [] }, isMeasured: false };
}

interface Ended {
  readonly schedule: ProofSchedule;
  readonly queues: Queues;
  readonly mutants: readonly Mutant[];
  readonly planned: PlannedAll;
  /** What ended it before all was done. */
  readonly ended: unknown;
}

/** Writes the table of all that was done, also of a proof that ended early, and prints it. */
function conclude({ schedule, queues, mutants, planned, ended }: Ended, flags: ProveFlags, output: Output): Verdict {
  const { done } = schedule;
  const isCanary = ({ scenario }: Cell): boolean => scenario === planned.canary?.id;
  const incomplete = incompleteOf(schedule, ended, countCells(queues));
  const parts = {
    ...(incomplete === undefined ? {} : { incomplete }),
    canary: tallies(done.filter(isCanary))[0] ?? null,
    correct: tallies(done.filter((cell) => cell.mutant === null && !isCanary(cell))),
    mutants: mutants.map((mutant) =>
      proofOfMutant(
        mutant,
        done.filter((cell) => cell.mutant === mutant.name),
        incomplete !== undefined && schedule.isUnfinished(mutant.name),
      ),
    ),
  };
  const proof: Proof = {
    version: 1,
    seed: seedOf(flags),
    faultline: version,
    ...verdictOf(parts),
    ...parts,
    scenarios: planned.scenarios.map(({ id, scenario }) => ({ id, name: scenario.name })),
  };
  writeProof(flags.output, "prove.json", proofText(proof));
  const page = writeProof(flags.output, "prove.html", renderProof(proof, runsFolder));
  if (flags.json === true) output.json(proof);
  const replay = ({ scenario, mutant }: { scenario: string; mutant: string | null }): string => {
    const one = planned.scenarios.find(({ id }) => id === scenario)!;
    const switches = mutants.find(({ name }) => name === mutant)?.environment;
    return replayCommand(one, flags.env, flags.allowTarget, switches);
  };
  const lines = proofLines(proof, {
    colour: output.colours.isColorSupported,
    page: relative(process.cwd(), page),
    replay,
  });
  if (flags.json === true) output.say("", ...lines);
  else output.print(...lines);
  return proof.verdict;
}

/** Why a proof ended before all its runs were made; undefined when it did not. */
function incompleteOf({ done, stopped }: ProofSchedule, ended: unknown, of: number): Incomplete | undefined {
  const count = { done: done.length, of };
  if (ended instanceof Interrupted) {
    return {
      reason: `interrupted by ${ended.by}`,
      remedy: "Give the same command again: it goes on from here.",
      ...count,
    };
  }
  if (ended instanceof FaultlineError) {
    const [{ where, message, remedy }] = ended.problems as [Problem];
    return { reason: `${where}: ${message.split("\n")[0]}`.replace(/:$/, ""), remedy, ...count };
  }
  if (ended !== undefined) return { reason: messageOf(ended), remedy: "Report it, please: it is a bug.", ...count };
  return stopped === undefined ? undefined : { ...stopped, ...count };
}

const seedOf = ({ seed = "prove" }: ProveFlags): string => seed;

/** Everything is planned before anything is started, for every repeat: each has a seed of its own. */
async function planFor(
  filters: readonly string[],
  flags: ProveFlags,
  repeats: number,
): Promise<{ planned: PlannedAll; skipped: readonly Skipped[] }> {
  const { facts } = environmentNamed(flags.env);
  const { folder, named } = selectionOf(filters, flags.scenarios);
  const plans = new Map<string, Planned[]>();
  let skipped: readonly Skipped[] = [];
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    const seed = `${seedOf(flags)}-${repeat}`;
    const { tag, budgets = [] } = flags;
    const all = await planAll(
      named,
      { scenarios: folder, seed, budgets, ...(tag === undefined ? {} : { tag }) },
      facts,
    );
    ({ skipped } = all);
    const isAskedFor = named.length > 0 || tag !== undefined;
    for (const one of all.planned) {
      if (!isAskedFor && tagsOf(one.scenario).some((name) => leftOut.includes(name))) continue;
      plans.set(one.id, [...(plans.get(one.id) ?? []), one]);
    }
  }
  const scenarios = [...plans.values()].map(([first]) => first!);
  if (flags.canary === undefined) return { planned: { scenarios, plans }, skipped };
  const { budgets = [] } = flags;
  const { planned } = await planAll([flags.canary], { scenarios: folder, seed: `${seedOf(flags)}-1`, budgets }, facts);
  const [canary] = planned;
  return { planned: canary === undefined ? { scenarios, plans } : besideCanary(canary, scenarios, plans), skipped };
}

/**
 * The canary fails whatever it runs against: among the scenarios it would catch every mutant.
 * @throws FaultlineError DOUBLE_ID when another scenario has its id
 */
export function besideCanary(
  canary: Planned,
  scenarios: readonly Planned[],
  plans: ReadonlyMap<string, readonly Planned[]>,
): PlannedAll {
  const others = scenarios.filter(({ path }) => path !== canary.path);
  const problems = problemsOfIds([canary, ...others]);
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
  return { canary, scenarios: others, plans: new Map([...plans].filter(([id]) => id !== canary.id)) };
}

/** `--scenarios` names their folder, as everywhere, or some of those in the usual one. */
function selectionOf(
  filters: readonly string[],
  which: string,
): { readonly folder: string; readonly named: readonly string[] } {
  const isFolder = existsSync(which) && statSync(which).isDirectory();
  return isFolder
    ? { folder: which, named: filters }
    : { folder: "scenarios", named: [...filters, ...which.split(",")] };
}

/** By names and globs with commas between them; all when none is named, none for `none`. */
function chosenMutants({ mutants: named, knownMutants = [] }: ProveFlags): readonly Mutant[] {
  if (named === undefined) return knownMutants;
  if (named === "none") return [];
  const names = knownMutants.map(({ name }) => name);
  const chosen = named.split(",").flatMap((pattern) => {
    const found = names.filter((name) => name === pattern || matchesGlob(name, pattern));
    if (found.length > 0) return found;
    const message = `there is no mutant "${pattern}"`;
    const none = "faultline.config.ts names the mutants of a system: `mutants: [{ name, environment }]`.";
    const remedy = names.length === 0 ? none : didYouMean(pattern, names);
    throw usageError({ code: "UNKNOWN_MUTANT", where: "--mutants", message, remedy });
  });
  return knownMutants.filter(({ name }) => chosen.includes(name));
}

function countOf(where: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  const remedy = `Give a whole number from 1 to 1000, as ${where} 5.`;
  throw usageError({ code: "OUT_OF_BOUNDS", where, message: `is "${text}"`, remedy });
}
