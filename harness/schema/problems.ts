import { inspect } from "node:util";
import { z } from "zod";
import type { ErrorCode } from "../model/error-codes/index.ts";
import type { Problem } from "../model/errors.ts";
import { isDuration } from "../model/units.ts";
import { didYouMean, nearestOf } from "./did-you-mean.ts";
import { hints, isDurationField } from "./fields.ts";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where the problems are, and what they are called where a schema does not say it itself. */
export interface ReadAs {
  /** Before each path, as `noStaleReads` or `workload`. */
  readonly where: string;
  readonly code: ErrorCode;
  readonly unknownCode?: ErrorCode;
}

/**
 * What a schema makes of a value: all that is wrong with it at once, each field with what was given and a remedy.
 * @returns the value as the schema reads it, or the problems
 */
export function readAs<S extends z.ZodType>(
  schema: S,
  given: unknown,
  as: ReadAs,
): { readonly value: z.output<S> } | { readonly problems: readonly Problem[] } {
  const foreign = foreignIn(schema, given);
  const result = schema.safeParse(given);
  if (result.success && foreign.length === 0) return { value: result.data };
  const within = foreign.map((path) => joined(as.where, path));
  const others = problemsOfIssues(schema, result.error?.issues ?? [], given, as).filter(
    ({ where }) => !within.some((outer) => where === outer || isInside(where, outer)),
  );
  return { problems: [...foreign.flatMap((path) => problemOfForeign(schema, path, given, as)), ...others] };
}

/** The problems alone. */
export function problemsAs(schema: z.ZodType, given: unknown, as: ReadAs): readonly Problem[] {
  const result = readAs(schema, given, as);
  return "problems" in result ? result.problems : [];
}

const isInside = (where: string, outer: string): boolean =>
  outer === "" || where.startsWith(`${outer}.`) || where.startsWith(`${outer}[`);

/**
 * Where an object with fields is wanted and something stands that only looks like one: a promise that nobody awaits, a
 * `Map`, a date, a duration. It has no fields of its own, so that a schema would find fault with each that is missing, or,
 * where all may be left out, with nothing.
 */
function foreignIn(schema: Schema, given: unknown, path: Path = []): readonly Path[] {
  if (typeof given !== "object" || given === null) return [];
  const container = unwrapped(schema);
  const wantsFields = keysOf(container).length > 0 || container instanceof z.ZodObject;
  const isDue = isDuration(given) && mayBeDuration(container);
  if (isForeign(given)) return wantsFields && !isDue ? [path] : [];
  return Object.entries(given).flatMap(([key, value]) => {
    const at = Array.isArray(given) ? Number(key) : key;
    const child = childOf(container, at);
    return child === undefined ? [] : foreignIn(child, value, [...path, at]);
  });
}

const isForeign = (given: object): boolean =>
  !["[object Object]", "[object Array]", "[object Module]"].includes(Object.prototype.toString.call(given)) ||
  typeof (given as { then?: unknown }).then === "function";

/** Whether a duration may stand here as well, as in `at: seconds(1)` beside `at: { from, to }`. */
const mayBeDuration = (container: Schema): boolean =>
  container instanceof z.ZodUnion && container.options.some((one) => isDurationField(bare(one as Schema)));

function problemOfForeign(schema: Schema, path: Path, given: unknown, as: ReadAs): readonly Problem[] {
  const issue = { code: "custom", path: [...path], message: "" } as unknown as Issue;
  return problemsOfIssue(schema, issue, given, as).map(({ code, where, message, remedy }) => ({
    code,
    where,
    message,
    remedy,
  }));
}

function problemsOfIssues(schema: Schema, issues: readonly Issue[], given: unknown, as: ReadAs): readonly Problem[] {
  const all = issues
    .flatMap((issue) => deepest(issue, given))
    .flatMap((issue) => problemsOfIssue(schema, issue, given, as));
  const seen = new Set<string>();
  const distinct = all.filter(({ where }) => !seen.has(where) && seen.add(where));
  // Not both "withIn is unknown, did you mean within" and "within is missing".
  const meant = distinct.flatMap(({ meant: name }) => (name === undefined ? [] : [name]));
  return distinct
    .filter(({ where, isMissing }) => !(isMissing && meant.includes(where)))
    .map(({ code, where, message, remedy }) => ({ code, where, message, remedy }));
}

/** Of a union the branch that was meant: one that goes into what was given, and of those the one with the fewest problems. */
function deepest(issue: Issue, given: unknown, before: Path = []): readonly Issue[] {
  const here = { ...issue, path: [...before, ...issue.path] } as Issue;
  if (issue.code !== "invalid_union" || !isContainer(valueAt(given, here.path))) return [here];
  const branches = issue.errors.map((errors) => errors.flatMap((one) => deepest(one as Issue, given, here.path)));
  const goesIn = branches.filter((branch) => branch.some((one) => reachOf(one) > here.path.length));
  return goesIn.toSorted((one, other) => countOf(one) - countOf(other))[0] ?? [here];
}

/** How many problems there are: each unknown key is one. */
const countOf = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);

/** How far into the value an issue lies; an unknown key is one step further than its object. */
const reachOf = ({ path, code }: Issue): number => path.length + (code === "unrecognized_keys" ? 1 : 0);

const isContainer = (value: unknown): boolean => typeof value === "object" && value !== null && !isDuration(value);

interface Found extends Problem {
  readonly isMissing: boolean;
  /** Where an unknown name was probably meant to be. */
  readonly meant?: string;
}

