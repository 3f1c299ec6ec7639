import type { Problem } from "../model/errors.ts";
import { type ComponentDefinition, clientsName, type LinkDefinition, type System } from "../model/system.ts";
import { didYouMean, nearestOf } from "../schema/did-you-mean.ts";
import { problemsAs, shown } from "../schema/problems.ts";
import { systemSchema } from "../schema/system.ts";
import type { PlanContext } from "./schedule.ts";
import { problemsOfFields, problemsOfReach } from "./settings-problems.ts";

/** The load, the proxies, and whoever asks for itself. */
const reserved = [clientsName, "toxiproxy", "localhost"];

const asSystem = { where: "system", code: "BAD_SYSTEM" } as const;

/** All that is wrong with a system's definition. The types see most of it, but not in JavaScript. */
export function problemsOfSystem(system: System, { environment }: PlanContext): readonly Problem[] {
  const remedy = "Define one with system({ name, components, entry }).";
  if (!isPlain(system)) return [{ code: "BAD_SYSTEM", where: "system", message: `is ${shown(system)}`, remedy }];
  const names = isPlain(system.components) ? Object.keys(system.components) : [];
  if (names.length === 0) {
    const misspelt = problemsAs(systemSchema, system, asSystem).filter(({ code }) => code === "UNKNOWN_FIELD");
    if (misspelt.length > 0) return misspelt;
    const message = isPlain(system.components) ? "has no components" : `has as components ${shown(system.components)}`;
    return [{ code: "NO_COMPONENTS", where: "system", message, remedy }];
  }
  const problems: Problem[] = [
    ...problemsAs(systemSchema, system, asSystem),
    ...names.flatMap((name) => problemsOfComponent(system, name, environment)),
  ];
  if (problems.length === 0 || environment.attaches !== undefined) {
    problems.push(...(environment.attaches?.problems(system) ?? []), ...(environment.problems?.(system) ?? []));
  }
  if (!names.includes(system.entry)) problems.push(unknown("system.entry", system.entry, names));
  return [...new Map(problems.toReversed().map((one) => [one.where, one])).values()].toReversed();
}

const isPlain = (given: unknown): given is object =>
  typeof given === "object" && given !== null && !Array.isArray(given) && !("then" in given);

function problemsOfComponent(system: System, name: string, environment: PlanContext["environment"]): Problem[] {
  const names = Object.keys(system.components);
  const component: ComponentDefinition | null | undefined = system.components[name];
  const where = `system.components.${name}`;
  const problems: Problem[] = [];
  if (reserved.includes(name)) {
    const remedy = "Call it otherwise: it would be taken for what goes by that name already.";
    problems.push({ code: "BAD_NAME", where, message: `"${name}" is no name for a component`, remedy });
  } else if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    const remedy = "Use lower-case letters, digits and _, so that instances and links can be told apart.";
    problems.push({ code: "BAD_NAME", where, message: `"${name}" is not a name for a component`, remedy });
  }
  if (!isPlain(component)) {
    problems.push({
      code: "BAD_COMPONENT",
      where,
      message: `is ${shown(component)}`,
      remedy: "Give one, as redis() or service({ … }).",
    });
    return problems;
  }
  if ((component.attached !== undefined) !== (environment.attaches !== undefined)) {
    problems.push(wrongWay(component, environment.name, where));
  } else if (typeof component.kind === "string" && !environment.kinds.includes(component.kind)) {
    problems.push({
      code: "UNKNOWN_KIND",
      where: `${where}.kind`,
      message: `the environment ${environment.name} cannot start a "${component.kind}"`,
      remedy: didYouMean(component.kind, environment.kinds),
    });
  }
  const fields = problemsOfFields(component, where);
  problems.push(...fields);
  const instances = component.instances ?? 1;
  if (component.port !== undefined && instances > 1) {
    const remedy = "Leave the port out: each instance gets a free one.";
    problems.push({
      code: "PORT_SHARED",
      where: `${where}.port`,
      message: `is one for ${instances} instances`,
      remedy,
    });
  }
  if (isReached(system, name)) problems.push(...problemsOfReach(component, where));
  if (fields.some((one) => one.where.startsWith(`${where}.links`))) return problems;
  const links = Object.entries(component.links ?? {});
  for (const [variable, link] of links) {
    const at = `${where}.links.${variable}`;
    if (!names.includes(link.to)) problems.push(unknown(`${at}.to`, link.to, names));
    const misspelt = misspeltPlaceholders(link.as, `${at}.as`);
    problems.push(...misspelt);
    problems.push(...statedTwice(link, links, at));
    if (misspelt.length > 0 || !names.includes(link.to)) continue;
    if (isTold(link, links, system.components[link.to]?.url !== undefined)) continue;
    const remedy = 'Write it as the component wants it, as "redis://{host}:{port}".';
    const lacks = link.as.includes("{url}") ? `"${link.to}" has no {url}` : `"${link.as}" has no {port}`;
    problems.push({ code: "BAD_ADDRESS", where: `${at}.as`, message: lacks, remedy });
  }
  return problems;
}

