import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { coverageWords } from "../model/measure/coverage.ts";
import { harms } from "../model/measure/harm.ts";
import { recoveryWords } from "../model/measure/recovery.ts";
import { redacting } from "../model/redact.ts";
import { type RunSummary, runSummaryVersion } from "../model/run-summary.ts";
import { verdicts } from "../model/verdict.ts";

const historyFile = "history.jsonl";

/** Adds a run to the history of a folder of reports. One write: two runs that end at once do not tear each other's line. */
export function appendToHistory(root: string, summary: RunSummary): void {
  const file = openSync(join(root, historyFile), "a+");
  try {
    // A line that was torn, by a full disk say, must not take this one with it.
    appendFileSync(file, `${endsWithinLine(file) ? "\n" : ""}${lineOf(summary)}`);
  } finally {
    closeSync(file);
  }
}

/** Whether a folder of reports keeps a history. */
export const hasHistory = (root: string): boolean => existsSync(join(root, historyFile));

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

function endsWithinLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
}

function summaryOf(line: string): RunSummary | undefined {
  try {
    const one = JSON.parse(line) as RunSummary;
    return isSummary(one) ? one : undefined;
  } catch {
    return undefined;
  }
}

/** All that an overview rests on: one strange line must not cost the reader the others. */
function isSummary(one: RunSummary): boolean {
  const { version, id, scenario, name, system, variant = "", seed, startedAt, status, sentence } = one;
  const texts = [id, scenario, name, system, variant, seed, startedAt, status, sentence];
  return (
    version === runSummaryVersion &&
    texts.every(isText) &&
    verdicts.includes(one.verdict) &&
    [one.p99Ms, one.recoveryMs].every((ms) => ms === null || typeof ms === "number") &&
    (one.recovery === undefined || recoveryWords.includes(one.recovery)) &&
    harms.every((name) => isCount(one.harm?.[name])) &&
    [...one.targets, ...(one.struck ?? []), ...(one.unplaced ?? [])].every(isText) &&
    one.coverage.every((cell) => [cell.target, cell.kind, cell.operation].every(isText) && isWord(cell.word))
  );
}

const isCount = (value: unknown): boolean => value === undefined || value === null || typeof value === "number";
const isText = (value: unknown): boolean => typeof value === "string";
const isWord = (value: unknown): boolean => coverageWords.some((word) => word === value);
