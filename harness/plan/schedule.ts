import { capabilityTargets } from "../model/capabilities.ts";
import type { AttachRules } from "../model/environment.ts";
import type { Problem } from "../model/errors.ts";
import type { FaultKind, Injection, ScheduledInjection } from "../model/fault.ts";
import { roundedTo, statedDuration } from "../model/quantities.ts";
import type { Random } from "../model/random.ts";
import { instancesNamed, linksNamed, type System } from "../model/system.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { readAs } from "../schema/problems.ts";
import { injectionSchema } from "../schema/scenario.ts";
import { problemsOfFault } from "./fault-problems.ts";
import { problemsOfMilestone, problemsOfMilestoneFields } from "./milestone-problems.ts";
import { problemsOfOverlaps } from "./overlaps.ts";

/** What a plan is made against. */
export interface PlanContext {
  readonly faultKinds: readonly FaultKind[];
  readonly environment: {
    readonly name: string;
    readonly capabilities: readonly string[];
    /** Capabilities that it has elsewhere, but not on this machine: what is missing, and how to get it. */
    readonly lacks?: Readonly<Partial<Record<string, string>>>;
    readonly kinds: readonly string[];
    readonly attaches?: AttachRules;
    /** What of a system cannot be started on this machine, as a program that is not there. */
    problems?(system: System): readonly Problem[];
  };
}

/** What injections are scheduled for. */
export interface Stage {
  readonly system: System;
  /** Length of the phase `faults`. */
  readonly faultsMs: number;
  /** Names of the workloads' operations. */
  readonly operations: readonly string[];
  /** Picks moments and instances. */
  readonly random: Random;
  /** Where the scenario states each injection; `faults[0]`, `faults[1]`, … when it is absent. */
  readonly places?: readonly string[];
}

/** What is wrong with the fields of injections, whatever the system is. */
export function problemsOfInjections(injections: readonly Injection[], places: readonly string[]): readonly Problem[] {
  return injections.flatMap((one, index) => {
    const read = readInjection(one, places[index]!);
    return "problems" in read ? read.problems : [];
  });
}

/** The drawn injections in order of time, and all that is wrong with them. */
export function schedule(
  injections: readonly Injection[],
  stage: Stage,
  context: PlanContext,
): { schedule: readonly ScheduledInjection[]; problems: readonly Problem[] } {
  const { system, faultsMs } = stage;
  const placeOf = (index: number): string => stage.places?.[index] ?? `faults[${index}]`;
  const read = injections.map((injection, index) => readInjection(injection, placeOf(index)));
  const problems: Problem[] = read.flatMap((one, index) =>
    "problems" in one
      ? [...one.problems, ...problemsOfUnread(injections[index]!, system, context, placeOf(index))]
      : [],
  );
  const inOrder = read
    .flatMap((one, index) =>
      "value" in one ? [{ injection: one.value, index, atMs: momentOf(one.value, index, stage.random) }] : [],
    )
    .sort((a, b) => a.atMs - b.atMs);
  const drawn: ScheduledInjection[] = [];
  for (const { injection, index, atMs } of inOrder) {
    const where = placeOf(index);
    const { inject, after, lasting } = injection;
    const kind = context.faultKinds.find((one) => one.kind === inject?.kind);
    problems.push(...problemsOfTime(injection, atMs, faultsMs, where));
    if (after !== undefined) problems.push(...problemsOfMilestone(after, stage, `${where}.after`));
    if (kind === undefined) problems.push(unknownKind(injection, context.faultKinds, where));
    else {
      problems.push(...problemsOfProof(injection, kind, where));
      const all = actsOn(system, kind, inject.target);
      problems.push(...problemsOfFault(inject, kind, all, system, context, where));
      const acts = injection.on === "one" ? all.slice(0, 1).map(() => pickOf(all, index, stage.random)) : all;
      const { parameters } = inject;
      const struck = {
        kind: kind.kind,
        target: injection.on === "one" ? (acts[0] ?? inject.target) : inject.target,
        parameters,
      };
      drawn.push({
        ...struck,
        id: `i${drawn.length + 1}`,
        atMs,
        ...(after === undefined ? {} : { after }),
        lastingMs: lasting,
        acts,
        title: kind.title(struck),
      });
    }
  }
  return { schedule: drawn, problems: [...problems, ...problemsOfOverlaps(drawn, context.faultKinds, stage)] };
}