/** By the load, or by another component. */
function isReached({ entry, components }: System, name: string): boolean {
  const links = Object.values(components).flatMap((one) => Object.values(one?.links ?? {}));
  return entry === name || links.some((link) => link?.to === name);
}

/** Links of one component to another share a proxy, and so a number of connections. */
function statedTwice(
  { to, connections }: LinkDefinition,
  links: readonly (readonly [string, LinkDefinition])[],
  where: string,
): readonly Problem[] {
  const [first] = links.flatMap(([variable, other]) =>
    other.to === to && other.connections !== undefined ? [{ variable, connections: other.connections }] : [],
  );
  if (connections === undefined || first === undefined || first.connections === connections) return [];
  const message = `is ${connections}, and ${first.variable} to the same component states ${first.connections}`;
  const remedy = "State the sum of all connections to a component at one of its links.";
  return [{ code: "BAD_CONNECTIONS", where: `${where}.connections`, message, remedy }];
}

const placeholders = ["host", "port", "url"];

/** Braces may be the program's own, as in JSON; what is nearly a placeholder would reach the program as it stands. */
function misspeltPlaceholders(as: string, where: string): readonly Problem[] {
  return [...as.matchAll(/\{(\w+)\}/g)].flatMap(([text, name = ""]) => {
    const near = nearestOf(name, placeholders);
    if (near === undefined || placeholders.includes(name)) return [];
    const message = `"${text}" is not a placeholder, and is passed on as it stands`;
    return [{ code: "BAD_ADDRESS", where, message, remedy: `Did you mean "{${near}}"?` }];
  });
}

/** Host and port may stand in variables of their own. @param hasUrl whether it is known what `{url}` means there */
function isTold(
  { to, as }: LinkDefinition,
  links: readonly (readonly [string, LinkDefinition])[],
  hasUrl: boolean,
): boolean {
  if (as.includes("{url}")) return hasUrl;
  if (as.includes("{port}")) return true;
  return as.includes("{host}") && links.some(([, other]) => other.to === to && other.as.includes("{port}"));
}

function wrongWay({ kind, attached }: ComponentDefinition, environment: string, where: string): Problem {
  if (attached === undefined) {
    const message = `is a ${kind} to be started, and the environment ${environment} starts nothing`;
    const remedy = 'Say where it runs, as attached({ kind: "redis", at: "127.0.0.1:6379" }).';
    return { code: "NOT_ATTACHED", where, message, remedy };
  }
  const message = `runs at ${attached.at} already, and the environment ${environment} starts its components itself`;
  return { code: "RUNS_ALREADY", where, message, remedy: "Use --env attach." };
}

function unknown(where: string, name: unknown, names: readonly string[]): Problem {
  const message = `there is no component ${shown(name)}`;
  return { code: "UNKNOWN_COMPONENT", where, message, remedy: didYouMean(typeof name === "string" ? name : "", names) };
}
