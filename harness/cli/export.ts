import { once } from "node:events";
import { existsSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { type ExportSource, exportFormats } from "../export/index.ts";
import { exits, messageOf, usageError } from "../model/errors.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { readRun } from "../store/read-run.ts";
import type { Output } from "./output.ts";

export interface ExportFlags {
  readonly format: string;
  readonly output?: string;
  readonly force?: boolean;
}

/** `faultline export <run>`: the history of a stored run for other tools. @returns the exit code */
export async function exportRun(folder: string, flags: ExportFlags, output: Output): Promise<number> {
  const format = Object.hasOwn(exportFormats, flags.format) ? exportFormats[flags.format] : undefined;
  if (format === undefined) {
    throw usageError({
      code: "UNKNOWN_FORMAT",
      where: "--format",
      message: `there is no format "${flags.format}"`,
      remedy: didYouMean(flags.format, Object.keys(exportFormats)),
    });
  }
  const source = sourceFrom(folder, output);
  if (flags.output === undefined) await toStdout(format.pieces(source));
  else await toFile(flags.output, flags.force === true, format.pieces(source));
  return exits.pass;
}

function sourceFrom(folder: string, output: Output): ExportSource {
  const { record, history, errors, missing } = readRun(folder);
  if (history === undefined) {
    const why = missing.find((one) => one.startsWith("the history")) ?? "it has no history";
    const remedy = "Name the folder of a run that got as far as its load.";
    throw usageError({ code: "NO_HISTORY", where: folder, message: why, remedy });
  }
  for (const one of missing) output.say(`missing: ${one}`);
  return { record, history, errors };
}

/** As fast as the reader reads; one that has had enough, as `head`, ends it without an error. */
async function toStdout(pieces: Iterable<string>): Promise<void> {
  let isClosed = false;
  // The pipe breaks as an error of the stream, and closes.
  const closed = once(process.stdout, "close").then(
    () => (isClosed = true),
    () => (isClosed = true),
  );
  for (const piece of pieces) {
    if (isClosed || process.stdout.destroyed) return;
    if (process.stdout.write(piece)) continue;
    await Promise.race([once(process.stdout, "drain").catch(() => undefined), closed]);
  }
}

/** Whole or not at all. */
async function toFile(path: string, force: boolean, pieces: Iterable<string>): Promise<void> {
  if (existsSync(path) && !force) {
    const remedy = "Name another file, or overwrite it with --force.";
    throw usageError({ code: "FILE_EXISTS", where: "--output", message: `${path} is there already`, remedy });
  }
  const draft = `${path}.${process.pid}.new`;
  try {
    const file = await open(draft, "wx");
    try {
      for (const piece of pieces) await file.write(piece);
    } finally {
      await file.close();
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    const remedy = "Name a file in a folder that can be written to, with room for it.";
    const message = `${path} could not be written: ${messageOf(error)}`;
    throw usageError({ code: "NOT_WRITTEN", where: "--output", message, remedy }, { cause: error });
  }
}