/** An injection with plain numbers of milliseconds, or what is wrong with its fields. */
function readInjection(
  given: Injection,
  where: string,
): { readonly value: Injection } | { readonly problems: readonly Problem[] } {
  if (given.problems !== undefined)
    return { problems: given.problems.map((one) => ({ ...one, where: `${where}: ${one.where}` })) };
  const read = readAs(injectionSchema, given, { where, code: "BAD_FAULTS" });
  const ofMilestone = given.after === undefined ? [] : problemsOfMilestoneFields(given.after, `${where}.after`);
  if ("problems" in read) return { problems: [...read.problems, ...ofMilestone] };
  return ofMilestone.length > 0 ? { problems: ofMilestone } : { value: read.value as unknown as Injection };
}

/** What is wrong with the fault itself of an injection that has another problem, as a time without a unit. */
function problemsOfUnread(
  injection: Injection,
  system: System,
  context: PlanContext,
  where: string,
): readonly Problem[] {
  const { inject } = injection as { readonly inject?: Partial<Injection["inject"]> };
  if (typeof inject?.kind !== "string" || typeof inject.target !== "string" || inject.parameters === undefined)
    return [];
  const fault = inject as Injection["inject"];
  const kind = context.faultKinds.find((one) => one.kind === fault.kind);
  if (kind === undefined) return [unknownKind(injection, context.faultKinds, where)];
  return problemsOfFault(fault, kind, actsOn(system, kind, fault.target), system, context, where);
}

/** Each injection has draws of its own, so that none moves when another one is changed. */
function momentOf({ at, after }: Injection, index: number, random: Random): number {
  if (at === undefined) return after === undefined ? Number.NaN : 0;
  if (typeof at === "number") return at;
  return at.from + random.stream("moments").at(index) * (at.to - at.from);
}

function pickOf(all: readonly string[], index: number, random: Random): string {
  return all[Math.floor(random.stream("picks").at(index) * all.length)]!;
}

function actsOn(system: System, kind: FaultKind, target: string): readonly string[] {
  return capabilityTargets[kind.needs] === "link"
    ? linksNamed(system, target).map((link) => link.name)
    : instancesNamed(system, target);
}

function problemsOfTime({ at, lasting }: Injection, atMs: number, faultsMs: number, where: string): readonly Problem[] {
  const problems: Problem[] = [];
  const isBackwards = typeof at === "object" && !(at.from <= at.to);
  if (!(Number.isFinite(atMs) && atMs >= 0) || isBackwards) {
    problems.push({
      code: "BAD_TIME",
      where: `${where}.at`,
      message: `is ${at === undefined ? "missing" : JSON.stringify(at)}`,
      remedy: "Give a time of 0 s or more, a window { from, to }, or a milestone as `after`.",
    });
  }
  const latestMs = typeof at === "object" ? at.to : atMs;
  if (latestMs + lasting > faultsMs) {
    problems.push({
      code: "FAULT_OUTLASTS_PHASE",
      where,
      message: `ends ${statedDuration(latestMs + lasting)} into a phase of ${statedDuration(faultsMs)}`,
      remedy: "Make phases.faults longer, or the fault shorter.",
    });
  }
  return problems;
}

/** A fault that is over before it can be seen acting would be healed late, or never proven. */
function problemsOfProof({ inject, lasting }: Injection, kind: FaultKind, where: string): readonly Problem[] {
  const proofMs = kind.provenAfterMs?.(inject.parameters) ?? 0;
  if (!(Number(lasting) <= proofMs)) return [];
  const [given, needed] = [Number(lasting), roundedTo(proofMs, 1, "up")].map(statedDuration);
  const longer = Math.floor(proofMs / 1000) + 1;
  const title = kind.title(inject);
  return [
    {
      code: "SHORTER_THAN_ITS_PROOF",
      where: `${where}.lasting`,
      message: `is ${given}, and to prove that ${title} acts takes ${needed}`,
      remedy: `Let it last longer than that, as seconds(${longer}), or make the fault smaller.`,
    },
  ];
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
