import { z } from "zod";
import type { ErrorCode } from "../model/error-codes/index.ts";
import { loadPhases } from "../model/history.ts";
import { statedDuration } from "../model/quantities.ts";
import { type Duration, isDuration, milliseconds } from "../model/units.ts";
import { didYouMean } from "./did-you-mean.ts";

/** What is said when a field is wrong. */
export interface Hint {
  /** Default: that of what is read, as `BAD_CHECK`. */
  readonly code?: ErrorCode;
  /** What to do about it, in the imperative. A function where it depends on what was given. */
  readonly remedy: string | ((given: unknown) => string);
}

/** Schema → what is said when it does not fit. */
export const hints = z.registry<Hint>();

/** Fields whose values are durations, which stored parameters hold in milliseconds. */
const durations = z.registry<{ readonly unit: "ms" }>();

export const isDurationField = (schema: z.core.$ZodType): boolean => durations.get(schema) !== undefined;

/** What a field may be, for documentation: `a number from 1 to 2000 kB/s`. */
export function allowedBy(schema: z.core.$ZodType): string {
  const remedy = hints.get(schema)?.remedy ?? "anything";
  const text = typeof remedy === "function" ? remedy(undefined) : remedy;
  return text.replace(/^Give /, "").replace(/\.$/, "");
}

/** Gives a schema its remedy. To be called last: what is derived from a schema has no hint of its own. */
export function hinted<S extends z.ZodType>(schema: S, remedy: Hint["remedy"], code?: ErrorCode): S {
  hints.add(schema, code === undefined ? { remedy } : { remedy, code });
  return schema;
}

/** Bounds of a number; those that are left out are open. */
export interface Bounds {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

/** A finite number within bounds. @param unit follows the bounds in the remedy, as `connections` or `, as 0.999` */
export function number(bounds: Bounds & { readonly unit?: string; readonly code?: ErrorCode } = {}): z.ZodNumber {
  const { unit = "", code } = bounds;
  return hinted(bounded(z.number(), bounds), `Give a number${rangeOf(bounds)}${spaced(unit)}.`, code);
}

/** A whole number within bounds. */
export function whole(bounds: Bounds & { readonly unit?: string; readonly code?: ErrorCode } = {}): z.ZodNumber {
  const { unit = "", code } = bounds;
  return hinted(bounded(z.number().int(), bounds), `Give a whole number${rangeOf(bounds)}${spaced(unit)}.`, code);
}

/**
 * A length of time, made by `milliseconds`, `seconds` or `minutes`; read as a plain number of milliseconds, which is a
 * `Duration` all the same to the compiler.
 * @param bounds in milliseconds
 * @param example as a user would write it
 */
export function duration(bounds: Bounds = {}, example = "seconds(2)", code?: ErrorCode) {
  const fits = (value: unknown): value is Duration => isDuration(value) && isWithin(Number(value), bounds);
  const schema = z.custom<Duration>(fits).transform((value) => Number(value) as Duration);
  schema.register(durations, { unit: "ms" });
  const range = rangeOf(bounds, statedDuration);
  return hinted(
    schema,
    (given) =>
      typeof given === "number" && Number.isFinite(given)
        ? `State its unit, as milliseconds(${given}).`
        : `Give a duration${range}, as ${example}.`,
    code,
  );
}

/** One of several words. */
export function choice<const Values extends readonly string[]>(values: Values, code?: ErrorCode) {
  const schema = z.custom<Values[number]>((value) => typeof value === "string" && values.includes(value));
  const remedy = (given: unknown): string =>
    typeof given === "string" ? didYouMean(given, values) : `Give one of ${values.join(", ")}.`;
  return hinted(schema, remedy, code);
}

/** Text that is not empty. */
export function text(remedy: string, options: { readonly pattern?: RegExp; readonly code?: ErrorCode } = {}) {
  const { pattern = /./s, code } = options;
  return hinted(z.string().regex(pattern), remedy, code);
}

/** A name as SQL has it, `orders` or `schema.orders`. */
export const sqlName = /^\w+(\.\w+)?$/;

/** The name of an environment variable. */
export const variableName = () =>
  text("Give the name of an environment variable, as DATABASE_URL.", { pattern: /^[A-Za-z_]\w*$/ });

/** Any function; what it takes and returns only the compiler knows. */
export function callable<F extends (...given: never[]) => unknown>(remedy: string, code: ErrorCode = "NOT_A_FUNCTION") {
  return hinted(
    z.custom<F>((value) => typeof value === "function"),
    remedy,
    code,
  );
}

/** A list of names, at least one. */
export const names = (remedy: string) => hinted(z.array(z.string().min(1)).min(1).readonly(), remedy);

/** A list of different names, at least one: what is named twice would be counted twice. */
export const differentNames = (remedy: string) =>
  hinted(z.array(z.string().min(1)).min(1).readonly().refine(areDifferent), remedy);

/** Names of operations, each of which the workload must have. */
export const operationNames = () =>
  differentNames('Give a list of operations of the workload, each once, as operations: ["checkout"].');

/** Phases of the load, at least one. */
export const phaseNames = () =>
  hinted(
    z.array(z.enum(loadPhases)).min(1).readonly().refine(areDifferent),
    `Give a list with some of ${loadPhases.join(", ")}, each once.`,
  );

function areDifferent(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}

/** Yes or no. */
export const flag = (code?: ErrorCode) => hinted(z.boolean(), "Give true or false.", code);

/** A number of milliseconds as stored parameters have it, as the duration it stands for. */
export const revivedMs = (ms: unknown): unknown => (typeof ms === "number" ? milliseconds(ms) : ms);

function bounded(schema: z.ZodNumber, { above, atLeast, below, atMost }: Bounds): z.ZodNumber {
  let result = schema;
  if (above !== undefined) result = result.gt(above);
  if (atLeast !== undefined) result = result.gte(atLeast);
  if (below !== undefined) result = result.lt(below);
  if (atMost !== undefined) result = result.lte(atMost);
  return result;
}

function isWithin(value: number, { above, atLeast, below, atMost }: Bounds): boolean {
  return (
    Number.isFinite(value) &&
    value > (above ?? Number.NEGATIVE_INFINITY) &&
    value >= (atLeast ?? Number.NEGATIVE_INFINITY) &&
    value < (below ?? Number.POSITIVE_INFINITY) &&
    value <= (atMost ?? Number.POSITIVE_INFINITY)
  );
}

function rangeOf({ above, atLeast, below, atMost }: Bounds, spoken: (bound: number) => string = String): string {
  if (above === undefined && atLeast !== undefined && atMost !== undefined && below === undefined)
    return ` from ${spoken(atLeast)} to ${spoken(atMost)}`;
  const parts = [
    ...(above === undefined ? [] : [`above ${spoken(above)}`]),
    ...(atLeast === undefined ? [] : [`of at least ${spoken(atLeast)}`]),
    ...(below === undefined ? [] : [`below ${spoken(below)}`]),
    ...(atMost === undefined ? [] : [`at most ${spoken(atMost)}`]),
  ];
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

const spaced = (unit: string): string => (unit === "" || unit.startsWith(",") ? unit : ` ${unit}`);
