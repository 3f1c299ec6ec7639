import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import type { Check } from "../model/check.ts";
import { type Config, type ContainerSettings, imageRoles, pullPolicies } from "../model/config.ts";
import { exits, FaultlineError, messageOf, type Problem, usageError } from "../model/errors.ts";
import type { Mutant } from "../model/mutant.ts";
import { didYouMean } from "../plan/suggest.ts";
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

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isCheck = (value: unknown): boolean =>
  typeof (value as Partial<Check> | null)?.judge === "function" && isText((value as Check).name);

const isDistinct = (mutants: readonly Mutant[]): boolean =>
  new Set(mutants.map(({ name }) => name)).size === mutants.length;

function isMutant(value: unknown): boolean {
  const { name, environment, description = "-" } = (value ?? {}) as Partial<Mutant>;
  const values = typeof environment === "object" && environment !== null ? Object.values(environment) : [];
  return isText(name) && isText(description) && values.length > 0 && values.every(isText);
}

function isContainers(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { images = {}, pull = "missing", platform = "linux/amd64", ...others } = value as ContainerSettings;
  const areImages =
    typeof images === "object" &&
    Object.entries(images).every(([role, name]) => imageRoles.some((one) => one === role) && isText(name));
  const isPlatform = typeof platform === "string" && /^[a-z]+\/[a-z0-9]+(\/[a-z0-9]+)?$/.test(platform);
  return areImages && pullPolicies.includes(pull) && isPlatform && Object.keys(others).length === 0;
}

const rules: Readonly<Record<Field, readonly [(value: unknown) => boolean, string]>> = {
  scenarios: [isText, 'Give a folder, as scenarios: "scenarios".'],
  environment: [isText, 'Give a name, as environment: "local".'],
  output: [isText, 'Give a folder, as output: "reports".'],
  seed: [isText, 'Give a text, as seed: "7".'],
  reporters: [isTexts, 'Give a list of names, as reporters: ["junit"].'],
  allowTargets: [isTexts, 'Give a list of hosts, as allowTargets: ["staging.example"].'],
  budgets: [
    (value) => Array.isArray(value) && value.every(isCheck),
    "Give a list of checks, as budgets: [nothingHangs({ atMost: 0.01 })].",
  ],
  mutants: [
    (value) => Array.isArray(value) && value.every(isMutant) && isDistinct(value as readonly Mutant[]),
    'Give a list of different ones, as mutants: [{ name: "lost-del", environment: { MUTANT: "lost-del" } }].',
  ],
  canary: [isText, 'Give a file, as canary: "scenarios/controls/canary.ts".'],
  proven: [isText, 'Give a file, as proven: "scenarios/proven.json".'],
  containers: [
    isContainers,
    `Give containers: { images: { ${imageRoles[0]}: "…" }, pull: "missing", platform: "linux/amd64" }; images are for ${imageRoles.join(", ")}, pull is one of ${pullPolicies.join(", ")}.`,
  ],
};

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
  if (typeof config !== "object" || config === null) {
    const remedy = "Write `export default defineConfig({ … })`.";
    throw usageError({ code: "NOT_A_CONFIG", where, message: "has no configuration as its default export", remedy });
  }
  const problems = Object.entries(config).flatMap(([field, value]) => problemsOf(where, field, value));
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
  return config;
}

function problemsOf(file: string, field: string, value: unknown): readonly Problem[] {
  const where = `${file}: ${field}`;
  if (!Object.hasOwn(rules, field)) {
    const remedy = didYouMean(field, Object.keys(rules));
    return [{ code: "UNKNOWN_FIELD", where, message: "is no field of a configuration", remedy }];
  }
  const [isRight, remedy] = rules[field as Field];
  if (isRight(value)) return [];
  return [{ code: "BAD_FIELD", where, message: `is ${JSON.stringify(value) ?? String(value)}`, remedy }];
}
