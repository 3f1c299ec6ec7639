import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { exits, usageError, worstExit } from "../model/errors.ts";
import { readRecord } from "../store/read-run.ts";
import { files, openRunFolder, runsIn } from "../store/run-folder.ts";
import { chosenReporters, tell } from "./ci-outputs.ts";
import { indexReports } from "./index-reports.ts";
import type { Output } from "./output.ts";
import type { Skipped } from "./planned.ts";
import { readShard, type ShardOutcome, shardFile } from "./shard.ts";

/**
 * `faultline merge <folder…>`: joins the report folders of shards. Nothing is overwritten: a run has the same name only
 * when it is the same.
 * @returns the worst exit code of the shards; 2 when one is missing
 */
export function merge(folders: readonly string[], flags: { readonly output: string }, output: Output): number {
  const shards = folders.flatMap(shardsIn);
  mkdirSync(flags.output, { recursive: true });
  const runs = folders.flatMap((folder) => runsIn(folder).map((name) => ({ from: join(folder, name), name })));
  for (const { from, name } of runs) copy(from, join(flags.output, name));
  indexReports(flags.output, output);
  publishNewest(flags.output);
  const finished = runs.map(({ name }) => {
    const folder = join(flags.output, name);
    return { record: readRecord(folder), exit: exits.pass, folder, report: join(folder, files.report) };
  });
  const skipped: readonly Skipped[] = shards.flatMap((shard) => shard.skipped);
  tell(chosenReporters(["junit"]), { finished, skipped, into: flags.output }, output);
  const missing = missingOf(shards);
  for (const file of missing) output.say(`missing: ${file}: that shard's scenarios have shown nothing`);
  output.say(`${runs.length} runs of ${shards.length} shards`);
  return worstExit([...shards.map(({ exit }) => exit), ...(missing.length > 0 ? [exits.inconclusive] : [])]);
}

function shardsIn(folder: string): readonly ShardOutcome[] {
  if (!existsSync(folder)) {
    const remedy = "Name the folders that `faultline run --shard` wrote, each after its -o.";
    throw usageError({ code: "NO_SHARD", where: folder, message: "is not there", remedy });
  }
  const names = readdirSync(folder).filter((name) => /^shard-\d+-of-\d+\.json$/.test(name));
  return names.map((name) => readShard(join(folder, name)));
}

/** Whole or not at all: a merge that is ended halfway is begun anew. */
function copy(from: string, to: string): void {
  if (!existsSync(to)) {
    const half = join(dirname(to), `.${basename(to)}`);
    rmSync(half, { recursive: true, force: true });
    cpSync(from, half, { recursive: true });
    renameSync(half, to);
    return;
  }
  const [one, other] = [from, to].map((folder) => readFileSync(join(folder, files.record), "utf8"));
  if (one === other) return;
  const remedy = "Name another folder with -o.";
  throw usageError({ code: "RUN_EXISTS", where: to, message: "is there already, and is another run", remedy });
}

/** As a run would have left it; names of runs begin with their time. */
function publishNewest(folder: string): void {
  const newest = runsIn(folder).at(-1);
  if (newest !== undefined) openRunFolder(join(folder, newest)).publish();
}

/** The files of shards of which nobody told anything. */
function missingOf(shards: readonly ShardOutcome[]): readonly string[] {
  const of = Math.max(0, ...shards.map((shard) => shard.of));
  const all = Array.from({ length: of }, (_, index) => ({ index: index + 1, of }));
  const none = shards.length === 0 ? ["shard-1-of-n.json"] : [];
  return [...none, ...all.filter(({ index }) => !shards.some((shard) => shard.index === index)).map(shardFile)];
}
