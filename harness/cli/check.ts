import { relative, resolve } from "node:path";
import { checkNamed } from "../checks/index.ts";
import type { Check } from "../model/check.ts";
import { messageOf, worstExit } from "../model/errors.ts";
import type { RunRecord } from "../model/run.ts";
import { renderReport, summaryLines } from "../report/index.ts";
import { exitOfVerdict, judgedRecord } from "../run/record.ts";
import { readRun } from "../store/read-run.ts";
import { openRunFolder } from "../store/run-folder.ts";
import { retell } from "./index-reports.ts";
import type { Output } from "./output.ts";
import { loadScenario, selectScenarios } from "./scenarios.ts";

export interface CheckFlags {
  /** Judge with the checks that this file states now, instead of those that the run was made with. */
  readonly scenario?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

/** `faultline check <run…>`: judges stored runs again, without running anything. @returns the exit code */
export async function check(folders: readonly string[], flags: CheckFlags, output: Output): Promise<number> {
  const judged: { record: RunRecord; before: RunRecord; folder: string; exit: number }[] = [];
  for (const folder of folders) {
    const run = readRun(folder);
    for (const one of run.missing) output.say(`missing: ${one}`);
    const record = judgedRecord(run, await checksFor(run.record, flags.scenario, output));
    judged.push({ record, before: run.record, folder: run.folder, exit: exitOfVerdict[record.verdict] });
    if (flags.write === true) rewrite(run.folder, record);
  }
  const exit = worstExit(judged.map((one) => one.exit));
  if (flags.json === true) {
    output.json({ exit, runs: judged.map(({ record, folder, exit: own }) => ({ ...record, folder, exit: own })) });
    return exit;
  }
  for (const { record, before, folder } of judged) {
    const reportPath = relative(process.cwd(), openRunFolder(folder).report);
    const options = { colour: output.colours.isColorSupported, reportPath, width: output.width };
    output.print(...summaryLines({ record, folder }, options), ...changes(before, record));
  }
  return exit;
}

/** The checks that the run was made with, as this version of Faultline judges them. */
async function checksFor(record: RunRecord, file: string | undefined, output: Output): Promise<readonly Check[]> {
  if (file !== undefined) return statedIn(file);
  const planned = record.plan.checks.map(({ name, parameters }) => checkNamed(name, parameters));
  if (planned.every((one) => one !== undefined)) return planned;
  // A check of the scenario's own is code: the scenario's file has it, if it is still there.
  const own = await statedIn(record.scenario.file).catch((error: unknown) => {
    output.say(`the scenario's own checks can't be had: ${messageOf(error)}`);
    return [];
  });
  return record.plan.checks.map(
    ({ name }, index) => planned[index] ?? own.find((one) => one.name === name) ?? goneCheck(name, record),
  );
}

async function statedIn(path: string): Promise<readonly Check[]> {
  const loaded = await Promise.all(selectScenarios([path], resolve(path, "..")).map(loadScenario));
  return loaded.flatMap(({ scenario }) => scenario.checks);
}

function goneCheck(name: string, { scenario }: RunRecord): Check {
  const law = `The law of "${name}", which only the scenario knows.`;
  const said = { name, title: name, law, guards: "safety" } as const;
  const actual = `it is no check of Faultline, and ${scenario.file} does not state it any more`;
  return {
    ...said,
    parameters: {},
    judge: () => ({ ...said, verdict: "inconclusive", expected: law, actual, witness: [], numbers: {} }),
  };
}

/** What is different from what the run itself found, one line each. */
function changes(before: RunRecord, after: RunRecord): readonly string[] {
  const lines = after.checks.flatMap(({ title, verdict }, index) => {
    const was = before.checks[index];
    return was?.title === title && was.verdict === verdict
      ? []
      : [`  ${title}: ${was?.title === title ? was.verdict : "not judged before"} → ${verdict}`];
  });
  if (before.verdict !== after.verdict) lines.unshift(`  the run: ${before.verdict} → ${after.verdict}`);
  return lines.length === 0 ? ["", "The same verdicts as before."] : ["", "Changed:", ...lines];
}

function rewrite(path: string, record: RunRecord): void {
  const folder = openRunFolder(path);
  folder.writeRecord(record);
  folder.writeReport(renderReport(readRun(path)));
  retell(path);
}
