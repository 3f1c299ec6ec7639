import type { Json } from "../model/units.ts";

/** A parameter that was checked to be text. */
export function textOf(parameters: Readonly<Record<string, Json>>, name: string): string {
  const value = parameters[name];
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
