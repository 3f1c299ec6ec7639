import type { z } from "zod";
import type { Problem } from "../model/errors.ts";
import { nearestOf } from "./did-you-mean.ts";

/** The parts of a final state, with the fields of their rows. */
export const columnsOf: Readonly<Record<string, readonly string[]>> = {
  registers: ["keyspace", "key", "version", "value"],
  items: ["id", "count"],
  cache: ["keyspace", "key", "cached", "row", "isMoving"],
  index: ["keyspace", "key", "version"],
  jobs: ["id", "state", "effects", "attempts", "attemptsAllowed", "letters"],
  conserved: ["name", "expected", "actual"],
};

const aWhole = "a whole number of at least 0";
const aVersion = "a number of at most 2^53 − 1";

/** Field → what it must be. */
const musts: Readonly<Record<string, string>> = {
  keyspace: "the name of a keyspace",
  key: aWhole,
  version: aVersion,
  value: "the id of a write, or null for the initial value",
  id: `the id of an operation, ${aWhole}`,
  count: aWhole,
  cached: `${aVersion}, or null where the key is not cached`,
  row: `${aVersion}, or null where there is no row`,
  isMoving: "true or false",
  state: '"completed", "dead" or "pending"',
  effects: aWhole,
  attempts: aWhole,
  attemptsAllowed: aWhole,
  letters: aWhole,
  name: "a text that is not empty",
  expected: "a finite number",
  actual: "a finite number",
};

/** Field → what to do where it holds null, and must not. */
const insteadOfNull: Readonly<Record<string, string>> = {
  version: "Leave the field out where the system has no versions.",
  keyspace: "Leave the field out for the keyspace that all workloads share.",
  count: "Count what is missing as 0: coalesce(count, 0).",
  effects: "Count what is missing as 0: coalesce(effects, 0).",
  attempts: "Leave the field out where the system does not count attempts.",
  attemptsAllowed: "Leave the field out where the system does not limit attempts.",
  letters:
    "Count what is missing as 0: coalesce(letters, 0). Leave the field out where the system has no dead letters.",
};

const numeric = new Set(
  Object.keys(musts).filter((field) => !["keyspace", "isMoving", "state", "name"].includes(field)),
);

export const badState = (where: string, message: string, remedy: string): Problem => ({
  code: "BAD_FINAL_STATE",
  where,
  message,
  remedy,
});

/** What is wrong, with the path, what was given, what is allowed, and what to do about it. */
export function problemsOfIssues(given: unknown, issues: readonly z.core.$ZodIssue[]): readonly Problem[] {
  const problems = issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return unknownFields(issue.path, issue.keys, given);
    return [problemAt(issue.path, given)];
  });
  // Two bounds of one number are one mistake, and so are a misspelt field and the lack of the one that was meant.
  const byWhere = new Map(problems.toReversed().map((problem) => [problem.where, problem]));
  const meant = new Set(problems.flatMap(({ meant: where }) => where ?? []));
  return [...byWhere.values()]
    .toReversed()
    .filter(({ where, isMissing }) => !(isMissing && meant.has(where)))
    .map(({ code, where, message, remedy }) => ({ code, where, message, remedy }));
}

interface Found extends Problem {
  readonly isMissing?: boolean;
  readonly meant?: string | undefined;
}

function unknownFields(path: readonly PropertyKey[], names: readonly string[], given: unknown): readonly Found[] {
  const known = path.length === 0 ? Object.keys(columnsOf) : (columnsOf[String(path[0])] ?? []);
  const row = valueAt(given, path) as Readonly<Record<string, unknown>>;
  // What is there already was not meant.
  const free = known.filter((name) => !Object.hasOwn(row, name));
  return names.map((name) => {
    const near = nearestOf(name, free);
    const remedy = near === undefined ? `Leave it out; known are ${known.join(", ")}.` : `Did you mean "${near}"?`;
    const problem = badState(pathOf([...path, name]), "is unknown", remedy);
    return { ...problem, meant: near === undefined ? undefined : pathOf([...path, near]) };
  });
}

function problemAt(path: readonly PropertyKey[], given: unknown): Found {
  const value = valueAt(given, path);
  const field = String(path.at(-1) ?? "");
  const isMissing = path.length > 0 && !isThere(valueAt(given, path.slice(0, -1)), field);
  const must = path.length === 3 ? (musts[field] ?? "left out") : mustOfContainer(path);
  const message =
    path.length === 0
      ? `returned ${shown(value)}, and must return ${must}`
      : `is ${isMissing ? "missing" : shown(value)}, and must be ${must}`;
  return { ...badState(pathOf(path), message, remedyFor(value, path, isMissing)), isMissing };
}

function mustOfContainer(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "an object with registers and items";
  if (path.length === 1) return `a list of { ${columnsOf[String(path[0])]?.join(", ") ?? ""} }`;
  return `an object with ${columnsOf[String(path[0])]?.join(", ") ?? ""}`;
}

