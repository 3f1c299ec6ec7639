import { createColors } from "picocolors";
import { expect, it } from "vitest";
import { capacityOf, type RateTrial } from "../load/capacity.ts";
import { milliseconds } from "../model/units.ts";
import { concluded, type Found, promisesOf } from "./capacity.ts";
import { trialTable } from "./capacity-words.ts";
import type { Output } from "./output.ts";

const output = { colours: createColors(false) } as Output;
const trial = (perSecond: number, goodRatio: number, rest: Partial<RateTrial> = {}): RateTrial => ({
  perSecond,
  intended: 4000,
  goodRatio,
  p50Ms: 2,
  p99Ms: 9,
  isKept: goodRatio >= 0.99,
  ...rest,
});
const loop = { connections: 8, perSecond: 800, okRatio: 1, errors: 0, p50Ms: 2, p99Ms: 9 };
const promise = { workload: "people", availability: 0.99, withinMs: 300 };
function found(trials: readonly RateTrial[], rest: Partial<Found> = {}, faults: Found["judgeFaults"] = []): Found {
  const base = { ...capacityOf(trials), promises: [promise], ceiling: 800, closedLoop: [loop], ...rest };
  return concluded(base, faults ?? []);
}
const table = (of: Found): string => trialTable(of, output).join("\n");

it("the sentence has the promise, both rates and the closed loop, and is the same in the document", () => {
  const capacity = found([trial(500, 0.995), trial(540, 0.97)]);
  expect(capacity.sentence).toBe(
    "The promise (99 % ok within 300 ms) holds at 500/s and not at 540/s; a closed loop reached 800/s with 8 connections.",
  );
  expect(table(capacity).endsWith(capacity.sentence)).toBe(true);
});

it("a share is rounded down: what missed the promise never looks as if it had kept it", () => {
  const lines = table(found([trial(500, 0.98996), trial(400, 0.99), trial(300, 0.99996), trial(200, 1)]));
  expect(lines).toContain("✗      500/s  good   98.9 %");
  expect(lines).toContain("✓      400/s  good     99 %");
  expect(lines).toContain("✓      300/s  good 99.996 %");
  expect(lines).toContain("✓      200/s  good    100 %");
});

it("a rate of which the trial says nothing is not said to be broken, nor marked as kept or broken", () => {
  const late = trial(540, 0.9, { doubt: "the load generator itself was late (lag up to 80 ms)" });
  const capacity = found([trial(500, 0.995), late, trial(700, 0.5)]);
  expect(capacity).toMatchObject({ holds: 500, doubted: 540, breaks: 700 });
  expect(capacity.sentence).toContain("holds at 500/s and not at 700/s; at 540/s it is unknown: the load generator");
  expect(table(capacity)).toContain("?      540/s");
  const unknown = found([late]);
  expect(unknown.sentence).toMatch(/^Whether the promise \(99 % ok within 300 ms\) holds at any rate is unknown/);
  expect(found([trial(500, 0.995), late]).sentence).not.toContain("not at");
});

it("a rate above what the closed loop reached is said to be above it, and no rate to be the most", () => {
  expect(found([trial(910, 0.995)]).sentence).toMatch(
    /holds at 910\/s, the highest rate that was tried; a closed loop reached 800\/s with 8 connections, which is less/,
  );
  expect(found([trial(500, 0.995)], { ceiling: 0 }).sentence).toContain("in a closed loop no answer was ok");
});

it("no rate is given when none was kept", () => {
  expect(found([trial(500, 0.5), trial(8, 0.5)]).sentence).toMatch(
    /^The promise \(99 % ok within 300 ms\) was kept at no rate that was tried, from 8\/s;/,
  );
});

it("no rate is given when a judge did not do its work: which operation, what, and how often", () => {
  const faults = [{ operation: "get", message: "threw: no JSON", times: 812, asked: 4000 }];
  const capacity = found([trial(500, 0.995), trial(540, 0.97)], {}, faults);
  expect(capacity.sentence).toMatch(
    /^The capacity is unknown. The judge of the operation "get" failed in 812 of 4,000 answers; the first time it threw: no JSON. Correct it/,
  );
  expect(capacity).not.toHaveProperty("holds");
  expect(capacity).not.toHaveProperty("breaks");
  expect(capacity.judgeFaults).toEqual(faults);
});

it("of several workloads the one whose promise was broken is named", () => {
  const promises = [promise, { workload: "orders", availability: 0.999, withinMs: 100 }];
  const broken = [{ workload: "orders", goodRatio: 0.98, availability: 0.999 }];
  const lines = table(found([trial(500, 0.998, { isKept: false, broken })], { promises }));
  expect(lines).toContain("✗      500/s  good   99.8 %");
  expect(lines).toContain("orders 98 % of 99.9 %");
  expect(lines).toContain("people: 99 % ok within 300 ms; orders: 99.9 % ok within 100 ms");
});

it("the flags state the promise of every workload, whatever it promises itself", () => {
  const base = { perSecond: 1, keys: 1, sessions: 1, operations: {} };
  const slo = { availability: 0.9, within: milliseconds(50) };
  const workloads = [
    { name: "a", ...base },
    { name: "b", ...base, slo },
  ];
  const spoken = (flags: { within?: string; availability?: string }, of = workloads) =>
    promisesOf(of, flags).map(({ availability, within }) => [availability, Number(within)]);
  expect(spoken({})).toEqual([
    [0.9, 50],
    [0.9, 50],
  ]);
  expect(spoken({ availability: "0.5" })).toEqual([
    [0.5, 50],
    [0.5, 50],
  ]);
  expect(spoken({ within: "700" })).toEqual([
    [0.9, 700],
    [0.9, 700],
  ]);
  expect(spoken({}, [{ name: "a", ...base }])).toEqual([[0.99, 300]]);
});
