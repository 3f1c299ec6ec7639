import { capabilityTargets } from "../model/capabilities.ts";
import type { FaultKind, FaultSpec, Injection } from "../model/fault.ts";
import { type Random, randomFrom } from "../model/random.ts";
import { clientsName, instanceNames, linksOf, type System } from "../model/system.ts";
import { milliseconds } from "../model/units.ts";
import { type PlanContext, schedule } from "./schedule.ts";

/** One fault at one place, as it is to be tried. */
export interface Single {
  readonly inject: FaultSpec;
  /** Its kind's place among those that every operator meets sooner or later; undefined for all others. */
  readonly everyday: number | undefined;
}

/** A schedule that is tried: some faults, in a row or at the same time. */
export interface Train {
  readonly injections: readonly Injection[];
  /** Whether what it tries is that they act together, and not each of them. */
  readonly isOfPairs: boolean;
}

/** The first fault of a train strikes this long after the phase began, each other one this long after the heal. */
const breathMs = 1200;
const firstMs = 300;
const groupsPerTrain = 6;
const pairsPerTrain = 2;
/** Of two that act at the same time, the second begins so much later. */
const headStartMs = 500;
/** How long a fault lasts: as many short ones as long ones, on a scale of ratios. */
const [shortestMs, longestMs] = [1000, 6000];

/**
 * Everything that can be broken in a system, one thing at a time: each kind of fault, with each of its parameters for
 * exploring, on each component and each link as a whole and on one instance of those that have several. Whatever the
 * plan would refuse is left out.
 */
export function spaceOf(system: System, context: PlanContext): readonly Single[] {
  return context.faultKinds.flatMap((kind) =>
    (kind.explored ?? [kind.example]).flatMap((parameters) =>
      targetsOf(system, kind)
        .map((target) => ({ inject: { kind: kind.kind, target, parameters }, everyday: kind.everyday }))
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
 * Schedules without an end: first every single fault once, those that everybody meets before the others and one
 * component after the other, several in a row with a pause to recover in between, since it is the start of a system that
 * takes long. While a component is struck, a link is, too, which takes no time more and shows what goes on between. Then
 * come pairs for the sake of the pair. The same seed gives the same schedules.
 */
export function* trains(
  space: readonly Single[],
  random: Random,
  system: System,
  context: PlanContext,
): Generator<Train> {
  const order = ordered(shuffled(space, random.stream("order")), system);
  const lengths = random.stream("lengths");
  let drawn = 0;
  const lasting = (): number => {
    drawn += 1;
    return Math.round(shortestMs * (longestMs / shortestMs) ** lengths.at(drawn));
  };
  const isPair = (pair: readonly Single[]): boolean =>
    isPossible(inARow([pair.map(({ inject }) => ({ inject, lastingMs: longestMs, afterMs: 0 }))]), system, context);
  const groups = besideEachOther(order, system, isPair).map((group) =>
    group.map(({ inject }, place) => ({ inject, lastingMs: lasting(), afterMs: headStartMs * place })),
  );
  for (let index = 0; index < groups.length; index += groupsPerTrain)
    yield { injections: inARow(groups.slice(index, index + groupsPerTrain)), isOfPairs: false };
  const picks = random.stream("pairs");
  const pick = (counter: number): Single => order[Math.floor(picks.at(counter) * order.length)]!;
  for (let counter = 0, found: Part[][] = []; order.length > 1; counter += 1) {
    const pair = [pick(2 * counter), pick(2 * counter + 1)].map(({ inject }, place) => ({
      inject,
      lastingMs: Math.max(1500, lasting()),
      afterMs: headStartMs * place,
    }));
    if (isPossible(inARow([pair]), system, context)) found.push(pair);
    if (found.length < pairsPerTrain) continue;
    yield { injections: inARow(found), isOfPairs: true };
    found = [];
  }
}

/**
 * With each fault of a component the next one of a link that may act at the same time; what is left, alone. Both must be
 * seen: a link of the component itself carries nothing meanwhile, and where the clients' own link is cut nobody sees the
 * component's fault.
 */
function besideEachOther(
  order: readonly Single[],
  system: System,
  isPair: (pair: readonly Single[]) => boolean,
): readonly (readonly Single[])[] {
  const isOnLink = ({ inject }: Single): boolean => inject.target.includes("->");
  const areSeen = (link: Single, { inject }: Single): boolean => {
    const ends = link.inject.target.split("->").map((end) => struck(end, system));
    return !ends.includes(struck(inject.target, system));
  };
  const isOfClients = ({ inject }: Single): boolean => inject.target.startsWith(`${clientsName}->`);
  const links = new Set(order.filter((single) => isOnLink(single) && !isOfClients(single)));
  const groups = order.flatMap((single) => {
    if (isOnLink(single)) return isOfClients(single) ? [[single]] : [];
    const link = [...links].find((one) => areSeen(one, single) && isPair([one, single]));
    if (link !== undefined) links.delete(link);
    return [link === undefined ? [single] : [link, single]];
  });
  return [...groups, ...[...links].map((link) => [link])];
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

/**
 * What everybody meets before the rest, in the order of the kinds; of these one component after the other, on each one
 * kind after the other, and of each kind a component or link as a whole before a single instance, and what users meet at
 * once, the links of the entry, before others. So the first train kills every component: the first few tell the most.
 */
function ordered(singles: readonly Single[], system: System): readonly Single[] {
  const isWhole = ({ inject: { target } }: Single): boolean =>
    target.split("->").every((end) => end === clientsName || Object.hasOwn(system.components, end));
  const isOfEntry = ({ inject: { target } }: Single): boolean => target.startsWith(`${system.entry}->`);
  const byKind = (group: readonly Single[]): readonly Single[] =>
    inTurn(
      group
        .toSorted((one, other) => Number(isOfEntry(other)) - Number(isOfEntry(one)))
        .toSorted((one, other) => Number(isWhole(other)) - Number(isWhole(one)))
        .toSorted((one, other) => (one.everyday ?? 0) - (other.everyday ?? 0)),
      ({ inject }) => inject.kind,
    );
  return [true, false].flatMap((first) => {
    const some = singles.filter(({ everyday }) => (everyday !== undefined) === first);
    const groups = [...Map.groupBy(some, ({ inject }) => struck(inject.target, system)).values()].map(byKind);
    return inTurn(groups.flat(), ({ inject }) => struck(inject.target, system));
  });
}

/** The component that a fault is about: of a link the one that is at its end. */
function struck(target: string, { components }: System): string {
  const end = target.split("->").at(-1)!;
  const names = Object.entries(components);
  return names.find(([name, one]) => [name, ...instanceNames(name, one)].includes(end))?.[0] ?? end;
}

/** One of each group, then the next one of each, until all are there; each group in the order that it had. */
function inTurn<T>(values: readonly T[], groupOf: (value: T) => string): readonly T[] {
  const groups = [...Map.groupBy(values, groupOf).values()];
  const longest = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, round) => groups.flatMap((group) => group.slice(round, round + 1))).flat();
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
