import type { Effect, Judgement } from "../model/workload.ts";
import { nearestOf } from "../schema/did-you-mean.ts";

// By hand, not by a schema: each of some thousand answers a second goes through here.

const outcomes: readonly unknown[] = ["ok", "wrong", "rejected"] satisfies readonly Judgement["outcome"][];
const fields = new Set<string>([
  "outcome",
  "version",
  "value",
  "absent",
  "notExecuted",
  "evidence",
  "granted",
  "detail",
] satisfies readonly (keyof Judgement)[]);

/**
 * Finds what is wrong with a judgement: of a wrong type, misspelt, or in contradiction to itself. Taken as it is, a version
 * that is text or a flag that is misspelt would leave a check without its evidence, and green.
 * @returns a verb and its object, as `gave the version NaN`
 */
export function problemOfJudgement(judgement: unknown, effect: Effect): string | undefined {
  if (typeof judgement !== "object" || judgement === null) return `said ${String(judgement)}`;
  if (judgement instanceof Promise) return "returned a promise; it must not be async";
  const given = judgement as Readonly<Record<keyof Judgement, unknown>>;
  if (!outcomes.includes(given.outcome)) return `said ${String(given.outcome)}`;
  return problemOfTypes(given) ?? problemOfNames(given) ?? contradiction(given as Judgement, effect);
}

function problemOfTypes(given: Readonly<Record<keyof Judgement, unknown>>): string | undefined {
  const { version, value, detail } = given;
  if (version !== undefined && !isVersion(version)) return `gave the version ${shown(version)}; allowed: ${versions}`;
  if (value !== undefined && !isOperationId(value)) return `gave the value ${shown(value)}`;
  if (detail !== undefined && typeof detail !== "string") return `gave the detail ${shown(detail)}, which is not text`;
  for (const name of ["absent", "notExecuted", "granted"] as const) {
    const flag = given[name];
    if (flag !== undefined && typeof flag !== "boolean") return `gave ${name} ${shown(flag)}; allowed: true or false`;
  }
  return undefined;
}

function problemOfNames(given: object): string | undefined {
  for (const name in given) {
    if (fields.has(name)) continue;
    const near = nearestOf(name, [...fields]);
    const hint = near === undefined ? `allowed: ${[...fields].join(", ")}` : `did you mean ${near}?`;
    return `gave ${name}, which a judgement does not have; ${hint}`;
  }
  return undefined;
}

function contradiction({ outcome, value, absent, notExecuted }: Judgement, effect: Effect): string | undefined {
  if (absent === true) {
    if (effect !== "read") return `said absent of an operation whose effect is ${effect}; it is for reads`;
    if (outcome === "rejected") return "said absent of a refusal; a read that found nothing is ok";
    if (value !== undefined) return `said absent, and gave the value ${value}`;
  }
  if (notExecuted === true && outcome !== "rejected") return `said notExecuted of what is ${outcome}, not rejected`;
  return undefined;
}

const versions = "a finite number from 0, whole numbers up to 2^53 - 1";

/** A larger whole number is not exact: two versions would become one. */
const isVersion = (value: unknown): boolean =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** Ids are stored in 32 bits, of which one number says "none". */
const isOperationId = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32 - 1;

const shown = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));
