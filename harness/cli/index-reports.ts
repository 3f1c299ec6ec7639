import { writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { exits, messageOf, usageError } from "../model/errors.ts";
import { renderIndex, summaryOfRun } from "../report/index.ts";
import { readRun } from "../store/read-run.ts";
import { runsIn } from "../store/run-folder.ts";
import { appendToHistory, hasHistory, readHistoryLines, writeHistory } from "../store/run-history.ts";
import type { Output } from "./output.ts";

/** `faultline index [folder]`: makes the history and the overview of a folder anew, from its runs. @returns the exit code */
export function indexReports(folder: string, output: Output): number {
  const names = runsOf(folder);
  const summaries = names.flatMap((name) => {
    try {
      return [summaryOfRun(readRun(join(folder, name)))];
    } catch (error) {
      output.say(`${name} is left out: ${messageOf(error)}`);
      return [];
    }
  });
  writeHistory(folder, summaries);
  output.print(relative(process.cwd(), writeIndex(folder)));
  return exits.pass;
}

/** The overview of what the history of a folder holds. @returns the file's path */
export function writeIndex(folder: string): string {
  const { runs, unreadable } = readHistoryLines(folder);
  const path = join(folder, "index.html");
  writeFileSync(path, renderIndex(runs, unreadable));
  return path;
}

/** What was judged again is told to the overview as well, where there is one. @param folder of the run */
export function retell(folder: string): void {
  const root = dirname(folder);
  if (!hasHistory(root)) return;
  appendToHistory(root, summaryOfRun(readRun(folder)));
  writeIndex(root);
}

function runsOf(folder: string): readonly string[] {
  try {
    return runsIn(folder);
  } catch (error) {
    const remedy = "Name the folder of the reports, as reports.";
    throw usageError({ code: "NO_REPORTS", where: folder, message: messageOf(error), remedy }, { cause: error });
  }
}