function remedyFor(value: unknown, path: readonly PropertyKey[], isMissing: boolean): string {
  const field = String(path.at(-1) ?? "the final state");
  if (isThenable(value)) return "Add the missing await.";
  if (path.length < 3) return remedyForContainer(value, path);
  if (isMissing) return `Add it: ${field}: row.${field}.`;
  if (value === undefined) return `Select the column in the query, or leave the field out where it may be absent.`;
  if (value === null && insteadOfNull[field] !== undefined) return insteadOfNull[field];
  if (numeric.has(field)) return remedyForNumber(value, field);
  if (field === "state") return "Translate the states of your system into these three.";
  return `Give ${musts[field] ?? "nothing"}.`;
}

function remedyForNumber(value: unknown, field: string): string {
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    return `Cast it, since pg returns bigint, numeric and count(*) as text: ${field}::int in the query, or Number(row.${field}).`;
  if (typeof value === "bigint") return `Cast it: Number(row.${field}).`;
  if (value instanceof Date) return `Cast it: row.${field}.getTime().`;
  if (Number.isNaN(value)) return "Select a column that holds a number: NaN is what Number(…) makes of anything else.";
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return "Subtract a constant in the query, so that neighbours stay apart.";
  if (field === "key") return "Count keys from 0: a table whose ids begin with 1 has key: row.id - 1.";
  if (field === "id" || field === "value") return "Store Draw.id, or Draw.token, which ends in it, with each write.";
  return `Give ${musts[field]}.`;
}

function remedyForContainer(value: unknown, path: readonly PropertyKey[]): string {
  const field = String(path[0] ?? "");
  if (path.length === 0) return "Return { registers: […], items: […] } from read.";
  if (path.length === 2) return `Give one object for each row: ${field}: rows.map((row) => ({ … })).`;
  if (value instanceof Map || value instanceof Set) return `Make a list of it: [...${field}].map(…).`;
  if (typeof value === "object" && value !== null && "rows" in value)
    return `Give its rows: ${field}: result.rows.map(…).`;
  if (field === "registers" || field === "items")
    return "Give a list, an empty one where there is nothing of the kind.";
  return "Give a list, or leave the field out where nobody looked.";
}

/** A value as a message has it: short, with the type that it has in place of the right one. */
export function shown(value: unknown): string {
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
  if (typeof value === "bigint") return `the bigint ${value}`;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (isThenable(value)) return "a promise";
  if (value instanceof Date) return "a Date";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const kind = value.constructor?.name;
  if (kind !== undefined && kind !== "Object") return `a ${kind}`;
  const fields = Object.keys(value);
  return fields.length === 0
    ? "an empty object"
    : `an object with ${fields.slice(0, 4).join(", ")}${fields.length > 4 ? ", …" : ""}`;
}

/** As many kinds of problems are shown; of the rest there is the number. */
const shownAtMost = 20;

/** What an audit returned and should not have: all of its problems, each with its remedy, in one message. */
export class BadAudit extends Error {
  readonly problems: readonly Problem[];

  /** @param problems at least one; the code of the first one stands for all */
  constructor(problems: readonly Problem[]) {
    super(`${saidOf(problems)} [${problems[0]?.code ?? "BAD_FINAL_STATE"}]`);
    this.name = "BadAudit";
    this.problems = problems;
  }
}

/**
 * Problems in one line. Of one field with one remedy, as of a column that is text in every row, the first one is shown with
 * the number of the others, so that no kind hides another one.
 */
export function saidOf(problems: readonly Problem[]): string {
  const kinds = [
    ...Map.groupBy(problems, ({ where, remedy }) => `${where.replaceAll(/\[\d+\]/g, "[]")} ${remedy}`).values(),
  ];
  const shownKinds = kinds.slice(0, shownAtMost);
  const said = shownKinds.map(([first, ...others], at) => {
    // One remedy for all that it mends.
    const isSaidLater = shownKinds[at + 1]?.[0]?.remedy === first!.remedy;
    const like = others.length === 0 ? "" : ` (and ${others.length} more like it)`;
    return `${first!.where}${like} ${first!.message}${isSaidLater ? ";" : `. ${first!.remedy}`}`;
  });
  const more = kinds.slice(shownAtMost).flat().length;
  const rest = more > 0 ? [`And ${more} more ${more === 1 ? "problem" : "problems"}.`] : [];
  return [...said, ...rest].join(" ");
}

/** Whether an `await` is missing. */
export const isThenable = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

const isThere = (container: unknown, field: string): boolean =>
  typeof container === "object" && container !== null && field in container;

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let at = given;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return at;
}

/** `registers[3].version`. */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((sofar, key) => {
    if (typeof key === "number") return `${sofar}[${key}]`;
    return sofar === "" ? String(key) : `${sofar}.${String(key)}`;
  }, "");
  return text === "" ? "read" : text;
}
