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
  for (const train of trains(space, randomFrom(seed), system, context)) {
    all.push(train);
    if (all.length === count) break;
  }
  return all;
};
const titleOf = ({ inject }: Injection): string => JSON.stringify(inject);
const count = Math.ceil(space.length / 6);
const overlaps = (train: readonly Injection[]): boolean =>
  train.some((one, index) => index > 0 && Number(one.at) < Number(train[index - 1]!.at) + train[index - 1]!.lasting);

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

  it("have every single fault once, what everybody meets first, and none beside another; pairs only after that", () => {
    const singles = drawn("1", count);
    expect(singles.flat().map(titleOf).toSorted()).toEqual(
      space.map(({ inject }) => JSON.stringify(inject)).toSorted(),
    );
    expect(singles.some(overlaps)).toBe(false);
    const isEveryday = singles.flat().map((one) => space.find(({ inject }) => inject === one.inject)!.everyday !== undefined);
    expect(isEveryday.indexOf(false)).toBe(isEveryday.filter(Boolean).length);
    const all = drawn("1", count + 20);
    expect(all.slice(count).every(overlaps)).toBe(true);
  });

  it("strike one component after the other, so that the first of them tell of all", () => {
    const [first = []] = drawn("1", 1);
    const struck = first.map(({ inject }) => inject.target.split("->").at(-1)!.replace(/-\d$/, ""));
    expect(struck.filter((name) => name === "web")).toHaveLength(3);
    expect(struck.filter((name) => name === "store")).toHaveLength(3);
    expect(new Set(struck.slice(0, 2)).size).toBe(2);
  });

  it("begin with the kinds that are met most, each on every component as a whole before an instance", () => {
    const [first = []] = drawn("1", 1);
    const kinds = first.map(({ inject }) => `${inject.kind} ${inject.target.split("->").at(-1)}`);
    const inOrder = ["kill", "partition", "pause"].flatMap((kind) => [`${kind} store`, `${kind} web`]);
    expect(kinds.toSorted()).toEqual(inOrder.toSorted());
    expect(kinds.map((one) => one.split(" ")[0])).toEqual(["kill", "kill", "partition", "partition", "pause", "pause"]);
  });

  it("are nothing that the plan would refuse, and end within their phase", () => {
    for (const train of drawn("3", count + 20)) {
      const stage = { system, faultsMs: lengthOf(train), operations: [], random: randomFrom("x") };
      expect(schedule(train, stage, context).problems).toEqual([]);
    }
  });
});
