import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import type { Check } from "../model/check.ts";
import type { Config } from "../model/config.ts";
import { exits, FaultlineError, messageOf, type Problem, usageError } from "../model/errors.ts";
import { problemsOfCheck } from "../schema/check.ts";
import { configSchema } from "../schema/config.ts";
import { isThenable } from "../schema/final-state-problems.ts";
import { problemsAs } from "../schema/problems.ts";
import { ownLine } from "./own-line.ts";

const fileNames = ["ts", "mts", "js", "mjs"].map((extension) => `faultline.config.${extension}`);

type Field = keyof Config;

/** The option of a command that each field stands in for. */
const options: Readonly<Record<Field, string>> = {
  scenarios: "scenarios",
  environment: "env",
  output: "output",
  seed: "seed",
  reporters: "reporter",
  allowTargets: "allowTarget",
  budgets: "budgets",
  mutants: "knownMutants",
  canary: "canary",
  proven: "proven",
  containers: "containers",
};

/** What no option says. */
const withoutOption: readonly Field[] = ["budgets", "mutants", "canary", "proven", "containers"];

/**
 * Puts what the project's configuration says in the place of a command's defaults. Does nothing without such a file.
 * @throws FaultlineError (64) with everything that is wrong with it
 */
export async function applyConfig(command: Command): Promise<void> {
  const file = fileNames.map((name) => resolve(name)).find((path) => existsSync(path));
  if (file === undefined) return;
  const config = await loadConfig(file);
  for (const field of Object.keys(config) as Field[]) {
    const name = options[field];
    const isKnown = withoutOption.includes(field) || command.options.some((option) => option.attributeName() === name);
    const isGiven = command.getOptionValueSource(name) === "cli";
    if (isKnown && !isGiven) command.setOptionValueWithSource(name, config[field], "config");
  }
}

/** The run that ended last, of the folder that the project's configuration names; a broken one is as none. */
export async function latestRun(): Promise<string> {
  const file = fileNames.map((name) => resolve(name)).find((path) => existsSync(path));
  const { output = "reports" } = file === undefined ? {} : await loadConfig(file).catch((): Config => ({}));
  return join(output, "latest");
}

/**
 * The checks that the project's configuration adds to those of every scenario; none without such a file.
 * @throws FaultlineError (64) when it cannot be loaded: without them a run would be judged by less than it was
 */
export async function configuredBudgets(): Promise<readonly Check[]> {
  const file = fileNames.map((name) => resolve(name)).find((path) => existsSync(path));
  return file === undefined ? [] : ((await loadConfig(file)).budgets ?? []);
}

/** @param file its default export is the configuration */
export async function loadConfig(file: string): Promise<Config> {
  const where = relative(process.cwd(), file);
  let config: unknown;
  try {
    config = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    const remedy = ownLine(error) ?? "Correct the file; it is imported as it stands.";
    throw usageError({ code: "CONFIG_NOT_LOADED", where, message: messageOf(error), remedy }, { cause: error });
  }
  if (isThenable(config)) {
    const remedy = "Await it, as `export default await …`.";
    throw usageError({ code: "NOT_A_CONFIG", where, message: "has a promise as its default export", remedy });
  }
  if (typeof config !== "object" || config === null) {
    const remedy = "Write `export default defineConfig({ … })`.";
    throw usageError({ code: "NOT_A_CONFIG", where, message: "has no configuration as its default export", remedy });
  }
  const problems = problemsOfConfig(config).map((one) => ({ ...one, where: `${where}: ${one.where}` }));
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
  return config as Config;
}

function problemsOfConfig(config: object): readonly Problem[] {
  const { budgets } = config as Config;
  const ofBudgets: readonly unknown[] = Array.isArray(budgets) ? Array.from(budgets) : [];
  return [
    ...problemsAs(configSchema, config, { where: "", code: "BAD_FIELD" }),
    ...ofBudgets.flatMap((check, index) => problemsOfCheck(check, `budgets[${index}]`)),
  ];
}
