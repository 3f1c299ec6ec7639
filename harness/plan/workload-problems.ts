import type { Problem } from "../model/errors.ts";
import { loadPhases } from "../model/history.ts";
import { count, plural, statedDuration } from "../model/quantities.ts";
import { type PhaseLengths, type Scenario, workloadsOf } from "../model/scenario.ts";
import { inFlightBound, operationsOf, peakOf, type Rate, type Workload } from "../model/workload.ts";
import { readAs, shown } from "../schema/problems.ts";
import { phasesSchema } from "../schema/scenario.ts";
import { workloadSchema } from "../schema/workload.ts";
import { accumulated } from "./rate.ts";

/** The most operations that one run may plan: their plan is held in memory. */
const maxArrivals = 20_000_000;
/** The most operations that may be in flight at once: each holds a socket or a promise. */
const maxInFlight = 50_000;

/** The workloads and the lengths of the phases as they are read, or all that is wrong with them. */
export function readLoad(
  scenario: Scenario,
):
  | { readonly workload: readonly Workload[]; readonly phases: PhaseLengths }
  | { readonly problems: readonly Problem[] } {
  const phases = readAs(phasesSchema, scenario.phases, { where: "phases", code: "OUT_OF_BOUNDS" });
  const given = workloadsOf(scenario);
  const read = given.map((one, index) => readWorkload(one, given.length === 1 ? "workload" : `workload[${index}]`));
  const problems = [phases, ...read].flatMap((one) => ("problems" in one ? one.problems : []));
  if (given.length === 0) {
    const remedy = "Give one made with workload({ … }), or an array of them.";
    problems.push({ code: "NO_WORKLOAD", where: "workload", message: "is missing", remedy });
  }
  if (problems.length > 0 || "problems" in phases) return { problems };
  const workload = read.flatMap((one) => ("value" in one ? [one.value] : []));
  const totalMs = loadPhases.reduce((sum, phase) => sum + phases.value[phase], 0);
  const together = [...problemsOfNames(workload), ...problemsOfAmount(workload, totalMs)];
  return together.length > 0 ? { problems: together } : { workload, phases: phases.value };
}

function readWorkload(
  given: Workload,
  where: string,
): { readonly value: Workload } | { readonly problems: readonly Problem[] } {
  if (typeof given !== "object" || given === null || given instanceof Promise) {
    const remedy = "Give one made with workload({ … }), or an array of them.";
    return { problems: [{ code: "NO_WORKLOAD", where, message: `is ${shown(given)}`, remedy }] };
  }
  const read = readAs(workloadSchema, given, { where, code: "BAD_WORKLOAD" });
  if ("problems" in read) return read;
  const problems = problemsOfRate(read.value.perSecond as Rate, `${where}.perSecond`);
  if (Object.keys(read.value.operations).length === 0) {
    const remedy = "Give at least one operation.";
    problems.push({ code: "BAD_OPERATIONS", where: `${where}.operations`, message: "has none", remedy });
  }
  return problems.length > 0 ? { problems } : { value: read.value as Workload };
}

/** The corners of a curve are in the order of their times. */
function problemsOfRate(rate: Rate, where: string): Problem[] {
  if (!Array.isArray(rate)) return [];
  const remedy = "Give a number, or corners as { at: seconds(5), perSecond: 200 } in the order of their times.";
  if (rate.length === 0) return [{ code: "BAD_RATE", where, message: "has no corner", remedy }];
  return rate.flatMap(({ at }, index) => {
    if (index === 0 || at >= rate[index - 1].at) return [];
    const message = `is ${statedDuration(Number(at))}, which is not after the corner before it`;
    return [{ code: "BAD_RATE", where: `${where}[${index}].at`, message, remedy }];
  });
}

/** What must not be there twice in one run: histories tell operations by name, and keys by keyspace. */
function problemsOfNames(workloads: readonly Workload[]): Problem[] {
  const problems: Problem[] = [];
  const spaces = new Map<string, number>();
  const names = new Set<string>();
  const operations = operationsOf(workloads);
  for (const { name, operation } of operations) {
    const remedy = "Give each operation of a run a name of its own.";
    const where = `workload.operations.${name}`;
    if (names.has(name)) problems.push({ code: "DUPLICATE_OPERATION", where, message: "is there twice", remedy });
    names.add(name);
    const { keyspace } = operation;
    if (keyspace === undefined) continue;
    const known = spaces.get(keyspace.name) ?? keyspace.keys;
    spaces.set(keyspace.name, known);
    if (known === keyspace.keys) continue;
    const message = `"${keyspace.name}" has ${keyspace.keys} keys here and ${known} elsewhere`;
    problems.push({ code: "KEYSPACE_CONFLICT", where: `${where}.keyspace`, message, remedy: "Give it one size." });
  }
  if (operations.length > 254) {
    const message = `has ${operations.length}`;
    const remedy = "Give at most 254 operations in all.";
    problems.push({ code: "BAD_OPERATIONS", where: "workload.operations", message, remedy });
  }
  return problems;
}

function problemsOfAmount(workloads: readonly Workload[], totalMs: number): Problem[] {
  const sum = (of: (workload: Workload) => number): number => workloads.reduce((total, one) => total + of(one), 0);
  const problems: Problem[] = [];
  const operations = sum(({ perSecond }) => accumulated(perSecond, totalMs).count);
  if (operations > maxArrivals) {
    const message = `makes ${plural(Math.round(operations), "operation")} in ${statedDuration(totalMs)}, more than ${count(maxArrivals)}`;
    problems.push({ code: "TOO_MUCH_LOAD", where: "workload", message, remedy: "Lower the rate or the phases." });
  }
  const sessions = sum((workload) => workload.sessions);
  if (sessions > 65_535) {
    const remedy = "Lower the sessions: 65535 in all are the most.";
    problems.push({ code: "OUT_OF_BOUNDS", where: "workload.sessions", message: `is ${sessions} in all`, remedy });
  }
  const inFlight = sum(({ perSecond, operations }) =>
    inFlightBound(peakOf(perSecond), Math.max(...Object.values(operations).map(({ deadline }) => deadline))),
  );
  if (inFlight > maxInFlight) {
    const message = `may have ${inFlight} operations in flight at once, more than ${maxInFlight}`;
    const remedy = "Lower the rate or the deadlines: their product is what may be in flight.";
    problems.push({ code: "TOO_MANY_IN_FLIGHT", where: "workload", message, remedy });
  }
  return problems;
}
