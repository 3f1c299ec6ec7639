import { describe, expect, it } from "vitest";
import { faultKinds } from "../faults/index.ts";
import type { Injection } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import { shelf } from "../testing/shelf.ts";
import { lengthOf, spaceOf, trains } from "./explore.ts";
import { schedule } from "./schedule.ts";

const system = shelf();
const environment = {
  name: "here",
  capabilities: ["network", "pause", "process", "redis", "limits"],
  kinds: ["redis", "service"],
};
const context = { faultKinds, environment };
const space = spaceOf(system, context);
const drawn = (seed: string, count: number): readonly (readonly Injection[])[] => {
  const all: (readonly Injection[])[] = [];
  for (const { injections } of trains(space, randomFrom(seed), system, context)) {
    all.push(injections);
    if (all.length === count) break;
  }
  return all;
};
const titleOf = ({ inject }: Injection): string => JSON.stringify(inject);
/** How many trains have the single faults. */
const count = [...takenWhile(trains(space, randomFrom("1"), system, context), ({ isOfPairs }) => !isOfPairs)].length;
const isOnLink = ({ inject }: Injection): boolean => inject.target.includes("->");
const endOf = (one: Injection): number => Number(one.at) + one.lasting;

function* takenWhile<T>(values: Iterable<T>, isWanted: (value: T) => boolean): Generator<T> {
  for (const value of values) {
    if (!isWanted(value)) return;
    yield value;
  }
}

describe("the space", () => {
  it("has each kind that can be had here, at each place as a whole and at one instance", () => {
    const targets = (kind: string): readonly string[] =>
      space.filter(({ inject }) => inject.kind === kind).map(({ inject }) => inject.target);
    expect(targets("kill").toSorted()).toEqual(["store", "web", "web-1", "web-2"]);
    expect([...new Set(targets("partition"))].toSorted()).toEqual([
      "clients->web",
      "clients->web-1",
      "clients->web-2",
      "web-1->store",
      "web-2->store",
      "web->store",
    ]);
    expect(targets("redisReadOnly")).toEqual(["store"]);
    expect(targets("postgresKick")).toEqual([]);
  });

  it("leaves out what must be told a name, and what nobody is expected to survive", () => {
    for (const kind of ["misconfigure", "wrongCredential", "postgresLock", "redisAmnesia"])
      expect(space.some(({ inject }) => inject.kind === kind)).toBe(false);
  });
});

describe("trains", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(drawn("1", 30)).toEqual(drawn("1", 30));
    expect(drawn("1", 30)).not.toEqual(drawn("2", 30));
  });

  it("have every single fault once, and after that only pairs", () => {
    const singles = drawn("1", count);
    expect(singles.flat().map(titleOf).toSorted()).toEqual(
      space.map(({ inject }) => JSON.stringify(inject)).toSorted(),
    );
    const all = drawn("1", count + 20).slice(count);
    expect(all.every((train) => train.length === 4)).toBe(true);
  });

  it("have beside a component nothing but a link, and recover before the next", () => {
    for (const train of drawn("1", count)) {
      for (const [index, one] of train.entries()) {
        const beside = train.slice(0, index).filter((before) => endOf(before) > Number(one.at));
        expect(beside.length).toBeLessThanOrEqual(1);
        if (beside.length === 0) continue;
        expect([isOnLink(beside[0]!), isOnLink(one)]).toEqual([true, false]);
      }
    }
  });

  it("have what everybody meets before the rest, each kind on every component as a whole before an instance", () => {
    const onComponents = drawn("1", count)
      .flat()
      .filter((one) => !isOnLink(one))
      .map(({ inject }) => inject);
    const names = onComponents.map(({ kind, target }) => `${kind} ${target}`);
    expect(names.slice(0, 2).toSorted()).toEqual(["kill store", "kill web"]);
    expect(names.slice(2, 4).toSorted()).toEqual(["pause store", "pause web"]);
    const isEveryday = onComponents.map((one) => space.find(({ inject }) => inject === one)!.everyday !== undefined);
    expect(isEveryday.indexOf(false)).toBe(isEveryday.filter(Boolean).length);
  });

  it("are nothing that the plan would refuse, and end within their phase", () => {
    for (const train of drawn("3", count + 20)) {
      const stage = { system, faultsMs: lengthOf(train), operations: [], random: randomFrom("x") };
      expect(schedule(train, stage, context).problems).toEqual([]);
    }
  });
});
