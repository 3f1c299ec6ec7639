import { dirname, join } from "node:path";
import type { Problem } from "../../model/errors.ts";
import { didYouMean } from "../../schema/did-you-mean.ts";
import { readSource, type Source } from "./source.ts";

export type Values = Readonly<Record<string, unknown>>;

export const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Follows `extends` through the file and others. */
export class Extender {
  readonly #problems: Problem[];
  readonly #sources = new Map<string, Source | undefined>();

  constructor(source: Source, problems: Problem[]) {
    this.#problems = problems;
    this.#sources.set(source.file, source);
  }

  /** @returns a service with all that it extends; undefined when there is none of that name */
  service(source: Source, name: string, chain: readonly string[] = []): Values | undefined {
    const services = isValues(source.values) ? source.values["services"] : undefined;
    const own = isValues(services) ? services[name] : undefined;
    if (!isValues(own)) return undefined;
    const base = this.#base(source, name, own["extends"], [...chain, `${source.file} ${name}`]);
    return base === undefined ? own : merged(base, own);
  }

  #base(source: Source, name: string, extended: unknown, chain: readonly string[]): Values | undefined {
    if (extended === undefined) return undefined;
    const { service: other, file } = isValues(extended) ? extended : { service: extended, file: undefined };
    const bad = (message: string, remedy: string): undefined => {
      const where = `${source.where(["services", name, "extends"])} services.${name}.extends`;
      this.#problems.push({ code: "BAD_EXTENDS", where, message, remedy });
    };
    if (typeof other !== "string") return bad("names no service", "Give one, as extends: { service: base }.");
    const from = typeof file === "string" ? this.#source(join(dirname(source.file), file)) : source;
    if (from === undefined) return undefined;
    if (chain.includes(`${from.file} ${other}`)) return bad(`${other} extends ${name} in turn`, "Break the circle.");
    const base = this.service(from, other, chain);
    if (base !== undefined) return base;
    const services = isValues(from.values) && isValues(from.values["services"]) ? from.values["services"] : {};
    return bad(`there is no service "${other}" in ${from.file}`, didYouMean(other, Object.keys(services)));
  }

  #source(file: string): Source | undefined {
    if (!this.#sources.has(file)) this.#sources.set(file, readSource(file, this.#problems));
    return this.#sources.get(file);
  }
}

/** As compose does it: maps by name, lists one after the other, and all else is the extending one's. */
function merged(base: Values, own: Values): Values {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    if (key === "extends") continue;
    const before = base[key];
    if (key === "environment") result[key] = { ...byName(before), ...byName(value) };
    else if (key === "command" || key === "entrypoint") result[key] = value;
    else if (Array.isArray(before) && Array.isArray(value)) result[key] = [...before, ...value];
    else if (isValues(before) && isValues(value)) result[key] = { ...before, ...value };
    else result[key] = value;
  }
  return result;
}

/** An environment as a map; `NAME` alone is one without a value. */
export function byName(environment: unknown): Values {
  if (isValues(environment)) return environment;
  if (!Array.isArray(environment)) return {};
  return Object.fromEntries(
    environment.map((entry) => {
      const [, name = "", , value] = /^([^=]*)(=([\s\S]*))?$/.exec(String(entry)) ?? [];
      return [name, value ?? null];
    }),
  );
}
