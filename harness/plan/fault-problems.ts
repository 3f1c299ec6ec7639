import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { Problem } from "../model/errors.ts";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { type ComponentDefinition, instanceNames, instancesNamed, linksOf, type System } from "../model/system.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import type { PlanContext } from "./schedule.ts";

/** The code of what is no mistake: on another machine, or in another environment, the same scenario runs. */
export const notHere = "NOT_ON_THIS_MACHINE";

/** What is wrong with a fault where it is aimed at: parameters, target, capability. */
export function problemsOfFault(
  inject: FaultSpec,
  kind: FaultKind,
  acts: readonly string[],
  system: System,
  { environment }: PlanContext,
  where: string,
): readonly Problem[] {
  const own = inject.problems ?? kind.problems(inject.parameters);
  const problems = own.map((one) => ({
    ...one,
    where: one.where === "" ? `${where}.inject` : `${where}.inject.${one.where}`,
  }));
  const noun = capabilityTargets[kind.needs];
  if (acts.length === 0) {
    problems.push({
      code: noun === "link" ? "UNKNOWN_LINK" : "UNKNOWN_COMPONENT",
      where: `${where}.inject`,
      message: `${system.name} has no ${noun} "${inject.target}"`,
      remedy: didYouMean(inject.target, noun === "link" ? linkTargets(system) : componentTargets(system)),
    });
  }
  const wanted = capabilityKinds[kind.needs];
  const others = acts.filter((name) => wanted !== undefined && !wanted.includes(kindOf(system, name)));
  if (wanted !== undefined && others.length > 0) {
    const fitting = Object.keys(system.components).filter((name) => wanted.includes(system.components[name]!.kind));
    const message = `${kind.kind} is for ${wanted.join(" and ")}; ${others.join(", ")} is ${kindOf(system, others[0]!)}`;
    const fitsElsewhere = others.every((name) =>
      Object.values(componentOf(system, name)?.otherwiseIn ?? {}).some((one) => wanted.includes(one.kind)),
    );
    problems.push({
      code: fitsElsewhere ? notHere : "WRONG_KIND",
      where: `${where}.inject`,
      message: fitsElsewhere ? `${message} in the environment ${environment.name}` : message,
      remedy: fitsElsewhere
        ? "It is run in other environments."
        : fitting.length === 0
          ? "This system has none."
          : `Aim at ${fitting.join(" or ")}.`,
    });
  }
  if (!environment.capabilities.includes(kind.needs)) {
    problems.push({
      code: "MISSING_CAPABILITY",
      where: `${where}.inject`,
      message: `${kind.kind} needs the capability ${kind.needs}, which the environment ${environment.name} lacks`,
      remedy: `It has ${environment.capabilities.join(", ")}.`,
    });
  }
  problems.push(...problemsOfAttaching(kind, acts, system, environment, `${where}.inject`));
  const lack = environment.lacks?.[kind.needs];
  if (lack !== undefined) {
    const message = `${kind.kind} needs ${kind.needs}, which is unavailable here`;
    problems.push({ code: notHere, where: `${where}.inject`, message, remedy: lack });
  }
  return problems;
}

/** Why a kind of fault is for no system that runs already; undefined when it may be. */
export function onlyForOwn(kind: FaultKind): string | undefined {
  return kind.onlyOwn === undefined ? undefined : `is only for what Faultline starts itself: ${kind.onlyOwn}`;
}

/** On a system that runs already not everything can be had everywhere, and everything must be undone. */
function problemsOfAttaching(
  kind: FaultKind,
  acts: readonly string[],
  system: System,
  { attaches, capabilities }: PlanContext["environment"],
  where: string,
): readonly Problem[] {
  if (attaches === undefined || !capabilities.includes(kind.needs)) return [];
  const whyNot = onlyForOwn(kind);
  if (whyNot !== undefined) {
    const remedy = "Try it on a copy of the system that Faultline starts, as with --env local.";
    return [{ code: "NOT_UNDOABLE", where, message: `${kind.kind} ${whyNot}`, remedy }];
  }
  return acts.flatMap((name) => {
    const lack = attaches.lacksOn(system, kind.needs, name);
    if (lack === undefined) return [];
    const message = `${kind.kind} needs ${kind.needs}, which can't be had on ${name}: ${lack.message}`;
    return [{ code: "MISSING_CAPABILITY", where, message, remedy: lack.remedy }];
  });
}

function componentOf({ components }: System, instance: string): ComponentDefinition | undefined {
  return Object.entries(components).find(([name, one]) => instanceNames(name, one).includes(instance))?.[1];
}

const kindOf = (system: System, instance: string): string => componentOf(system, instance)?.kind ?? "a link";

function componentTargets(system: System): readonly string[] {
  const names = Object.keys(system.components);
  return [...new Set(names.flatMap((name) => [name, ...instancesNamed(system, name)]))];
}

function linkTargets(system: System): readonly string[] {
  const links = linksOf(system);
  return [...new Set(links.flatMap(({ from, to, name }) => [`${from.component}->${to.component}`, name]))];
}
