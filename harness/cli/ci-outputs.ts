import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Comparison } from "../model/compare/comparison.ts";
import { messageOf, usageError } from "../model/errors.ts";
import type { RunRecord } from "../model/run.ts";
import { annotations, jobSummary } from "../report/github.ts";
import { junit } from "../report/junit.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import type { Output } from "./output.ts";
import type { Skipped } from "./planned.ts";
import type { Finished } from "./run-one.ts";

/** What came of a command, for other programs than the terminal. */
export interface Outcome {
  readonly finished: readonly Finished[];
  readonly skipped: readonly Skipped[];
  /** Where the run folders are. */
  readonly into: string;
  /** With the baseline, where there is one. */
  readonly comparison?: Comparison | undefined;
}

type Reporter = (outcome: Outcome, output: Output) => void;

/** Every reporter by its name. */
const reporters: Readonly<Record<string, Reporter>> = {
  junit({ finished, skipped, into }, output) {
    const file = join(into, "junit.xml");
    mkdirSync(into, { recursive: true });
    writeFileSync(
      file,
      junit(
        finished.map(({ record }) => record),
        skipped,
      ),
    );
    output.say(`  junit   ${relative(process.cwd(), file)}`);
  },
  github({ finished, skipped, comparison }, output) {
    const records = finished.map(({ record }) => record);
    // Workflow commands are read from both streams; stdout may be one JSON document.
    output.call(...annotations(records.map(fromWorkspace), skipped));
    const page = process.env["GITHUB_STEP_SUMMARY"];
    if (page === undefined) return;
    const runs = finished.map(({ record, report }) => ({ record, report: relative(process.cwd(), report) }));
    appendFileSync(page, jobSummary({ runs, notRun: skipped, comparison }));
  },
};

/** GitHub looks for files from the root of the repository, of which the project may be a folder. */
function fromWorkspace(record: RunRecord): RunRecord {
  const { GITHUB_WORKSPACE } = process.env;
  const within = GITHUB_WORKSPACE === undefined ? "" : relative(GITHUB_WORKSPACE, process.cwd());
  if (within === "" || within.startsWith("..")) return record;
  return { ...record, scenario: { ...record.scenario, file: join(within, record.scenario.file) } };
}

/**
 * The reporters that were named, or those that fit where this runs: `junit` in any CI, `github` in GitHub Actions.
 * @throws FaultlineError UNKNOWN_REPORTER
 */
export function chosenReporters(named: readonly string[] | undefined): readonly Reporter[] {
  const { CI, GITHUB_ACTIONS } = process.env;
  const fitting = [...(CI === undefined ? [] : ["junit"]), ...(GITHUB_ACTIONS === undefined ? [] : ["github"])];
  return (named ?? fitting).map((name) => {
    const reporter = reporters[name];
    if (reporter !== undefined) return reporter;
    const remedy = didYouMean(name, Object.keys(reporters));
    throw usageError({
      code: "UNKNOWN_REPORTER",
      where: "--reporter",
      message: `there is no reporter "${name}"`,
      remedy,
    });
  });
}

/** A report that can't be written does not change what the runs found. */
export function tell(chosen: readonly Reporter[], outcome: Outcome, output: Output): void {
  for (const reporter of chosen) {
    try {
      reporter(outcome, output);
    } catch (error) {
      output.say(`a report for CI could not be written: ${messageOf(error)}`);
    }
  }
}
