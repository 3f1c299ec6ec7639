import { inspect } from "node:util";
import type { Problem } from "../model/errors.ts";
import { loadPhases } from "../model/history.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Operation, Workload } from "../model/workload.ts";

/** The most operations that one run may plan: their plan is held in memory. */
const maxArrivals = 20_000_000;

/** All that is wrong with a workload and the lengths of the phases. */
export function problemsOfLoad({ workload, phases }: Scenario): readonly Problem[] {
  const problems = loadPhases.flatMap((phase) => {
    const length = phases?.[phase];
    const least = phase === "warmUp" ? 0 : 1000;
    return number(`phases.${phase}`, length, { least, most: 86_400_000, unit: "ms, as seconds(5)" });
  });
  if (workload === undefined || workload === null) {
    const remedy = "Give one made with workload({ … }).";
    return [...problems, { code: "NO_WORKLOAD", where: "workload", message: "is missing", remedy }];
  }
  problems.push(...problemsOfNumbers(workload));
  const operations = Object.entries(workload.operations ?? {});
  if (operations.length === 0 || operations.length > 254) {
    const remedy = "Give from 1 to 254 operations.";
    const message = `has ${operations.length}`;
    problems.push({ code: "BAD_OPERATIONS", where: "workload.operations", message, remedy });
  }
  problems.push(...operations.flatMap(([name, operation]) => problemsOfOperation(name, operation)));
  const total = loadPhases.reduce((sum, phase) => sum + Number(phases?.[phase]), 0);
  if ((total / 1000) * workload.perSecond > maxArrivals) {
    const message = `${workload.perSecond}/s for ${total / 1000} s is more than ${maxArrivals} operations`;
    problems.push({ code: "TOO_MUCH_LOAD", where: "workload", message, remedy: "Lower the rate or the phases." });
  }
  return problems;
}

function problemsOfNumbers(workload: Workload): Problem[] {
  const { perSecond, keys, sessions, skew = 1, arrivals = "poisson" } = workload;
  const problems = [
    ...number("workload.perSecond", perSecond, { least: 0.1, most: 1_000_000, unit: "operations per second" }),
    ...number("workload.keys", keys, { least: 1, most: 10_000_000, whole: true, unit: "keys" }),
    ...number("workload.sessions", sessions, { least: 1, most: 65_535, whole: true, unit: "sessions" }),
    ...number("workload.skew", skew, { least: 0, most: 10, unit: "(Zipf's exponent)" }),
  ];
  if (!["poisson", "constant"].includes(arrivals)) {
    const remedy = 'Give "poisson" or "constant".';
    problems.push({ code: "UNKNOWN_ARRIVALS", where: "workload.arrivals", message: `is "${arrivals}"`, remedy });
  }
  return problems;
}

function problemsOfOperation(name: string, operation: Operation): readonly Problem[] {
  const where = `workload.operations.${name}`;
  const problems = [
    ...number(`${where}.weight`, operation?.weight, { least: 0, most: 1e9, unit: "(relative to the others)" }),
    ...number(`${where}.deadline`, operation?.deadline, { least: 1, most: 600_000, unit: "ms, as seconds(1)" }),
  ];
  for (const leaf of ["request", "judge"] as const) {
    if (typeof operation?.[leaf] === "function") continue;
    const message = `is ${typeof operation?.[leaf]}`;
    problems.push({ code: "NOT_A_FUNCTION", where: `${where}.${leaf}`, message, remedy: "Give a function." });
  }
  if (!["read", "write", "insert", "none"].includes(operation?.effect)) {
    const remedy = "Give read, write, insert or none.";
    problems.push({ code: "UNKNOWN_EFFECT", where: `${where}.effect`, message: `is "${operation?.effect}"`, remedy });
  }
  return problems;
}

function number(
  where: string,
  value: unknown,
  bounds: { least: number; most: number; unit: string; whole?: boolean },
): Problem[] {
  const fits = typeof value === "number" && value >= bounds.least && value <= bounds.most;
  if (fits && (bounds.whole !== true || Number.isInteger(value))) return [];
  const kind = bounds.whole === true ? "a whole number" : "a number";
  const remedy = `Give ${kind} from ${bounds.least} to ${bounds.most} ${bounds.unit}.`;
  return [{ code: "OUT_OF_BOUNDS", where, message: `is ${value === undefined ? "missing" : inspect(value)}`, remedy }];
}
