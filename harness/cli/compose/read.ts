import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { exits, FaultlineError, type Problem } from "../../model/errors.ts";
import { didYouMean } from "../../schema/did-you-mean.ts";
import { Extender, isValues, type Values } from "./extend.ts";
import type { Variables } from "./interpolate.ts";
import type { Composed } from "./service.ts";
import { ServiceReader } from "./service-reader.ts";
import { readSource, type Source } from "./source.ts";

/**
 * Reads a compose file.
 * @param profiles those that are wanted besides what has none
 * @throws FaultlineError (64) with everything that is wrong with it, each with its line
 */
export function readCompose(file: string, profiles: readonly string[], shell: Variables): Composed {
  const problems: Problem[] = [];
  const source = readSource(file, problems);
  const composed = source === undefined ? undefined : composedOf(source, profiles, shell, problems);
  if (composed === undefined || problems.length > 0) throw new FaultlineError(exits.usage, problems);
  return composed;
}

function composedOf(source: Source, profiles: readonly string[], shell: Variables, problems: Problem[]): Composed {
  const values = isValues(source.values) ? source.values : {};
  const services = isValues(values["services"]) ? values["services"] : {};
  const names = Object.keys(services);
  if (names.length === 0) {
    const remedy = "Name a compose file that has some.";
    problems.push({ code: "NO_SERVICES", where: source.file, message: "has no services", remedy });
  }
  if (values["include"] !== undefined) {
    const remedy = "Join the files first: `docker compose config > joined.yaml`, and begin with that one.";
    const where = `${source.where(["include"])} include`;
    problems.push({ code: "NOT_FOLLOWED", where, message: "other files are not followed", remedy });
  }
  const dotEnv = join(dirname(source.file), ".env");
  const hasDotEnv = existsSync(dotEnv);
  const variables = { ...(hasDotEnv ? parseEnv(readFileSync(dotEnv, "utf8")) : {}), ...shell };
  const unset = new Set<string>();
  const extender = new Extender(source, problems);
  const all = names.flatMap((name) => {
    const service = extender.service(source, name);
    if (service === undefined) problems.push(noMap(source, name));
    return service === undefined ? [] : [{ name, values: service }];
  });
  const isWanted = (one: { readonly values: Values }): boolean => {
    const own = profilesOf(one.values);
    return own.length === 0 || own.some((profile) => profiles.includes(profile) || profiles.includes("*"));
  };
  const known = [...new Set(all.flatMap((one) => profilesOf(one.values)))];
  for (const profile of profiles) {
    if (profile === "*" || known.includes(profile)) continue;
    const message = `no service has the profile "${profile}"`;
    problems.push({ code: "UNKNOWN_PROFILE", where: "--profile", message, remedy: didYouMean(profile, known) });
  }
  const read = all.filter(isWanted).map((one) => {
    return new ServiceReader({ ...one, source, variables, unset, names, problems }).read();
  });
  if (all.length > 0 && read.every(({ name }) => read.some(({ completed }) => completed.includes(name)))) {
    const remedy = profiles.length === 0 ? "Name a profile, as --profile full." : "Name a compose file that has some.";
    problems.push({ code: "NO_SERVICES", where: source.file, message: "has no service that goes on running", remedy });
  }
  const told = typeof values["name"] === "string" ? values["name"] : basename(dirname(resolve(source.file)));
  return {
    project: plainName(told),
    services: read,
    leftOut: all.filter((one) => !isWanted(one)).map((one) => ({ name: one.name, profiles: profilesOf(one.values) })),
    unset: [...unset],
    override: overrideOf(source.file),
    hasDotEnv,
  };
}

/** What compose adds to a file of one of its own names, where nothing else is said. */
function overrideOf(file: string): string | undefined {
  const [, stem] = /^(compose|docker-compose)\.ya?ml$/.exec(basename(file)) ?? [];
  const names = [`${stem}.override.yml`, `${stem}.override.yaml`];
  return names.find((name) => stem !== undefined && existsSync(join(dirname(file), name)));
}

/** As compose makes it plain, since the names of images are made of it. */
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "") || "system";

const profilesOf = ({ profiles }: Values): readonly string[] =>
  Array.isArray(profiles) ? profiles.map((profile) => String(profile)) : [];

const noMap = (source: Source, name: string): Problem => ({
  code: "BAD_SERVICE",
  where: `${source.where(["services", name])} services.${name}`,
  message: "is no map of settings",
  remedy: "Give it an image, or a build.",
});
