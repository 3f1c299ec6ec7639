import type { Problem } from "../model/errors.ts";
import type { Json } from "../model/units.ts";

type Parameters = Readonly<Record<string, Json>>;

/** A problem unless the parameter is a finite number inside the bounds. */
export function numberIn(
  parameters: Parameters,
  name: string,
  bounds: { above?: number; atLeast?: number; atMost: number; unit: string },
): readonly Problem[] {
  const value = parameters[name];
  const isNumber = typeof value === "number" && Number.isFinite(value);
  const isInside =
    isNumber && value > (bounds.above ?? -Infinity) && value >= (bounds.atLeast ?? -Infinity) && value <= bounds.atMost;
  const lower = bounds.above === undefined ? `from ${bounds.atLeast ?? 0}` : `above ${bounds.above}`;
  return unless(isInside, parameters, name, `Give a number ${lower} and at most ${bounds.atMost} ${bounds.unit}.`);
}

/** A problem with the parameter unless it is fine, with the remedy for it. */
export function unless(isFine: boolean, parameters: Parameters, name: string, remedy: string): readonly Problem[] {
  const message = `is ${JSON.stringify(parameters[name]) ?? "missing"}`;
  return isFine ? [] : [{ code: "PARAMETER_OUT_OF_BOUNDS", where: name, message, remedy }];
}

/** A problem unless the parameter is a name as SQL has it, `orders` or `schema.orders`. */
export function sqlNameIn(parameters: Parameters, name: string, remedy: string): readonly Problem[] {
  const value = parameters[name];
  return unless(typeof value === "string" && /^\w+(\.\w+)?$/.test(value), parameters, name, remedy);
}

/** A parameter that was checked to be text. */
export function textOf(parameters: Parameters, name: string): string {
  const value = parameters[name];
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** A problem unless the parameter is one of the values. */
export function oneOf(parameters: Parameters, name: string, values: readonly string[]): readonly Problem[] {
  const value = parameters[name];
  if (typeof value === "string" && values.includes(value)) return [];
  return [
    {
      code: "PARAMETER_UNKNOWN_VALUE",
      where: name,
      message: `is ${JSON.stringify(value) ?? "missing"}`,
      remedy: `Give one of ${values.join(", ")}.`,
    },
  ];
}
