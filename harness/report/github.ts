import type { Comparison } from "../model/compare/comparison.ts";
import type { RunRecord } from "../model/run.ts";
import { compareMarkdown } from "./compare-markdown.ts";
import type { NotRun } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { oneLine } from "./text.ts";
import { isOnlyInterrupted, verdictIcons } from "./words.ts";

/** GitHub shows no more than ten of a step's. */
const annotationsAtMost = 10;
/** Of a job's summary GitHub takes 1 MiB; more than this nobody reads. */
const summaryAtMost = 200_000;

/**
 * Lines that GitHub Actions turns into annotations, one for each run that did not pass, at the scenario's file, and one
 * for each scenario that was not run ("Workflow commands for GitHub Actions": setting an error message).
 */
export function annotations(records: readonly RunRecord[], notRun: readonly NotRun[] = []): readonly string[] {
  const bad = records.filter(({ verdict }) => verdict !== "pass").toSorted((a, b) => rank(a) - rank(b));
  const ofRuns = bad.map((record) => {
    const level = record.verdict === "fail" ? "error" : "warning";
    const properties = [
      ["file", record.scenario.file],
      ["title", `${record.scenario.id}: ${wordOf(record)}`],
    ] as const;
    const told = properties.map(([name, value]) => `${name}=${property(value)}`).join(",");
    return `::${level} ${told}::${message(`${saidOf(record)} Replay: ${record.replay}`)}`;
  });
  const ofNotRun = notRun.map(
    ({ scenario, why }) => `::warning title=${property(`${scenario}: not run`)}::${message(why.join(" "))}`,
  );
  return [...ofRuns, ...ofNotRun].slice(0, annotationsAtMost);
}

const wordOf = (record: RunRecord): string => (isOnlyInterrupted(record) ? "interrupted" : record.verdict);

/** The sentence, and of an inconclusive run what to do. */
const saidOf = ({ sentence, cause }: RunRecord): string =>
  cause === undefined ? sentence : `${sentence} ${cause.remedy}`;

/** What failed must not give way to what could not be told. */
const rank = ({ verdict }: RunRecord): number => (verdict === "fail" ? 0 : 1);

/** What a job has to tell. */
export interface JobOutcome {
  readonly runs: readonly { readonly record: RunRecord; readonly report: string }[];
  readonly notRun?: readonly NotRun[];
  /** With the baseline, where there is one. */
  readonly comparison?: Comparison | undefined;
}

/** What stands on the page of a job: a table of all runs, what was broken, and what got worse. */
export function jobSummary({ runs, notRun = [], comparison }: JobOutcome): string {
  const rows = runs.map(({ record }) => {
    const held = record.checks.filter(({ verdict }) => verdict === "pass").length;
    const cells = [
      `${verdictIcons[record.verdict]} ${wordOf(record)}`,
      record.scenario.name,
      `${held} of ${record.checks.length}`,
      saidOf(record),
    ];
    return `| ${cells.map(markdown).join(" | ")} |`;
  });
  const bad = runs.filter(({ record }) => record.verdict !== "pass");
  const replays = bad.flatMap(({ record, report }) => [
    "",
    `**${markdown(record.scenario.id)}**: ${markdown(report)}`,
    "",
    `    ${oneLine(record.replay, 1000)}`,
  ]);
  const others = notRun.map(
    ({ scenario, why }) =>
      `| ${[`${verdictIcons.inconclusive} not run`, scenario, "", why.join(" ")].map(markdown).join(" | ")} |`,
  );
  const compared = comparison === undefined ? [] : ["", compareMarkdown(comparison)];
  const head = ["| | scenario | checks held | |", "| --- | --- | --- | --- |"];
  const text = ["## Faultline", "", ...head, ...rows, ...others, ...replays, ...compared, ""].join("\n");
  return text.length <= summaryAtMost ? text : `${text.slice(0, summaryAtMost)}\n\n(the rest is left out)\n`;
}

const message = (text: string): string => oneLine(text, 2000).replaceAll("%", "%25");
const property = (text: string): string => message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
