import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { Problem } from "../model/errors.ts";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { instanceNames, instancesNamed, linksOf, type System } from "../model/system.ts";
import type { PlanContext } from "./schedule.ts";
import { didYouMean } from "./suggest.ts";

/** The code of what is no mistake: on another machine the same scenario runs. */
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
  const problems = kind.problems(inject.parameters).map((one) => ({ ...one, where: `${where}.inject.${one.where}` }));
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
    problems.push({
      code: "WRONG_KIND",
      where: `${where}.inject`,
      message: `${kind.kind} is for ${wanted.join(" and ")}; ${others.join(", ")} is ${kindOf(system, others[0]!)}`,
      remedy: fitting.length === 0 ? "This system has none." : `Aim at ${fitting.join(" or ")}.`,
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
  const lack = environment.lacks?.[kind.needs];
  if (lack !== undefined) {
    const message = `${kind.kind} needs ${kind.needs}, which this machine lacks`;
    problems.push({ code: notHere, where: `${where}.inject`, message, remedy: lack });
  }
  return problems;
}

function kindOf(system: System, instance: string): string {
  const component = Object.entries(system.components).find(([name, one]) =>
    instanceNames(name, one).includes(instance),
  );
  return component?.[1].kind ?? "a link";
}

function componentTargets(system: System): readonly string[] {
  const names = Object.keys(system.components);
  return [...new Set(names.flatMap((name) => [name, ...instancesNamed(system, name)]))];
}

function linkTargets(system: System): readonly string[] {
  const links = linksOf(system);
  return [...new Set(links.flatMap(({ from, to, name }) => [`${from.component}->${to.component}`, name]))];
}
