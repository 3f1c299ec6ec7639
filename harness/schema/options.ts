import { z } from "zod";
import type { Check } from "../model/check.ts";
import { describeProblem, type Problem } from "../model/errors.ts";
import { isDuration, type Json } from "../model/units.ts";
import type { CheckResult } from "../model/verdict.ts";
import { isDurationField, revivedMs } from "./fields.ts";
import { bare, readAs, shown } from "./problems.ts";

/** Parameters as a stored run has them: plain JSON, with durations in milliseconds. */
export class Stored {
  readonly parameters: Json;

  constructor(parameters: Json) {
    this.parameters = parameters;
  }
}

/** In place of options: asks a check for the schema of those that it has. */
export class Asked {
  schema: z.ZodType | undefined;
}

/** Options that do not fit their schema: the check that stands in for the one that was meant. */
export class Misstated {
  readonly check: Check;

  constructor(check: Check) {
    this.check = check;
  }
}

/**
 * Reads the options of a check. Nothing is thrown, so that planning reports the problems of all checks of all scenarios at
 * once; what cannot be read becomes a check that carries its problems, and that is never anything but inconclusive.
 *
 * ```ts
 * const options = optionsOf("noStaleReads", stalenessOptions, given);
 * if (options instanceof Misstated) return options.check;
 * ```
 * @param name of the check
 * @param given by a scenario, or a `Stored`, or an `Asked`, whose answer is the schema
 */
export function optionsOf<S extends z.ZodType>(name: string, schema: S, given: unknown): z.output<S> | Misstated {
  if (given instanceof Asked) {
    given.schema = schema;
    return new Misstated(misstated(name, null, []));
  }
  const isStored = given instanceof Stored;
  const read = readAs(schema, isStored ? revived(schema, given.parameters) : given, {
    where: name,
    code: "BAD_CHECK",
    unknownCode: "UNKNOWN_OPTION",
  });
  if ("value" in read) return read.value;
  return new Misstated(misstated(name, isStored ? given.parameters : jsonOf(given), read.problems));
}

/** The schema of a check without options. */
export const noOptions = z.strictObject({});
export type NoOptions = z.input<typeof noOptions>;

/** A check whose options do not fit: it says so, and decides nothing. */
function misstated(name: string, parameters: Json, problems: readonly Problem[]): Check {
  const law = `The law of ${name}, whose options are wrong.`;
  const actual = problems.map((one) => describeProblem(one).replace("\n ", ".")).join(" ");
  const said = { name, title: name, law, guards: "safety" } as const;
  const judge = (): CheckResult => ({
    ...said,
    verdict: "inconclusive",
    expected: "options that can be read",
    actual,
    witness: [],
    numbers: {},
  });
  return { ...said, parameters, problems, judge };
}

/** The other way round from storing: numbers of milliseconds become durations where the schema wants some. */
function revived(schema: z.ZodType, parameters: Json): unknown {
  if (isDurationField(bare(schema))) return revivedMs(parameters);
  const container = bare(schema);
  if (!(container instanceof z.ZodObject) || typeof parameters !== "object" || parameters === null) return parameters;
  const shape = container.shape as Readonly<Record<string, z.core.$ZodType>>;
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => {
      const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
      return [key, field !== undefined && isDurationField(bare(field)) ? revivedMs(value) : value];
    }),
  );
}

/** As plain JSON, so that a plan can be stored; what JSON lacks becomes text, and so does what leads back to itself. */
export function jsonOf(value: unknown): Json {
  try {
    const text = JSON.stringify(value, (_, one: unknown) => {
      if (isDuration(one)) return Number(one);
      return typeof one === "function" || typeof one === "bigint" ? String(one) : one;
    });
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch {
    return shown(value);
  }
}
