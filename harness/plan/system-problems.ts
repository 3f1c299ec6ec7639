import type { Problem } from "../model/errors.ts";
import type { MetricsDefinition } from "../model/marks.ts";
import { type ComponentDefinition, clientsName, type LinkDefinition, type System } from "../model/system.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import type { PlanContext } from "./schedule.ts";
import { settingsProblems } from "./settings-problems.ts";

/** The load, the proxies, and whoever asks for itself. */
const reserved = [clientsName, "toxiproxy", "localhost"];

/** All that is wrong with a system's definition. The types see most of it, but not in JavaScript. */
export function problemsOfSystem(system: System, { environment }: PlanContext): readonly Problem[] {
  const names = Object.keys(system?.components ?? {});
  if (names.length === 0) {
    const remedy = "Define one with system({ name, components, entry }).";
    return [{ code: "NO_COMPONENTS", where: "system", message: "has no components", remedy }];
  }
  const problems = names.flatMap((name) => problemsOfComponent(system, name, environment));
  if (environment.attaches !== undefined) problems.push(...environment.attaches.problems(system));
  if (!names.includes(system.entry)) problems.push(unknown("system.entry", system.entry, names));
  return problems;
}

function problemsOfComponent(system: System, name: string, environment: PlanContext["environment"]): Problem[] {
  const names = Object.keys(system.components);
  const component = system.components[name];
  const where = `system.components.${name}`;
  const problems: Problem[] = [];
  if (reserved.includes(name)) {
    const remedy = "Call it otherwise: it would be taken for what goes by that name already.";
    problems.push({ code: "BAD_NAME", where, message: `"${name}" is no name for a component`, remedy });
  } else if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    const remedy = "Use lower-case letters, digits and _, so that instances and links can be told apart.";
    problems.push({ code: "BAD_NAME", where, message: `"${name}" is not a name for a component`, remedy });
  }
  if (component !== undefined && (component.attached !== undefined) !== (environment.attaches !== undefined)) {
    problems.push(wrongWay(component, environment.name, where));
  } else if (component === undefined || !environment.kinds.includes(component.kind)) {
    problems.push({
      code: "UNKNOWN_KIND",
      where: `${where}.kind`,
      message: `the environment ${environment.name} cannot start a "${component?.kind}"`,
      remedy: didYouMean(String(component?.kind), environment.kinds),
    });
  }
  const instances = component?.instances ?? 1;
  if (!Number.isInteger(instances) || instances < 1 || instances > 20) {
    const remedy = "Give a whole number from 1 to 20.";
    problems.push({ code: "BAD_INSTANCES", where: `${where}.instances`, message: `is ${instances}`, remedy });
  }
  if (component?.port !== undefined && instances > 1) {
    const remedy = "Leave the port out: each instance gets a free one.";
    problems.push({
      code: "PORT_SHARED",
      where: `${where}.port`,
      message: `is one for ${instances} instances`,
      remedy,
    });
  }
  problems.push(...problemsOfMetrics(`${where}.metrics`, component?.metrics));
  const links = Object.entries(component?.links ?? {});
  for (const [variable, link] of links) {
    const at = `${where}.links.${variable}`;
    if (!names.includes(link.to)) problems.push(unknown(`${at}.to`, link.to, names));
    if (isTold(link, links, system.components[link.to]?.url !== undefined)) continue;
    const remedy = 'Write it as the component wants it, as "redis://{host}:{port}".';
    const lacks = link.as.includes("{url}") ? `"${link.to}" has no {url}` : `"${link.as}" has no {port}`;
    problems.push({ code: "BAD_ADDRESS", where: `${at}.as`, message: lacks, remedy });
  }
  return [...problems, ...problemsOfSettings(component, where, isReached(system, name))];
}

/** By the load, or by another component. */
function isReached({ entry, components }: System, name: string): boolean {
  const links = Object.values(components).flatMap((one) => Object.values(one?.links ?? {}));
  return entry === name || links.some(({ to }) => to === name);
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

function problemsOfSettings(
  component: ComponentDefinition | undefined,
  where: string,
  isReached: boolean,
): readonly Problem[] {
  if (component === undefined) return [];
  const problems = settingsProblems[component.kind]?.(component, isReached) ?? [];
  return problems.map((one) => ({ ...one, where: `${where}.${one.where}` }));
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

function problemsOfMetrics(where: string, metrics: MetricsDefinition | undefined): readonly Problem[] {
  if (metrics === undefined) return [];
  const marks = Object.entries(metrics.marks ?? {});
  const isBound = (value: unknown): boolean => value === undefined || Number.isFinite(value);
  const bad = marks.filter(([, { metric, above, below }]) => {
    const isSomeBound = above !== undefined || below !== undefined;
    return !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric) || !isBound(above) || !isBound(below) || !isSomeBound;
  });
  const problems: Problem[] = bad.map(([name, mark]) => {
    const remedy =
      'Name a metric, and a number that it must be above or below, as { metric: "pool_waiting", above: 0 }.';
    return { code: "BAD_MARK", where: `${where}.marks["${name}"]`, message: `is ${JSON.stringify(mark)}`, remedy };
  });
  if (typeof metrics.path === "string" && metrics.path.startsWith("/") && marks.length > 0) return problems;
  const remedy = 'Give a path, and what is to be told of it: { path: "/metrics", marks: { … } }.';
  return [...problems, { code: "BAD_METRICS", where, message: `is ${JSON.stringify(metrics)}`, remedy }];
}

function unknown(where: string, name: string, names: readonly string[]): Problem {
  const message = `there is no component "${name}"`;
  return { code: "UNKNOWN_COMPONENT", where, message, remedy: didYouMean(String(name), names) };
}
