import type { RunRecord } from "../model/run.ts";
import { markdown } from "./markdown.ts";
import { oneLine } from "./text.ts";
import { verdictIcons } from "./words.ts";

/** GitHub shows no more than ten of a step's. */
const annotationsAtMost = 10;
/** Of a job's summary GitHub takes 1 MiB; more than this nobody reads. */
const summaryAtMost = 200_000;

/**
 * Lines that GitHub Actions turns into annotations, one for each run that did not pass, at the scenario's file
 * ("Workflow commands for GitHub Actions": setting an error message).
 */
export function annotations(records: readonly RunRecord[]): readonly string[] {
  const bad = records.filter(({ verdict }) => verdict !== "pass");
  return bad.slice(0, annotationsAtMost).map((record) => {
    const level = record.verdict === "fail" ? "error" : "warning";
    const properties = [
      ["file", record.scenario.file],
      ["title", `${record.scenario.id}: ${record.verdict}`],
    ] as const;
    const told = properties.map(([name, value]) => `${name}=${property(value)}`).join(",");
    return `::${level} ${told}::${message(`${record.sentence} Replay: ${record.replay}`)}`;
  });
}

/** What stands on the page of a job: a table of all runs, and what was broken. */
export function jobSummary(runs: readonly { readonly record: RunRecord; readonly report: string }[]): string {
  const rows = runs.map(({ record }) => {
    const held = record.checks.filter(({ verdict }) => verdict === "pass").length;
    const cells = [
      `${verdictIcons[record.verdict]} ${record.verdict}`,
      record.scenario.name,
      `${held} of ${record.checks.length}`,
      record.sentence,
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
  const head = ["| | scenario | checks held | |", "| --- | --- | --- | --- |"];
  const text = ["## Faultline", "", ...head, ...rows, ...replays, ""].join("\n");
  return text.length <= summaryAtMost ? text : `${text.slice(0, summaryAtMost)}\n\n(the rest is left out)\n`;
}

const message = (text: string): string => oneLine(text, 2000).replaceAll("%", "%25");
const property = (text: string): string => message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
