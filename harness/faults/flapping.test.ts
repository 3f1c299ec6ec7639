import { describe, expect, test } from "vitest";
import type { Injection } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { problemsOf, shopScenario } from "../plan/testing/shop.ts";
import { flapping } from "./flapping.ts";

const drawn = (options: Partial<Parameters<typeof flapping>[1]> = {}, seed = "7"): readonly Injection[] =>
  flapping("api->cache", { within: seconds(9), ...options })(randomFrom(seed));
const timesOf = (cuts: readonly Injection[]) =>
  cuts.map(({ at, lasting }) => ({
    fromMs: Number(at),
    toMs: Number(at) + Number(lasting),
    lastingMs: Number(lasting),
  }));
const many = Array.from({ length: 40 }, (_, seed) => `${seed}`);

describe("the cuts of a flapping link", () => {
  test("are ten short ones, each with its own length and pause, of one kind on the link", () => {
    const cuts = drawn();
    expect(cuts).toHaveLength(10);
    for (const { inject } of cuts) expect(inject).toEqual({ kind: "refuse", target: "api->cache", parameters: {} });
    const times = timesOf(cuts);
    expect(new Set(times.map(({ lastingMs }) => lastingMs)).size).toBe(10);
    const pauses = times.slice(1).map(({ fromMs }, index) => Math.round(fromMs - times[index]!.toMs));
    expect(new Set(pauses).size).toBe(9);
  });

  test.each(["refuse", "partition", "reset"] as const)("are by %s as long as its proof allows, and settle", (by) => {
    const [shortest, longest] = by === "partition" ? [450, 800] : [150, 400];
    for (const seed of many) {
      const times = timesOf(drawn({ by, within: seconds(13) }, seed));
      for (const { lastingMs } of times) {
        expect(lastingMs).toBeGreaterThanOrEqual(shortest!);
        expect(lastingMs).toBeLessThanOrEqual(longest!);
      }
    }
    expect(drawn({ by, within: seconds(13) })[0]!.inject.kind).toBe(by);
  });

  test("lie one after the other within the time, with the pause between them that was asked for", () => {
    for (const seed of many) {
      const times = timesOf(drawn({ cuts: 6, settle: milliseconds(500), within: seconds(5) }, seed));
      expect(times).toHaveLength(6);
      expect(times[0]!.fromMs).toBeGreaterThanOrEqual(0);
      expect(times.at(-1)!.toMs).toBeLessThanOrEqual(5000);
      for (const [index, { fromMs }] of times.slice(1).entries())
        expect(fromMs - times[index]!.toMs).toBeGreaterThanOrEqual(499.99);
    }
  });

  test("fill the time to the last millisecond where it is as short as it may be", () => {
    const exact = { cuts: 4, shortest: milliseconds(200), longest: milliseconds(200), settle: milliseconds(400) };
    const times = timesOf(drawn({ ...exact, within: seconds(2) }));
    expect(times.map(({ fromMs }) => Math.round(fromMs))).toEqual([0, 600, 1200, 1800]);
  });

  test("are the same for the same seed, others for another one, and the same for all where it has one of its own", () => {
    expect(drawn({}, "7")).toEqual(drawn({}, "7"));
    expect(drawn({}, "8")).not.toEqual(drawn({}, "7"));
    expect(drawn({ seed: "x" }, "8")).toEqual(drawn({ seed: "x" }, "7"));
  });

  test("of which one bound is stated alone take the other one along", () => {
    for (const { lastingMs } of timesOf(drawn({ longest: milliseconds(60) }))) expect(lastingMs).toBeCloseTo(60);
    for (const { lastingMs } of timesOf(drawn({ shortest: milliseconds(500), within: seconds(10) })))
      expect(lastingMs).toBeCloseTo(500);
  });
});

test.each<[string, Record<string, unknown>, where: string, remedy: RegExp]>([
  ["a time that is missing", {}, "flapping.within", /seconds\(8\)/],
  ["a time that is too short for the longest cuts", { within: seconds(8) }, "flapping.within", /fewer cuts/],
  ["a pause that is bare", { within: seconds(9), settle: 300 }, "flapping.settle", /milliseconds\(300\)/],
  ["no cut", { within: seconds(9), cuts: 0 }, "flapping.cuts", /from 1 to 1000 cuts/],
  ["a way that is unknown", { within: seconds(9), by: "refused" }, "flapping.by", /"refuse"/],
  [
    "a longest below the shortest",
    { within: seconds(9), shortest: seconds(0.3), longest: seconds(0.2) },
    "flapping.longest",
    /at least as long/,
  ],
  ["a misspelt option", { within: seconds(9), cut: 3 }, "flapping.cut", /"cuts"/],
])("%s is refused, with its remedy", (_what, options, where, remedy) => {
  const faults = [flapping("web->cache", options as never)];
  const problems = problemsOf({ ...shopScenario, faults });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ where: expect.stringContaining(where), remedy: expect.stringMatching(remedy) });
});

test("the plan takes what is drawn, and refuses a silence that is shorter than its proof", () => {
  const phases = { ...shopScenario.phases, faults: seconds(13) };
  const problems = (options: object) =>
    problemsOf({ ...shopScenario, phases, faults: [flapping("web->cache", { within: seconds(13), ...options })] });
  expect(problems({})).toEqual([]);
  expect(problems({ by: "partition" })).toEqual([]);
  const short = problems({ by: "partition", cuts: 1, shortest: milliseconds(200), longest: milliseconds(250) });
  expect(short).toMatchObject([{ code: "SHORTER_THAN_ITS_PROOF" }]);
});
