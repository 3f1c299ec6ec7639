import { renameSync, rmSync, writeFileSync } from "node:fs";
import { messageOf, usageError } from "../model/errors.ts";

/**
 * Writes what `--output` asks for: whole or not at all, over what was there.
 * @throws FaultlineError (64) NOT_WRITTEN
 */
export function writeAnswer(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    const remedy = "Name a file in a folder that is there and can be written to.";
    const message = `${path} could not be written: ${messageOf(error)}`;
    throw usageError({ code: "NOT_WRITTEN", where: "--output", message, remedy }, { cause: error });
  }
}
