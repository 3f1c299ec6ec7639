import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, extname, matchesGlob, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { exits, FaultlineError, messageOf, type Problem, usageError } from "../model/errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { didYouMean, nearestOf } from "../schema/did-you-mean.ts";
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
 * @throws FaultlineError (64) with every filter that names nothing, and what is near
 */
export function selectScenarios(filters: readonly string[], folder: string): readonly ScenarioFile[] {
  if (filters.length === 0) return findScenarios(folder);
  const unknown: Problem[] = [];
  const chosen = filters.flatMap((filter) => {
    if (extensions.includes(extname(filter)) && existsSync(filter)) {
      return [{ id: basename(filter, extname(filter)), path: resolve(filter) }];
    }
    const files = findScenarios(folder);
    const matches = files.filter((file) => file.id === filter || matchesGlob(file.id, filter));
    if (matches.length > 0) return matches;
    const known = files.map((file) => file.id);
    unknown.push({
      code: "UNKNOWN_SCENARIO",
      where: "run",
      message: `there is no scenario "${filter}" in ${relative(process.cwd(), folder) || "."}`,
      remedy: `${didYouMean(filter, known)} \`faultline list\` shows them all.`,
    });
    return [];
  });
  if (unknown.length > 0) throw new FaultlineError(exits.usage, unknown);
  return [...new Map(chosen.map((file) => [file.path, file])).values()];
}

/** Run folders, series and reports know a scenario by its id: two files of one id would be taken for one scenario. */
export function problemsOfIds(files: readonly ScenarioFile[]): readonly Problem[] {
  return [...Map.groupBy(files, ({ id }) => id)].flatMap(([id, own]) => {
    if (own.length === 1) return [];
    const paths = own.map(({ path }) => relative(process.cwd(), path));
    return [
      {
        code: "DOUBLE_ID",
        where: paths.join(", "),
        message: `${own.length} files have the id "${id}", which is the file's name without its ending`,
        remedy: `Rename or remove all but one of them, or run only one by its path, as ${paths[0]}.`,
      },
    ];
  });
}

/**
 * Loads all of them, and collects what is wrong with those that cannot be loaded or share an id.
 * @returns what could be loaded, and one problem or more for each of the others
 */
export async function loadScenarios(
  files: readonly ScenarioFile[],
): Promise<{ readonly loaded: readonly LoadedScenario[]; readonly problems: readonly Problem[] }> {
  const problems = [...problemsOfIds(files)];
  const outcomes = await Promise.allSettled(files.map(loadScenario));
  const loaded = outcomes.flatMap((outcome) => {
    if (outcome.status === "fulfilled") return [outcome.value];
    if (!(outcome.reason instanceof FaultlineError)) throw outcome.reason;
    problems.push(...outcome.reason.problems);
    return [];
  });
  return { loaded, problems };
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
  const message = problemOfExport(module);
  if (message === undefined) return { ...file, scenario: module.default as Scenario };
  throw usageError({
    code: "NOT_A_SCENARIO",
    where: relative(process.cwd(), file.path),
    message,
    remedy: "Write `export default scenario({ … })`; files that scenarios share belong in a folder below.",
  });
}

const fieldsOfScenario: readonly (keyof Scenario)[] = [
  "name",
  "expects",
  "system",
  "workload",
  "phases",
  "faults",
  "checks",
];

function problemOfExport(module: { readonly default?: unknown }): string | undefined {
  if (!("default" in module)) return "has no default export";
  const { default: exported } = module;
  if (isPromise(exported)) {
    // What it may be rejected with is not awaited, and would end the process.
    void Promise.resolve(exported).catch(() => undefined);
    return "its default export is a promise: await it, as `export default await …`";
  }
  if (exported === undefined || exported === null) return `its default export is ${String(exported)}`;
  const missing = fieldsOfScenario.filter((field) => (exported as Partial<Scenario>)[field] === undefined);
  // What is nearly a scenario is planned, which finds all that is wrong with it, a misspelt field among it.
  if (missing.length <= 2 && !missing.includes("system")) return undefined;
  const given = Object.keys(Object(exported)).filter((key) => !fieldsOfScenario.includes(key as keyof Scenario));
  const named = missing.map((field) => {
    const near = nearestOf(field, given);
    return near === undefined ? field : `${field} (has "${near}")`;
  });
  return `its default export lacks ${named.join(", ")}`;
}

/** The tags of a scenario that nobody has planned yet; that they are not a list is for its plan to say. */
export const tagsOf = ({ tags }: Pick<Scenario, "tags">): readonly string[] => (Array.isArray(tags) ? tags : []);

const isPromise = (value: unknown): boolean =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
