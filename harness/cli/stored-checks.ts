import { relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { checkNamed } from "../checks/index.ts";
import type { Check } from "../model/check.ts";
import { exits, FaultlineError, messageOf, usageError } from "../model/errors.ts";
import type { RunRecord } from "../model/run.ts";
import type { Json } from "../model/units.ts";
import { problemsOfChecks } from "../plan/plan.ts";
import { withBudgets } from "./planned.ts";
import { type LoadedScenario, loadScenario, selectScenarios } from "./scenarios.ts";

/** What a stored run is judged with. */
export interface ChecksOfRun {
  readonly checks: readonly Check[];
  /** What a person should know of them, a line each. */
  readonly notes: readonly string[];
}

type Planned = RunRecord["plan"]["checks"][number];

/**
 * The checks that a scenario's file states now, with the configuration's budgets, as `run` would judge them.
 * @throws FaultlineError (64) when it states none, or is the file of another scenario
 */
export async function statedNow(record: RunRecord, file: string, budgets: readonly Check[]): Promise<ChecksOfRun> {
  const loaded = await loadedFrom(file);
  const notes = assertSameScenario(record, loaded);
  const { scenario } = withBudgets(loaded, budgets);
  const { checks } = scenario;
  const path = relative(process.cwd(), loaded.path);
  const problems = problemsOfChecks(scenario).map((one) => ({ ...one, where: `${path}: ${one.where}` }));
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
  return { checks, notes };
}

/**
 * Those that the run was made with, as this version of Faultline judges them.
 * @param budgetsOf reads the budgets of the project's configuration, for a check that is not Faultline's
 */
export async function madeWith(record: RunRecord, budgetsOf: () => Promise<readonly Check[]>): Promise<ChecksOfRun> {
  const { file } = record.scenario;
  const notes: string[] = [];
  const titles = record.plan.checks.map((_, index) => titleIn(record, index));
  const known = record.plan.checks.map((one, index) => knownCheck(one, titles[index]));
  const ours = known.filter((one) => one !== undefined);
  if (ours.length === known.length && !known.some((one, index) => isRetitled(one, titles[index]))) {
    return { checks: ours, notes };
  }
  // A check of the scenario's own is code: the scenario's file has it, if it is still there, or else the configuration.
  const isMissed = ours.length < known.length;
  const attempt = (of: Promise<readonly Check[]>, what: string): Promise<readonly Check[]> =>
    of.catch((error: unknown) => {
      if (isMissed) notes.push(`${what} can't be had: ${messageOf(error)}`);
      return [];
    });
  const own = [
    ...(await attempt(loadedFrom(file).then(checksIn), "the scenario's own checks")),
    ...(await attempt(budgetsOf(), "the budgets of the configuration")),
  ];
  const checks = record.plan.checks.map((one, index) => {
    const [title, check] = [titles[index], known[index]];
    const found = bestOf(own, one, title);
    if (check === undefined) return found ?? goneCheck(one, record, title);
    return isRetitled(check, title) && found?.title === title ? found! : check;
  });
  return { checks, notes };
}

/** The title that the run gave a check of its plan, where it still has a result for each. */
const titleIn = ({ plan, checks }: RunRecord, index: number): string | undefined =>
  checks.length === plan.checks.length ? checks[index]?.title : undefined;

/** One of Faultline's, or what says why it cannot be made; undefined where Faultline has none of this name. */
function knownCheck(planned: Planned, title: string | undefined): Check | undefined {
  const check = checkNamed(planned.name, planned.parameters);
  if (check?.problems === undefined) return check;
  const why = check.problems.map(({ where, message }) => `${where} ${message}`).join("; ");
  const actual = `this version of Faultline refuses the parameters that the run was judged with, ${JSON.stringify(planned.parameters)}: ${why}`;
  return undecided(planned, title, `The law of "${planned.name}".`, `${actual}. ${refusedRemedy}`);
}

const refusedRemedy = "Correct them in the scenario, and judge with it: faultline check <run> --scenario <file>";

/** Whether a check of Faultline's had another title in the run: it is worded anew since, or was the scenario's own. */
const isRetitled = (check: Check | undefined, title: string | undefined): boolean =>
  check !== undefined && title !== undefined && check.title !== title;

/** Of several of one name the one with the same parameters, or the same title. */
function bestOf(own: readonly Check[], { name, parameters }: Planned, title: string | undefined): Check | undefined {
  const same = own.filter((one) => one.name === name);
  return (
    same.find((one) => isDeepStrictEqual(asStored(one.parameters), parameters) && one.title === title) ??
    same.find((one) => one.title === title) ??
    same.find((one) => isDeepStrictEqual(asStored(one.parameters), parameters)) ??
    same[0]
  );
}

const asStored = (parameters: Json): unknown => JSON.parse(JSON.stringify(parameters ?? null));

async function loadedFrom(path: string): Promise<LoadedScenario> {
  const [file] = selectScenarios([path], resolve(path, ".."));
  return await loadScenario(file!);
}

/** @returns what is different, when it is not all. @throws FaultlineError OTHER_SCENARIO */
function assertSameScenario({ scenario: then }: RunRecord, { id, path, scenario }: LoadedScenario): readonly string[] {
  const [isSameId, isSameName] = [id === then.id, scenario.name === then.name];
  const where = relative(process.cwd(), path);
  if (!isSameId && !isSameName) {
    throw usageError({
      code: "OTHER_SCENARIO",
      where,
      message: `states the scenario "${id}" (${scenario.name}), and the run is of "${then.id}" (${then.name})`,
      remedy: `Give the file of the run's own scenario, as --scenario ${then.file}, or a copy of it that keeps its name.`,
    });
  }
  if (isSameId && isSameName) return [];
  const differing = isSameId
    ? `is named "${scenario.name}", and the run's "${then.name}"`
    : `has the id "${id}", and the run's "${then.id}"`;
  return [`judged with ${where}, whose scenario ${differing}: make sure that it states the checks of this run`];
}

const checksIn = ({ scenario: { checks } }: LoadedScenario): readonly Check[] =>
  Array.isArray(checks) ? checks.filter((check?: Partial<Check>) => typeof check?.judge === "function") : [];

function goneCheck(planned: Planned, record: RunRecord, title: string | undefined): Check {
  const { name } = planned;
  const actual = `it is no check of Faultline, and ${record.scenario.file} does not state it any more`;
  return undecided(planned, title, `The law of "${name}", which only the scenario knows.`, actual);
}

/** A check that cannot be made: it decides nothing, and says why. */
function undecided({ name, parameters }: Planned, title: string | undefined, law: string, actual: string): Check {
  const said = { name, title: title ?? name, law, guards: "safety" } as const;
  return {
    ...said,
    parameters,
    judge: () => ({ ...said, verdict: "inconclusive", expected: said.law, actual, witness: [], numbers: {} }),
  };
}
