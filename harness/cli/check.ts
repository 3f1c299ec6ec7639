import { relative } from "node:path";
import type { Check } from "../model/check.ts";
import { messageOf, worstExit } from "../model/errors.ts";
import type { RunRecord, StoredRun } from "../model/run.ts";
import { renderReport, summaryLines } from "../report/index.ts";
import { exitOfVerdict, judgedRecord } from "../run/record.ts";
import { readRun } from "../store/read-run.ts";
import { openRunFolder } from "../store/run-folder.ts";
import { configuredBudgets } from "./config.ts";
import { retell } from "./index-reports.ts";
import type { Output } from "./output.ts";
import { madeWith, statedNow } from "./stored-checks.ts";
import { changeLines, changesBetween, heldBack, omittedFrom, type VerdictChange } from "./verdict-changes.ts";
import { version } from "./version.ts";

export interface CheckFlags {
  /** Judge with the checks that this file states now, instead of those that the run was made with. */
  readonly scenario?: string;
  /** In place of those of the project's configuration, which `run` judges with each scenario. */
  readonly budgets?: readonly Check[];
  readonly write?: boolean;
  readonly json?: boolean;
}

/** A stored run, and what it comes to now. */
interface Judged {
  readonly folder: string;
  readonly before: RunRecord;
  readonly record: RunRecord;
  readonly changes: readonly VerdictChange[];
}

/** `faultline check <run…>`: judges stored runs again, without running anything. @returns the exit code */
export async function check(folders: readonly string[], flags: CheckFlags, output: Output): Promise<number> {
  const judged: Judged[] = [];
  for (const folder of folders) judged.push(await judgeAgain(folder, flags, output));
  // What is refused for one run leaves all of them as they were.
  if (flags.write === true) for (const { folder, record } of judged) rewrite(folder, record);
  const exit = worstExit(judged.map(({ record }) => exitOfVerdict[record.verdict]));
  if (flags.json === true) output.json(documentOf(judged, exit));
  else output.print(...judged.flatMap((one) => linesOf(one, output)), ...closing(judged));
  return exit;
}

async function judgeAgain(folder: string, flags: CheckFlags, output: Output): Promise<Judged> {
  const { scenario } = flags;
  const budgetsOf = async (): Promise<readonly Check[]> => flags.budgets ?? (await configuredBudgets());
  const run = readRun(folder);
  for (const one of run.missing) output.say(`missing: ${one}`);
  const { checks, notes } =
    scenario === undefined
      ? await madeWith(run.record, budgetsOf)
      : await statedNow(run.record, scenario, await budgetsOf());
  for (const note of notes) output.say(output.colours.yellow(note));
  const record = heldBack(judgedOrNot(run, checks), omittedFrom(run.record, checks));
  return { folder: run.folder, before: run.record, record, changes: changesBetween(run.record, record, checks) };
}

/** A run that lacks what a verdict needs, as one of an earlier version may, leaves the others to be judged. */
function judgedOrNot(run: StoredRun, checks: readonly Check[]): RunRecord {
  try {
    return judgedRecord(run, checks);
  } catch (error) {
    const { passed: _, ...record } = run.record;
    const reason = `what is stored of the run cannot be judged by this version of Faultline: ${messageOf(error)}`;
    return { ...record, verdict: "inconclusive", sentence: `${reason}.`, reasons: [reason], checks: [] };
  }
}

function documentOf(judged: readonly Judged[], exit: number): object {
  return {
    exit,
    runs: judged.map(({ record, folder }) => ({ ...record, folder, exit: exitOfVerdict[record.verdict] })),
    changes: judged.flatMap(({ record, changes }) => changes.map((change) => ({ run: record.id, ...change }))),
  };
}

function linesOf({ record, before, folder, changes }: Judged, output: Output): readonly string[] {
  const reportPath = relative(process.cwd(), openRunFolder(folder).report);
  const options = { colour: output.colours.isColorSupported, reportPath, width: output.width };
  const by = before.faultline === version ? "" : ` (judged by Faultline ${before.faultline} then, by ${version} now)`;
  const told = changes.length === 0 ? ["The same verdicts as before."] : [`Changed${by}:`, ...changeLines(changes)];
  return [...summaryLines({ record, folder }, options), "", ...told];
}

/** Of several runs: how many come to something else now. */
function closing(judged: readonly Judged[]): readonly string[] {
  if (judged.length < 2) return [];
  const changed = judged.filter(({ changes }) => changes.length > 0).length;
  return ["", `${judged.length} runs: ${changed} changed, ${judged.length - changed} as before`];
}

function rewrite(path: string, record: RunRecord): void {
  const folder = openRunFolder(path);
  folder.writeRecord(record);
  folder.writeReport(renderReport(readRun(path)));
  retell(path);
}
