import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { redact } from "../model/redact.ts";

/**
 * Takes the secrets out of a folder's logs, once nobody writes to them any more. Programs write their logs themselves, so
 * that no runner stands between them and the file; a log without a secret stays as it is.
 * @param known secrets that are known word for word
 */
export async function redactLogs(folder: string, known: readonly string[] = []): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".log"))) {
    const path = join(folder, name);
    if (!(await hasSecret(path, known))) continue;
    try {
      await pipeline(Readable.from(redactedLines(path, known)), createWriteStream(`${path}.new`));
      renameSync(`${path}.new`, path);
    } catch (error) {
      // Rather no log than one that gives a secret away.
      for (const file of [`${path}.new`, path]) rmSync(file, { force: true });
      throw error;
    }
  }
}

async function hasSecret(path: string, known: readonly string[]): Promise<boolean> {
  for await (const line of linesOf(path)) if (redact(line, known) !== line) return true;
  return false;
}

async function* redactedLines(path: string, known: readonly string[]): AsyncGenerator<string> {
  for await (const line of linesOf(path)) yield `${redact(line, known)}\n`;
}

const linesOf = (path: string) =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
