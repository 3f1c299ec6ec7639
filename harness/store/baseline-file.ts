import { readFileSync } from "node:fs";
import { metricNames, units } from "../model/compare/metrics.ts";
import { baselineKind, baselineSchemaVersion, type Side, sidePhases } from "../model/compare/side.ts";
import { messageOf, usageError } from "../model/errors.ts";
import { verdicts } from "../model/verdict.ts";

/** More than any baseline has, and less than would fill the memory. */
const largest = 16 * 1024 * 1024;

/**
 * A side of a comparison as text that diffs well: keys in order, one number series a line.
 * @returns JSON with a line feed at its end
 */
export const baselineText = (side: Side): string => `${pieces(side, "")}\n`;

function pieces(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const isFlat = isArray && value.every((one) => typeof one !== "object" || one === null);
  const items = isArray
    ? value.map((one) => pieces(one, inner))
    : Object.entries(value)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, one]) => `${JSON.stringify(name)}: ${pieces(one, inner)}`);
  const [open, close] = isArray ? ["[", "]"] : ["{", "}"];
  if (isFlat || items.length === 0) return `${open}${items.join(",")}${close}`;
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}

/**
 * Reads a baseline.
 * @throws FaultlineError (64) BASELINE_NOT_READ, BROKEN_BASELINE for what is no JSON or has not the shape, NOT_A_BASELINE,
 * UNKNOWN_BASELINE_VERSION
 */
export function readBaseline(path: string): Side {
  const document = parsed(path, textOf(path));
  const { kind, schemaVersion } = isObject(document) ? document : {};
  if (kind !== baselineKind) {
    const remedy = "`faultline baseline <run…> -o baseline.json` writes one.";
    throw usageError({ code: "NOT_A_BASELINE", where: path, message: "is no baseline of Faultline", remedy });
  }
  if (schemaVersion !== baselineSchemaVersion) {
    throw usageError({
      code: "UNKNOWN_BASELINE_VERSION",
      where: path,
      message: `has schemaVersion ${JSON.stringify(schemaVersion)}, this Faultline reads ${baselineSchemaVersion}`,
      remedy: "Use the version of Faultline that wrote it, or write it again with `faultline baseline`.",
    });
  }
  const wrong = wrongIn(document, sideShape, "");
  if (wrong !== undefined) throw broken(path, wrong);
  const side = document as unknown as Side;
  if (side.runs.length === 0) throw broken(path, "runs must have a run");
  const uneven = side.series.findIndex((one) => new Set(metricNames.map((metric) => one[metric].length)).size > 1);
  if (uneven !== -1) throw broken(path, `series[${uneven}] has metrics of different lengths`);
  return side;
}

function textOf(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > largest) throw new Error(`is larger than ${largest / 1024 / 1024} MB`);
    return text;
  } catch (error) {
    const remedy = "Name a file that `faultline baseline <run…> -o baseline.json` wrote.";
    throw usageError({ code: "BASELINE_NOT_READ", where: path, message: messageOf(error), remedy }, { cause: error });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(path, messageOf(error));
  }
}

function broken(path: string, message: string): Error {
  const remedy = "Take it from version control again, or write it anew with `faultline baseline`.";
  return usageError({ code: "BROKEN_BASELINE", where: path, message, remedy });
}

/** What a value must be: a test of it, one shape for each item of an array, or one for each field. */
type Shape = { readonly is: (value: unknown) => boolean; readonly what: string } | { readonly each: Shape } | Fields;
interface Fields {
  readonly fields: Readonly<Record<string, Shape>>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const oneOf = (names: readonly unknown[]): Shape => ({
  is: (value) => names.includes(value),
  what: `one of ${names.join(", ")}`,
});
const text: Shape = { is: (value) => typeof value === "string", what: "text" };
const textOrNull: Shape = { is: (value) => value === null || typeof value === "string", what: "text or null" };
const numberOrNull: Shape = { is: (value) => value === null || isNumber(value), what: "a number or null" };
const numbers: Shape = {
  is: (value) => isObject(value) && Object.values(value).every(isNumber),
  what: "an object of numbers",
};

const sideShape: Fields = {
  fields: {
    scenario: text,
    system: text,
    runs: { each: text },
    caveats: { each: text },
    verdict: oneOf(verdicts),
    plan: { fields: { seeds: { each: text }, arrivals: { each: text }, faults: { each: text }, host: text } },
    checks: { each: { fields: { title: text, verdict: oneOf(verdicts), numbers } } },
    figures: {
      each: { fields: { name: text, unit: oneOf(units), better: oneOf(["lower", "higher"]), value: numberOrNull } },
    },
    series: {
      each: {
        fields: {
          operation: textOrNull,
          phase: oneOf(sidePhases),
          ...Object.fromEntries(metricNames.map((metric) => [metric, { each: numberOrNull }])),
          spread: { fields: Object.fromEntries(metricNames.map((metric) => [metric, numberOrNull])) },
        },
      },
    },
  },
};

/** The first thing that is not as the shape wants it, in words. */
function wrongIn(value: unknown, shape: Shape, where: string): string | undefined {
  if ("is" in shape) return shape.is(value) ? undefined : `${where} must be ${shape.what}`;
  if ("each" in shape) {
    if (!Array.isArray(value)) return `${where} must be an array`;
    return firstOf(value.map((one, index) => [one, shape.each, `${where}[${index}]`]));
  }
  if (!isObject(value)) return `${where} must be an object`;
  return firstOf(
    Object.entries(shape.fields).map(([name, one]) => [value[name], one, where === "" ? name : `${where}.${name}`]),
  );
}

function firstOf(all: readonly (readonly [unknown, Shape, string])[]): string | undefined {
  for (const [value, shape, where] of all) {
    const wrong = wrongIn(value, shape, where);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
