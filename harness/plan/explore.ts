import { capabilityTargets } from "../model/capabilities.ts";
import type { FaultKind, FaultSpec, Injection } from "../model/fault.ts";
import { type Random, randomFrom } from "../model/random.ts";
import { instanceNames, linksOf, type System } from "../model/system.ts";
import { milliseconds } from "../model/units.ts";
import { type PlanContext, schedule } from "./schedule.ts";

/** One fault at one place, as it is to be tried. */
export interface Single {
  readonly inject: FaultSpec;
  /** Whether every operator meets it sooner or later. */
  readonly isEveryday: boolean;
}

/** The first fault of a train strikes this long after the phase began, each other one this long after the heal. */
const breathMs = 1200;
const firstMs = 300;
const singlesPerTrain = 4;
const pairsPerTrain = 2;
/** How long a fault lasts: as many short ones as long ones, on a scale of ratios. */
const [shortestMs, longestMs] = [600, 6000];

/**
 * Everything that can be broken in a system, one thing at a time: each kind of fault, with each of its parameters for
 * exploring, on each component and each link as a whole and on one instance of those that have several. Whatever the
 * plan would refuse is left out.
 */
export function spaceOf(system: System, context: PlanContext): readonly Single[] {
  return context.faultKinds.flatMap((kind) =>
    (kind.explored ?? [kind.example]).flatMap((parameters) =>
      targetsOf(system, kind)
        .map((target) => ({ inject: { kind: kind.kind, target, parameters }, isEveryday: kind.everyday === true }))
        .filter(({ inject }) =>
          isPossible([{ at: milliseconds(0), lasting: milliseconds(1000), inject }], system, context),
        ),
    ),
  );
}

function targetsOf(system: System, kind: FaultKind): readonly string[] {
  if (capabilityTargets[kind.needs] === "link") {
    const links = linksOf(system);
    const whole = links.map(({ from, to }) => `${from.component}->${to.component}`);
    return [...new Set([...whole, ...links.map(({ name }) => name)])];
  }
  const names = Object.entries(system.components);
  return [...new Set(names.flatMap(([name, component]) => [name, ...instanceNames(name, component)]))];
}

function isPossible(injections: readonly Injection[], system: System, context: PlanContext): boolean {
  const faultsMs = lengthOf(injections);
  return (
    schedule(injections, { system, faultsMs, operations: [], random: randomFrom("") }, context).problems.length === 0
  );
}

/** How long the phase `faults` must be for them. */
export const lengthOf = (injections: readonly Injection[]): number =>
  Math.max(...injections.map(({ at, lasting }) => Number(at) + lasting)) + 500;

/**
 * Schedules without an end: first every single fault once, those that everybody meets before the others, several in a
 * row with a pause to recover in between, since it is the start of a system that takes long; then pairs that act at the
 * same time. The same seed gives the same schedules.
 */
export function* trains(
  space: readonly Single[],
  random: Random,
  system: System,
  context: PlanContext,
): Generator<readonly Injection[]> {
  const order = shuffled(space, random.stream("order")).toSorted((a, b) => Number(b.isEveryday) - Number(a.isEveryday));
  const lengths = random.stream("lengths");
  let drawn = 0;
  const lasting = (): number => {
    drawn += 1;
    return Math.round(shortestMs * (longestMs / shortestMs) ** lengths.at(drawn));
  };
  for (let index = 0; index < order.length; index += singlesPerTrain) {
    yield inARow(
      order.slice(index, index + singlesPerTrain).map(({ inject }) => [{ inject, lastingMs: lasting(), afterMs: 0 }]),
    );
  }
  const picks = random.stream("pairs");
  const pick = (counter: number): Single => order[Math.floor(picks.at(counter) * order.length)]!;
  for (let counter = 0, found: Part[][] = []; order.length > 1; counter += 1) {
    const pair = [pick(2 * counter), pick(2 * counter + 1)].map(({ inject }, place) => ({
      inject,
      lastingMs: Math.max(1500, lasting()),
      afterMs: 500 * place,
    }));
    if (isPossible(inARow([pair]), system, context)) found.push(pair);
    if (found.length < pairsPerTrain) continue;
    yield inARow(found);
    found = [];
  }
}

interface Part {
  readonly inject: FaultSpec;
  readonly lastingMs: number;
  /** After the first of those that act at the same time. */
  readonly afterMs: number;
}

function inARow(groups: readonly (readonly Part[])[]): readonly Injection[] {
  let fromMs = firstMs;
  return groups.flatMap((group) => {
    const injections = group.map(({ inject, lastingMs, afterMs }) => ({
      at: milliseconds(fromMs + afterMs),
      lasting: milliseconds(lastingMs),
      inject,
    }));
    fromMs = Math.max(...injections.map(({ at, lasting }) => at + lasting)) + breathMs;
    return injections;
  });
}

/** Fisher and Yates, "Statistical tables", 1938. */
function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.at(last) * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
