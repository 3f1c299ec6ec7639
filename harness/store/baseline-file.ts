import { readFileSync } from "node:fs";
import { metricNames, units } from "../model/compare/metrics.ts";
import { baselineKind, baselineSchemaVersion, type Side, sidePhases } from "../model/compare/side.ts";
import { messageOf, usageError } from "../model/errors.ts";
import { bytes } from "../model/quantities.ts";
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
      remedy: remedyOf(schemaVersion),
    });
  }
  const wrong = wrongIn(document, sideShape, "");
  if (wrong !== undefined) throw broken(path, wrong);
  const side = document as unknown as Side;
  if (side.runs.length === 0) throw broken(path, "runs must have a run");
  if (new Set(side.runs).size < side.runs.length) throw broken(path, "runs has a run twice");
  if (side.plan.draws.length !== side.runs.length) throw broken(path, "plan.draws must have one for each run");
  const uneven = side.series.findIndex((one) =>
    [one.due, ...metricNames.map((metric) => one[metric])].some(({ length }) => length !== side.runs.length),
  );
  if (uneven !== -1) throw broken(path, `series[${uneven}] must have one number for each run`);
  return side;
}

/** Of version 1 the medians of several runs were kept: how far the runs differ is lost. */
const remedyOf = (schemaVersion: unknown): string =>
  schemaVersion === 1
    ? "Write it again from three runs or more, as `faultline baseline <run> <run> <run> -o baseline.json`: version 1 did not keep the single runs."
    : "Use the version of Faultline that wrote it, or write it again with `faultline baseline`.";

function textOf(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > largest) throw new Error(`is larger than ${bytes(largest)}`);
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
const number: Shape = { is: isNumber, what: "a number" };
const texts: Shape = {
  is: (value) => isObject(value) && Object.values(value).every((one) => typeof one === "string"),
  what: "an object of texts",
};
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
    faultline: { each: text },
    replay: text,
    plan: {
      fields: {
        phases: text,
        workloads: texts,
        operations: texts,
        checks: texts,
        environment: text,
        machine: text,
        draws: { each: { fields: { seed: text, arrivals: text, faults: text, highestKeys: numbers } } },
      },
    },
    checks: {
      each: {
        fields: {
          title: text,
          guards: oneOf(["safety", "budget"]),
          verdict: oneOf(verdicts),
          counts: { fields: Object.fromEntries(verdicts.map((one) => [one, number])) },
          numbers,
        },
      },
    },
    figures: {
      each: { fields: { name: text, unit: oneOf(units), better: oneOf(["lower", "higher"]), value: numberOrNull } },
    },
    series: {
      each: {
        fields: {
          operation: textOrNull,
          phase: oneOf(sidePhases),
          ...Object.fromEntries(metricNames.map((metric) => [metric, { each: numberOrNull }])),
          due: { each: number },
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
