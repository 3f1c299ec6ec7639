import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exits } from "../model/errors.ts";
import { renderReport } from "../report/index.ts";
import { readRun } from "../store/read-run.ts";
import { files } from "../store/run-folder.ts";
import type { Output } from "./output.ts";

/** `faultline report <run…>`: renders stored runs again. @returns the exit code */
export function report(folders: readonly string[], output: Output): number {
  for (const folder of folders) {
    const run = readRun(folder);
    const path = join(run.folder, files.report);
    writeFileSync(path, renderReport(run));
    for (const one of run.missing) output.say(`missing: ${one}`);
    output.print(relative(process.cwd(), path));
  }
  return exits.pass;
}
