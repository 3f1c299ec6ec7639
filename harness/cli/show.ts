import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { exits, usageError } from "../model/errors.ts";
import { summaryLines } from "../report/index.ts";
import { readRun } from "../store/read-run.ts";
import { openRunFolder } from "../store/run-folder.ts";
import { latestRun } from "./config.ts";
import type { Output } from "./output.ts";

/** `faultline show [run]`: what a stored run came to, as it was told at its end. @returns the exit code */
export async function show(
  stored: string | undefined,
  flags: { readonly json?: boolean },
  output: Output,
): Promise<number> {
  const run = readRun(stored ?? (await latestThere()));
  for (const one of run.missing) output.say(`missing: ${one}`);
  if (flags.json === true) {
    output.json(run.record);
    return exits.pass;
  }
  const reportPath = relative(process.cwd(), openRunFolder(run.folder).report);
  const options = { colour: output.colours.isColorSupported, reportPath, width: output.width };
  output.print(...summaryLines({ record: run.record, folder: run.folder }, options));
  return exits.pass;
}

/** `faultline open [run]`: opens the report where there is somebody to see it, and says where it is. @returns the exit code */
export async function open(stored: string | undefined, output: Output): Promise<number> {
  const folder = stored ?? (await latestThere());
  const { report } = openRunFolder(readRun(folder).folder);
  if (!existsSync(report)) {
    const remedy = `\`faultline report ${folder}\` renders it.`;
    throw usageError({ code: "NO_REPORT", where: folder, message: "has no report.html", remedy });
  }
  output.print(relative(process.cwd(), report));
  if (process.stdout.isTTY !== true || process.env["CI"] !== undefined) return exits.pass;
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [report], { stdio: "ignore", detached: true });
  child.on("error", () => output.say(`there is no ${opener} here: open it with a browser`));
  child.unref();
  return exits.pass;
}

async function latestThere(): Promise<string> {
  const folder = await latestRun();
  if (existsSync(folder)) return folder;
  const remedy = "`faultline run` makes one; or name the folder of a run.";
  throw usageError({ code: "NO_RUN_YET", where: folder, message: "there is no run yet", remedy });
}
