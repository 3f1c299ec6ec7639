import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Side } from "../model/compare/side.ts";
import { sideOf } from "../model/compare/side-of.ts";
import { usageError } from "../model/errors.ts";
import type { StoredRun } from "../model/run.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { readBaseline } from "../store/baseline-file.ts";
import { readRun } from "../store/read-run.ts";

/** Where runs are looked for when they are named by their id. */
const reports = "reports";

/**
 * One side of a comparison: runs of one scenario, or one baseline file.
 * @param names folders, ids of runs under `reports/`, or the file
 * @param like the other side, as `sideOf` takes it
 * @throws FaultlineError (64) when there is no such run, they are not of one scenario, or one has no history
 */
export function sideFrom(names: readonly string[], like?: Side): Side {
  const [first = ""] = names;
  const paths = names.map(found);
  if (paths.length === 1 && statSync(paths[0]!).isFile()) return readBaseline(paths[0]!);
  return sideOfRuns(paths.map(runAt), first, like);
}

/** The side that runs make which are read already. */
export function sideOfRuns(runs: readonly StoredRun[], where: string, like?: Side): Side {
  const scenarios = [...new Set(runs.map(({ record }) => record.scenario.id))];
  if (scenarios.length === 1) return sideOf(runs, like);
  throw usageError({
    code: "MIXED_SCENARIOS",
    where,
    message: `the runs of one side are of ${scenarios.length} scenarios: ${scenarios.join(", ")}`,
    remedy: "Name runs of one scenario, and compare each scenario on its own.",
  });
}

function found(name: string): string {
  if (existsSync(name)) return name;
  const byId = join(reports, name);
  if (name !== "" && existsSync(byId)) return byId;
  const known = existsSync(reports) ? readdirSync(reports).filter((one) => one.includes("Z-")) : [];
  const remedy = known.length > 20 ? `${reports}/ has the runs that there are.` : didYouMean(name, known);
  const message = `there is no run and no file "${name}", here or in ${reports}/`;
  throw usageError({ code: "NO_SUCH_RUN", where: "compare", message, remedy });
}

function runAt(path: string): StoredRun {
  if (statSync(path).isFile()) {
    const remedy = "A baseline stands for a whole side: name it alone, or name run folders.";
    throw usageError({ code: "NOT_A_RUN", where: path, message: "is a file among several runs", remedy });
  }
  const run = readRun(path);
  if (run.history !== undefined && run.history.count > 0) return run;
  const why = run.missing.find((one) => one.startsWith("the history")) ?? "it saw no operation";
  const remedy = "Name the folder of a run that got as far as its load.";
  throw usageError({ code: "NO_HISTORY", where: path, message: `has nothing to compare: ${why}`, remedy });
}
