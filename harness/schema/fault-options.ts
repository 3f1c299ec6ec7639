import { z } from "zod";
import type { Problem } from "../model/errors.ts";
import type { FaultSpec, Injection, OptionInfo } from "../model/fault.ts";
import type { Json } from "../model/units.ts";
import { allowedBy, isDurationField, revivedMs } from "./fields.ts";
import { jsonOf } from "./options.ts";
import { bare, readAs } from "./problems.ts";

const as = { where: "", code: "PARAMETER_OUT_OF_BOUNDS", unknownCode: "UNKNOWN_OPTION" } as const;

/**
 * The options of a kind of fault, described once. A scenario states durations, a schedule stores milliseconds: the option
 * `latency` is stored as the parameter `latencyMs`.
 */
export class FaultOptions<Shape extends z.ZodRawShape> {
  readonly schema: z.ZodObject<Shape, z.core.$strict>;
  readonly #rule: (options: z.output<z.ZodObject<Shape>>) => readonly Problem[];

  /** @param rule what the fields alone cannot say, with `where` the name of an option */
  constructor(shape: Shape, rule: (options: z.output<z.ZodObject<Shape>>) => readonly Problem[] = () => []) {
    this.schema = z.strictObject(shape);
    this.#rule = rule;
  }

  /** The fault as a scenario states it; options that do not fit go along as its problems, which planning reports. */
  spec<const Target extends string>(kind: string, target: Target, given: unknown): FaultSpec<Target> {
    const read = this.#read(given);
    if ("problems" in read) return { kind, target, parameters: recordOf(jsonOf(given)), problems: read.problems };
    const stored = Object.entries(read.value).map(([name, value]) => [this.#parameter(name), value as unknown]);
    return { kind, target, parameters: recordOf(jsonOf(Object.fromEntries(stored))) };
  }

  /** For lists and documentation. */
  get fields(): readonly OptionInfo[] {
    return Object.entries(this.schema.shape).map(([name, field]) => {
      const { defaultValue } = (field as z.ZodType)._zod.def as { readonly defaultValue?: unknown };
      const isRequired = !(field as z.ZodType).safeParse(undefined).success;
      const info = { name, allowed: allowedBy(bare(field)), isRequired };
      return defaultValue === undefined ? info : { ...info, default: jsonOf(defaultValue) };
    });
  }

  /** What is wrong with stored parameters. */
  readonly problems = (parameters: Readonly<Record<string, Json>>): readonly Problem[] => {
    const names = new Map(Object.keys(this.schema.shape).map((name) => [this.#parameter(name), name]));
    const given = Object.entries(parameters).map(([parameter, value]) => {
      const name = names.get(parameter) ?? parameter;
      return [name, name === parameter ? value : revivedMs(value)];
    });
    const read = this.#read(Object.fromEntries(given));
    return "problems" in read ? read.problems : [];
  };

  #read(given: unknown): { value: z.output<z.ZodObject<Shape>> } | { problems: readonly Problem[] } {
    const read = readAs(this.schema, given, as);
    if ("problems" in read) return read;
    const value = read.value as z.output<z.ZodObject<Shape>>;
    const problems = this.#rule(value);
    return problems.length > 0 ? { problems } : { value };
  }

  #parameter(name: string): string {
    const field = Object.hasOwn(this.schema.shape, name) ? this.schema.shape[name] : undefined;
    return field !== undefined && isDurationField(bare(field)) ? `${name}Ms` : name;
  }
}

/**
 * The injections of a helper that states several at once, as `repeated` does. Options that do not fit are thrown nowhere:
 * one injection that carries their problems takes the place of all, and planning reports it.
 * @param name of the helper, as its problems have it
 */
export function injectionsOf<S extends z.ZodType, Target extends string>(
  name: string,
  schema: S,
  given: unknown,
  make: (options: z.output<S>) => readonly Injection<Target>[],
): readonly Injection<Target>[] {
  const read = readAs(schema, given, { ...as, where: name });
  if ("value" in read) return make(read.value);
  return [{ problems: read.problems } as unknown as Injection<Target>];
}

/** Of a fault that has no options. */
export const noFaultOptions = new FaultOptions({});

const recordOf = (json: Json): Readonly<Record<string, Json>> =>
  typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Readonly<Record<string, Json>>) : {};
