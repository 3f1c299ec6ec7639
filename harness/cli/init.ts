import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { exits, FaultlineError, messageOf, type Problem, usageError } from "../model/errors.ts";
import { draftOf } from "./compose/draft.ts";
import { readCompose } from "./compose/read.ts";
import { configFile, scenarioFile } from "./compose/write.ts";
import type { Output } from "./output.ts";

export interface InitFlags {
  readonly from: string;
  readonly profile: readonly string[];
  readonly force?: boolean;
}

/** `faultline init --from compose.yaml`: a configuration and a first scenario, beside the compose file. @returns the exit code */
export function init({ from, profile, force = false }: InitFlags, output: Output): number {
  const composed = readCompose(from, profile, process.env);
  const draft = draftOf(composed);
  const folder = dirname(from);
  const first = scenarioFile(draft);
  const config = configFile(draft, { from: relative(folder, from), hasDotEnv: composed.hasDotEnv });
  const files = [
    { path: join(folder, "faultline.config.ts"), text: config },
    { path: join(folder, "scenarios", `${first.name}.ts`), text: first.text },
  ];
  if (!force) refuseToOverwrite(files.map(({ path }) => path));
  writeAll(files);
  for (const { path } of files) output.print(path);
  const count = files.reduce((sum, { text }) => sum + (text.match(/^\s*\/\/ \? /gm)?.length ?? 0), 0);
  output.say(`${count} questions are marked in them, as \`// ?\``, "plan it: npx faultline validate");
  return exits.pass;
}

function refuseToOverwrite(paths: readonly string[]): void {
  const problems = paths
    .filter((path) => existsSync(path))
    .map(
      (path): Problem => ({
        code: "FILE_EXISTS",
        where: path,
        message: "is there already",
        remedy: "Move it away, or overwrite it with --force.",
      }),
    );
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
}

/** All or none, and none by halves: each is complete before it has its name. */
function writeAll(files: readonly { readonly path: string; readonly text: string }[]): void {
  const written: string[] = [];
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(path), { recursive: true });
      const draft = `${path}.${process.pid}.new`;
      written.push(draft);
      writeFileSync(draft, text);
    }
    for (const { path } of files) renameSync(`${path}.${process.pid}.new`, path);
  } catch (error) {
    const remedy = "See that the folder can be written to, and that no folder has the file's name.";
    throw usageError({ code: "NOT_WRITTEN", where: "init", message: messageOf(error), remedy }, { cause: error });
  } finally {
    for (const draft of written) rmSync(draft, { force: true });
  }
}
