import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Asked, differencesOfPlans } from "../model/compare/plan-differences.ts";
import type { Side } from "../model/compare/side.ts";
import { sideOf, systemText } from "../model/compare/side-of.ts";
import type { CodeWith } from "../model/error-codes/index.ts";
import { exits, FaultlineError, type Problem, usageError } from "../model/errors.ts";
import type { StoredRun } from "../model/run.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { readBaseline } from "../store/baseline-file.ts";
import { readRun } from "../store/read-run.ts";

/** Where runs are looked for when they are named by their id. */
const reports = "reports";

/**
 * One side of a comparison: runs of one plan, or one baseline file.
 * @param names folders, ids of runs under `reports/`, or the file
 * @throws FaultlineError (64) when there is no such run, one is named twice, they are not of one plan and one system, or
 * one has no history
 */
export function sideFrom(names: readonly string[]): Side {
  const [first = ""] = names;
  const paths = names.map(found);
  if (paths.length === 1 && statSync(paths[0]!).isFile()) return readBaseline(paths[0]!);
  return sideOfRuns(paths.map(runAt), first);
}

/** The side that runs make which are read already. */
export function sideOfRuns(runs: readonly StoredRun[], where: string): Side {
  refuseMixed("MIXED_SCENARIOS", where, "scenarios", runs, ({ record }) => record.scenario.id);
  refuseMixed("MIXED_SYSTEMS", where, "systems", runs, ({ record }) => systemText(record));
  refuseDoubled(
    runs.map(({ record }) => record.id),
    where,
  );
  const [first, ...others] = runs.map((run) => sideOf([run]));
  const problems = others.flatMap((other) => differencesOfPlans(first!, other).filter(isNoDraw));
  if (problems.length === 0) return sideOf(runs);
  throw new FaultlineError(exits.usage, [
    {
      code: "MIXED_PLANS",
      where,
      message: `the runs of one side are of different plans: ${problems[0]!.where} ${problems[0]!.message}`,
      remedy: "Name runs of one plan, as those of one `faultline run <scenario> --repeat 3`.",
    },
  ]);
}

/** Within a side each run may have a seed of its own. */
const isNoDraw = ({ code, where }: Problem): boolean =>
  code !== "SEEDS_DIFFER" && !(code === "FAULTS_DIFFER" && where === "faults");

/**
 * Two sides that may be compared.
 * @throws FaultlineError (64) with everything that was not asked the same, or when a run is on both sides
 */
export function refuseOtherPlans(
  base: Asked & { readonly runs?: readonly string[] },
  run: typeof base,
  where: string,
): void {
  refuseDoubled([...(base.runs ?? []), ...(run.runs ?? [])], where);
  const problems = differencesOfPlans(base, run);
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
}

function refuseMixed(
  code: CodeWith<"usage">,
  where: string,
  what: string,
  runs: readonly StoredRun[],
  of: (run: StoredRun) => string,
): void {
  const names = [...new Set(runs.map(of))];
  if (names.length < 2) return;
  const message = `the runs of one side are of ${names.length} ${what}: ${names.join(", ")}`;
  throw usageError({ code, where, message, remedy: `Name runs of one of the ${what} for each side.` });
}

/** A run that counts twice would make three of one, and they would agree. */
function refuseDoubled(ids: readonly string[], where: string): void {
  const doubled = ids.find((id, index) => ids.indexOf(id) !== index);
  if (doubled === undefined) return;
  throw usageError({
    code: "RUN_NAMED_TWICE",
    where,
    message: `the run ${doubled} stands twice in this comparison`,
    remedy: "Name each run once, on one side. `faultline run <scenario> --repeat 3` gives three.",
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
