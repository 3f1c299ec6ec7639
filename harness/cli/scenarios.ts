import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, extname, matchesGlob, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, usageError } from "../model/errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { ownLine } from "./own-line.ts";

/** A scenario's file; its id is the file's name. */
export interface ScenarioFile {
  readonly id: string;
  readonly path: string;
}

export interface LoadedScenario extends ScenarioFile {
  readonly scenario: Scenario;
}

const extensions = [".ts", ".mts", ".js", ".mjs"];

/** The scenario files right inside a folder, by id; folders below it are for what they share. */
export function findScenarios(folder: string): readonly ScenarioFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw usageError({
      code: "NO_SCENARIOS",
      where: "--scenarios",
      message: `there is no folder ${folder}`,
      remedy:
        "Run faultline in the folder of your project, name the folder with --scenarios, or make a first scenario: " +
        "`faultline new my-first`.",
    });
  }
  return readdirSync(folder)
    .filter((name) => extensions.includes(extname(name)) && !/\.(test|d)\.m?[jt]s$/.test(name))
    .map((name) => ({ id: basename(name, extname(name)), path: resolve(folder, name) }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/**
 * The files that the filters name: an id, a glob over ids, or a path. No filter names all.
 * @throws FaultlineError (64) for a filter that names nothing, with what is near
 */
export function selectScenarios(filters: readonly string[], folder: string): readonly ScenarioFile[] {
  if (filters.length === 0) return findScenarios(folder);
  const chosen = filters.flatMap((filter) => {
    if (extensions.includes(extname(filter)) && existsSync(filter)) {
      return [{ id: basename(filter, extname(filter)), path: resolve(filter) }];
    }
    const files = findScenarios(folder);
    const matches = files.filter((file) => file.id === filter || matchesGlob(file.id, filter));
    if (matches.length > 0) return matches;
    const known = files.map((file) => file.id);
    throw usageError({
      code: "UNKNOWN_SCENARIO",
      where: "run",
      message: `there is no scenario "${filter}" in ${relative(process.cwd(), folder) || "."}`,
      remedy: `${didYouMean(filter, known)} \`faultline list\` shows them all.`,
    });
  });
  return [...new Map(chosen.map((file) => [file.path, file])).values()];
}

/** @throws FaultlineError (64) with the user's own line when the file does not parse, throws, or states no scenario */
export async function loadScenario(file: ScenarioFile): Promise<LoadedScenario> {
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file.path).href);
  } catch (error) {
    throw usageError(
      {
        code: "SCENARIO_NOT_LOADED",
        where: relative(process.cwd(), file.path),
        message: messageOf(error),
        remedy: ownLine(error) ?? "Correct the file; it is imported as it stands.",
      },
      { cause: error },
    );
  }
  const scenario = module.default as Partial<Scenario> | undefined;
  const missing = ["name", "expects", "system", "workload", "phases", "faults", "checks"].filter(
    (field) => scenario?.[field as keyof Scenario] === undefined,
  );
  if (missing.length > 0) {
    throw usageError({
      code: "NOT_A_SCENARIO",
      where: relative(process.cwd(), file.path),
      message: scenario === undefined ? "has no default export" : `its default export lacks ${missing.join(", ")}`,
      remedy: "Write `export default scenario({ … })`; files that scenarios share belong in a folder below.",
    });
  }
  return { ...file, scenario: scenario as Scenario };
}
