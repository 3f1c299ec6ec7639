import { inspect } from "node:util";
import type { Problem } from "../model/errors.ts";
import { loadPhases } from "../model/history.ts";
import { type Scenario, workloadsOf } from "../model/scenario.ts";
import {
  credentials,
  effects,
  inFlightBound,
  type Keyspace,
  type Operation,
  operationsOf,
  peakOf,
  type Rate,
  type Workload,
} from "../model/workload.ts";
import { accumulated } from "./rate.ts";
import { didYouMean } from "./suggest.ts";

/** The most operations that one run may plan: their plan is held in memory. */
const maxArrivals = 20_000_000;
/** The most operations that may be in flight at once: each holds a socket or a promise. */
const maxInFlight = 50_000;

/** All that is wrong with the workloads and the lengths of the phases. */
export function problemsOfLoad(scenario: Scenario): readonly Problem[] {
  const { phases } = scenario;
  const problems = loadPhases.flatMap((phase) => {
    const length = phases?.[phase];
    const least = phase === "warmUp" ? 0 : 1000;
    return number(`phases.${phase}`, length, { least, most: 86_400_000, unit: "ms, as seconds(5)" });
  });
  const workloads = workloadsOf(scenario);
  if (workloads.length === 0 || workloads.some((workload) => typeof workload !== "object" || workload === null)) {
    const remedy = "Give one made with workload({ … }), or an array of them.";
    return [...problems, { code: "NO_WORKLOAD", where: "workload", message: "is missing", remedy }];
  }
  for (const [index, workload] of workloads.entries()) {
    const where = workloads.length === 1 ? "workload" : `workload[${index}]`;
    problems.push(...problemsOfWorkload(workload, where));
  }
  if (problems.length > 0) return problems;
  const totalMs = loadPhases.reduce((sum, phase) => sum + phases[phase], 0);
  return [...problemsOfNames(workloads), ...problemsOfAmount(workloads, totalMs)];
}

function problemsOfWorkload(workload: Workload, where: string): Problem[] {
  const { perSecond, keys, sessions, skew, slo, arrivals = "poisson" } = workload;
  const problems = [
    ...problemsOfRate(perSecond, `${where}.perSecond`),
    ...problemsOfKeys({ keys, skew }, where),
    ...number(`${where}.sessions`, sessions, { least: 1, most: 65_535, whole: true, unit: "sessions" }),
  ];
  if (!["poisson", "constant"].includes(arrivals)) {
    const remedy = 'Give "poisson" or "constant".';
    problems.push({ code: "UNKNOWN_ARRIVALS", where: `${where}.arrivals`, message: `is "${arrivals}"`, remedy });
  }
  if (slo !== undefined) {
    problems.push(
      ...number(`${where}.slo.availability`, slo.availability, { least: 0.01, most: 0.999_999, unit: ", as 0.999" }),
      ...number(`${where}.slo.within`, slo.within, { least: 1, most: 600_000, unit: "ms, as milliseconds(300)" }),
    );
  }
  const operations = Object.entries(workload.operations ?? {});
  if (operations.length === 0) {
    const remedy = "Give at least one operation.";
    problems.push({ code: "BAD_OPERATIONS", where: `${where}.operations`, message: "has none", remedy });
  }
  return problems.concat(
    operations.flatMap(([name, operation]) => problemsOfOperation(operation, `${where}.operations.${name}`)),
  );
}

function problemsOfRate(rate: Rate, where: string): Problem[] {
  const bounds = { least: 0.1, most: 1_000_000, unit: "operations per second" };
  if (!Array.isArray(rate)) return number(where, rate, bounds);
  const remedy = "Give a number, or corners as { at: seconds(5), perSecond: 200 } in the order of their times.";
  if (rate.length === 0) return [{ code: "BAD_RATE", where, message: "has no corner", remedy }];
  return rate.flatMap((corner, index) => {
    const isInOrder = corner?.at >= (index === 0 ? 0 : rate[index - 1]?.at) && Number.isFinite(corner.at);
    const at = `${where}[${index}]`;
    const message = `is ${inspect(corner?.at)}, which is not after the corner before it`;
    return [
      ...(isInOrder ? [] : [{ code: "BAD_RATE", where: `${at}.at`, message, remedy }]),
      ...number(`${at}.perSecond`, corner?.perSecond, { ...bounds, least: 0 }),
    ];
  });
}

function problemsOfKeys({ keys, skew = 1 }: Pick<Keyspace, "keys"> & { skew?: number | undefined }, where: string) {
  return [
    ...number(`${where}.keys`, keys, { least: 1, most: 10_000_000, whole: true, unit: "keys" }),
    ...number(`${where}.skew`, skew, { least: 0, most: 10, unit: "(Zipf's exponent)" }),
  ];
}

function problemsOfOperation(operation: Operation, where: string): readonly Problem[] {
  const problems = [
    ...number(`${where}.weight`, operation?.weight, { least: 0, most: 1e9, unit: "(relative to the others)" }),
    ...number(`${where}.deadline`, operation?.deadline, { least: 1, most: 600_000, unit: "ms, as seconds(1)" }),
    ...oneOf(`${where}.effect`, operation?.effect, effects, "UNKNOWN_EFFECT"),
    ...oneOf(`${where}.credential`, operation?.credential ?? "valid", credentials, "UNKNOWN_CREDENTIAL"),
  ];
  const keyspace = operation?.keyspace;
  if (keyspace !== undefined) problems.push(...problemsOfKeys(keyspace, `${where}.keyspace`));
  const leaves = operation?.perform === undefined ? (["request", "judge"] as const) : (["perform"] as const);
  for (const leaf of leaves) {
    if (typeof operation?.[leaf] === "function") continue;
    const message = `is ${typeof operation?.[leaf]}`;
    const remedy = "Give a function: request and judge for HTTP, perform for anything else.";
    problems.push({ code: "NOT_A_FUNCTION", where: `${where}.${leaf}`, message, remedy });
  }
  return problems;
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
  const count = sum(({ perSecond }) => accumulated(perSecond, totalMs).count);
  if (count > maxArrivals) {
    const message = `makes ${Math.round(count)} operations in ${totalMs / 1000} s, more than ${maxArrivals}`;
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

function oneOf(where: string, value: string, known: readonly string[], code: string): Problem[] {
  if (known.includes(value)) return [];
  return [{ code, where, message: `is "${value}"`, remedy: didYouMean(String(value), known) }];
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
