import { expect, test } from "vitest";
import { phaseCode } from "../model/history.ts";
import { rampedArrivals } from "./ramp.ts";
import { load } from "./workloads.ts";

const { workload } = load({ reads: 200, orders: 100 });
const { dueMs, phase } = rampedArrivals(workload, { warmUpMs: 6000, steadyMs: 10_000 });
const between = (fromMs: number, toMs: number) => dueMs.filter((ms) => ms >= fromMs && ms < toMs).length;

test("the rate grows evenly through the warm-up", () => {
  const perSecond = [0, 1, 2, 3, 4, 5].map((second) => between(second * 1000, (second + 1) * 1000));
  for (const [second, count] of perSecond.entries()) expect(count).toBeCloseTo(50 * (second + 0.5), -1);
});

test("then it is constant, and only that counts as steady", () => {
  for (let second = 6; second < 16; second += 1) expect(between(second * 1000, (second + 1) * 1000)).toBe(300);
  const steady = dueMs.filter((_, id) => phase[id] === phaseCode("steady"));
  expect([steady.length, steady[0]]).toEqual([3000, 6000]);
});

test("nothing is due before what comes earlier", () => {
  expect(dueMs.every((ms, id) => id === 0 || ms > dueMs[id - 1]!)).toBe(true);
});
