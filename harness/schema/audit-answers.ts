import { z } from "zod";
import type { Problem } from "../model/errors.ts";
import { BadAudit, isThenable, shown } from "./final-state-problems.ts";

const gaugesSchema = z.record(z.string(), z.number());

/**
 * What `atRest` returned. A number in place of the answer would turn it around: 3 that wait are true.
 * @throws BadAudit BAD_AT_REST
 */
export function readAtRest(given: unknown): boolean {
  if (typeof given === "boolean") return given;
  const remedy =
    typeof given === "number" || typeof given === "bigint" || typeof given === "string"
      ? "Compare it, as Number(waiting) === 0."
      : "Return the answer: atRest: async () => (await waiting()) === 0.";
  const message = `returned ${shown(given)}, and must return true or false`;
  throw new BadAudit([{ code: "BAD_AT_REST", where: "atRest", message, remedy }]);
}

/**
 * What `gauges` returned: finite numbers by name.
 * @throws BadAudit BAD_GAUGES with all that is wrong
 */
export function readGaugeValues(given: unknown): Readonly<Record<string, number>> {
  const result = gaugesSchema.safeParse(given);
  if (result.success) return result.data;
  throw new BadAudit(result.error.issues.map(({ path: [name] }) => problemOf(given, name)));
}

function problemOf(given: unknown, name: PropertyKey | undefined): Problem {
  const code = "BAD_GAUGES";
  if (name === undefined) {
    const remedy = isThenable(given) ? "Add the missing await." : "Return them by name: { queued: 3 }.";
    return { code, where: "gauges", message: `returned ${shown(given)}, and must return numbers by name`, remedy };
  }
  const value = (given as Readonly<Record<PropertyKey, unknown>>)[name];
  const where = `gauges[${JSON.stringify(String(name))}]`;
  return { code, where, message: `is ${shown(value)}, and must be a finite number`, remedy: remedyOf(value) };
}

function remedyOf(value: unknown): string {
  if (isThenable(value)) return "Add the missing await.";
  if (typeof value === "string" || typeof value === "bigint")
    return "Cast it, since pg returns bigint and count(*) as text: count(*)::int in the query, or Number(row.count).";
  return "Give the count, or leave the gauge out where it cannot be read.";
}
