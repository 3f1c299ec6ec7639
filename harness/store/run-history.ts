import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { redacting } from "../model/redact.ts";
import { type RunSummary, runSummaryVersion } from "../model/run-summary.ts";

const historyFile = "history.jsonl";

/** Adds a run to the history of a folder of reports. One write: two runs that end at once do not tear each other's line. */
export function appendToHistory(root: string, summary: RunSummary): void {
  appendFileSync(join(root, historyFile), lineOf(summary));
}

/** Writes the history anew, whole. */
export function writeHistory(root: string, summaries: readonly RunSummary[]): void {
  mkdirSync(root, { recursive: true });
  const path = join(root, historyFile);
  writeFileSync(`${path}.new`, summaries.map(lineOf).join(""));
  renameSync(`${path}.new`, path);
}

/** @returns the runs, oldest first, each once, and how many lines could not be read */
export function readHistoryLines(root: string): { readonly runs: readonly RunSummary[]; readonly unreadable: number } {
  const path = join(root, historyFile);
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  const read = lines.map(summaryOf);
  const known = read.filter((one) => one !== undefined);
  // Judged again, a run has a later line.
  const runs = [...new Map(known.map((one) => [one.id, one])).values()];
  runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  return { runs, unreadable: read.length - known.length };
}

const lineOf = (summary: RunSummary): string => `${JSON.stringify(summary, redacting())}\n`;

function summaryOf(line: string): RunSummary | undefined {
  try {
    const one = JSON.parse(line) as RunSummary;
    return one.version === runSummaryVersion && typeof one.id === "string" ? one : undefined;
  } catch {
    return undefined;
  }
}
