import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { Problem } from "../model/errors.ts";
import type { FaultKind, Injection, ScheduledInjection } from "../model/fault.ts";
import { instanceNames, instancesNamed, linksNamed, linksOf, type System } from "../model/system.ts";
import { didYouMean } from "./suggest.ts";

/** What a plan is made against. */
export interface PlanContext {
  readonly faultKinds: readonly FaultKind[];
  readonly environment: {
    readonly name: string;
    readonly capabilities: readonly string[];
    readonly kinds: readonly string[];
  };
}

/** The drawn injections in order of time, and all that is wrong with them. */
export function schedule(
  injections: readonly Injection[],
  system: System,
  faultsMs: number,
  context: PlanContext,
): { schedule: readonly ScheduledInjection[]; problems: readonly Problem[] } {
  const inOrder = injections
    .map((injection, index) => ({ injection, index }))
    .sort((a, b) => a.injection.at - b.injection.at);
  const problems: Problem[] = [];
  const drawn: ScheduledInjection[] = [];
  for (const { injection, index } of inOrder) {
    const where = `faults[${index}]`;
    const kind = context.faultKinds.find((one) => one.kind === injection.inject?.kind);
    problems.push(...problemsOfTime(injection, faultsMs, where));
    if (kind === undefined) problems.push(unknownKind(injection, context.faultKinds, where));
    else {
      const acts = actsOn(system, kind, injection.inject.target);
      problems.push(...problemsOfFault(injection, kind, acts, system, context, where));
      const { at, lasting, inject } = injection;
      drawn.push({
        ...inject,
        id: `i${drawn.length + 1}`,
        atMs: at,
        lastingMs: lasting,
        acts,
        title: kind.title(inject),
      });
    }
  }
  return { schedule: drawn, problems: [...problems, ...overlaps(drawn)] };
}

function actsOn(system: System, kind: FaultKind, target: string): readonly string[] {
  return capabilityTargets[kind.needs] === "link"
    ? linksNamed(system, target).map((link) => link.name)
    : instancesNamed(system, target);
}

function problemsOfTime({ at, lasting }: Injection, faultsMs: number, where: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!(Number.isFinite(at) && at >= 0)) {
    problems.push({
      code: "BAD_TIME",
      where: `${where}.at`,
      message: `is ${at}`,
      remedy: "Give a time of 0 s or more.",
    });
  }
  if (!(Number.isFinite(lasting) && lasting > 0)) {
    const remedy = "Give a duration above 0, as seconds(5).";
    problems.push({ code: "BAD_DURATION", where: `${where}.lasting`, message: `is ${lasting}`, remedy });
  }
  if (at + lasting > faultsMs) {
    problems.push({
      code: "FAULT_OUTLASTS_PHASE",
      where,
      message: `ends ${(at + lasting) / 1000} s into a phase of ${faultsMs / 1000} s`,
      remedy: "Make phases.faults longer, or the fault shorter.",
    });
  }
  return problems;
}

function unknownKind({ inject }: Injection, kinds: readonly FaultKind[], where: string): Problem {
  const known = kinds.map((kind) => kind.kind);
  return {
    code: "UNKNOWN_FAULT",
    where: `${where}.inject`,
    message: `"${inject?.kind}" is no fault`,
    remedy: didYouMean(String(inject?.kind), known),
  };
}

function problemsOfFault(
  { inject }: Injection,
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

/** Two injections of one kind on one target at one time: neither could be proven, nor healed without the other. */
function overlaps(drawn: readonly ScheduledInjection[]): readonly Problem[] {
  return drawn.flatMap((first, index) =>
    drawn.slice(index + 1).flatMap((second) => {
      const shared = first.acts.filter((name) => second.acts.includes(name));
      const together = second.atMs < first.atMs + first.lastingMs;
      if (first.kind !== second.kind || shared.length === 0 || !together) return [];
      return [
        {
          code: "OVERLAPPING_FAULTS",
          where: "faults",
          message: `"${first.title}" and "${second.title}" overlap on ${shared.join(", ")}`,
          remedy: "Let one end before the other begins, or make them one.",
        },
      ];
    }),
  );
}