function problemsOfIssue(schema: Schema, issue: Issue, given: unknown, as: ReadAs): readonly Found[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schemaAt(schema, issue.path));
    return issue.keys.map((key) => {
      const [where, near] = [joined(as.where, [...issue.path, key]), nearestOf(key, known)];
      const meant = near === undefined ? {} : { meant: joined(as.where, [...issue.path, near]) };
      const code = as.unknownCode ?? "UNKNOWN_FIELD";
      if (known.includes(key)) {
        const remedy = "Leave it out: it belongs to another form of this object.";
        return { code, where, message: "does not go with the other fields", remedy, isMissing: false };
      }
      return { code, where, message: "is unknown", remedy: didYouMean(key, known), isMissing: false, ...meant };
    });
  }
  const value = valueAt(given, issue.path);
  const own = issue.code === "custom" ? (issue.params as Partial<Problem> | undefined) : undefined;
  const at = schemaAt(schema, issue.path);
  const hint = hintAt(schema, issue.path);
  const isNearer = at !== undefined && hints.get(at) === undefined && hasOwnShape(unwrapped(at));
  const stated = isNearer ? (shapeOf(at) ?? hint?.remedy) : (hint?.remedy ?? shapeOf(at));
  const remedy = own?.remedy ?? stated ?? "Leave it out, or correct it.";
  return [
    {
      code: own?.code ?? hint?.code ?? as.code,
      where: joined(as.where, issue.path),
      message: own?.message ?? `is ${shown(value)}`,
      remedy: typeof remedy === "function" ? remedy(value) : remedy,
      isMissing: value === undefined,
    },
  ];
}

/** Whether it says more of what may stand here than the hint of what lies around it. */
const hasOwnShape = (container: Schema): boolean =>
  container instanceof z.ZodNever || container instanceof z.ZodObject || keysOf(container).length > 0;

/** The remedy for what should be an object, or a list, and is not. */
function shapeOf(schema: Schema | undefined): string | undefined {
  const container = schema === undefined ? undefined : unwrapped(schema);
  if (container instanceof z.ZodArray) return "Give a list: [ … ].";
  if (container instanceof z.ZodNever) return "Leave it out: it cannot be given here.";
  if (container instanceof z.ZodRecord) return "Give an object with a value for each name: { name: … }.";
  if (container instanceof z.ZodString) return "Give a text.";
  const keys = keysOf(container);
  if (container instanceof z.ZodObject && keys.length === 0) return "Leave it out: there are no options.";
  return keys.length === 0 ? undefined : `Give an object with ${keys.slice(0, 8).join(", ")}.`;
}

/** The hint of what lies at a path, or of the nearest that has one and lies around it. */
function hintAt(schema: Schema, path: Path) {
  for (let length = path.length; length >= 0; length -= 1) {
    const at = schemaAt(schema, path.slice(0, length));
    const hint = at === undefined ? undefined : hints.get(at);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function schemaAt(schema: Schema, path: Path): Schema | undefined {
  let at: Schema | undefined = bare(schema);
  for (const key of path) at = at === undefined ? undefined : childOf(at, key);
  return at;
}

/** Without what only wraps it: optional, default, readonly, what a transformation begins with. */
export function bare(schema: Schema): Schema {
  if (hints.get(schema) !== undefined) return schema;
  const inner = innerOf(schema);
  return inner === undefined ? schema : bare(inner);
}

/** Not what every object has, as `toString`. */
const ownOf = <T>(of: Readonly<Record<PropertyKey, T>>, key: PropertyKey): T | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;

/** What a schema wraps: of a transformation what goes in, or, where it comes first, what it leads to. */
function innerOf(schema: Schema): Schema | undefined {
  const { def } = (schema as z.ZodType)._zod as unknown as {
    def: { type: string; innerType?: Schema; in?: Schema; out?: Schema; getter?: () => Schema };
  };
  if (def.type !== "pipe") return def.innerType ?? def.getter?.();
  return def.in instanceof z.ZodTransform ? def.out : def.in;
}

function childOf(schema: Schema, key: PropertyKey): Schema | undefined {
  // A hint may sit on what wraps the container.
  const container = unwrapped(schema);
  const found =
    container instanceof z.ZodObject
      ? ownOf(container.shape as Record<PropertyKey, Schema>, key)
      : container instanceof z.ZodArray
        ? container.element
        : container instanceof z.ZodRecord
          ? container.valueType
          : container instanceof z.ZodUnion
            ? container.options.map((one) => childOf(one, key)).find((one) => one !== undefined)
            : undefined;
  return found === undefined ? undefined : bare(found as Schema);
}

function unwrapped(schema: Schema): Schema {
  const inner = innerOf(schema);
  return inner === undefined ? schema : unwrapped(inner);
}

function keysOf(schema: Schema | undefined): readonly string[] {
  const container = schema === undefined ? undefined : unwrapped(schema);
  if (container instanceof z.ZodObject) return givable(container.shape as Readonly<Record<string, Schema>>);
  if (container instanceof z.ZodUnion) return container.options.flatMap((one) => keysOf(one as Schema));
  return [];
}

/** The keys that may be given at all. */
const givable = (shape: Readonly<Record<string, Schema>>): readonly string[] =>
  Object.keys(shape).filter((key) => !(unwrapped(shape[key]!) instanceof z.ZodNever));

function valueAt(given: unknown, path: Path): unknown {
  let at = given;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return at;
}

function joined(where: string, path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, where);
}

/** A value as a message has it: short, and recognisable for who wrote it. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "function") return `a function${value.name === "" ? "" : ` (${value.name})`}`;
  if (value instanceof Promise) return "a promise: `await` is missing";
  if (typeof value === "string") return cut(JSON.stringify(value));
  return cut(inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 5 }));
}

const cut = (words: string): string => (words.length > 80 ? `${words.slice(0, 79)}…` : words);
