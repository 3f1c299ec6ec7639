import { expect, it } from "vitest";
import { wilson } from "../model/measure/proportion.ts";
import { familyRate, quantileRates, shareRates, steadyRates } from "./rates.ts";

const most = 0.05;
const budgets = [0.5, 0.6, 0.75, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999];

it("a budget fails falsely, and passes falsely, in at most 5 of 100 runs, for every number of operations", {
  timeout: 60_000,
}, () => {
  const few = Array.from({ length: 271 }, (_, index) => 30 + index);
  const many = [
    301, 333, 399, 512, 777, 999, 1000, 1500, 2400, 2999, 3000, 5000, 7777, 10_000, 29_999, 50_000, 100_000, 200_000,
  ];
  const largest = { falseFail: 0, falsePass: 0 };
  for (const total of [...few, ...many]) {
    for (const budget of budgets) {
      const { falseFail, falsePass } = shareRates(total, budget);
      expect(falseFail, `P(false fail) of ${total} at ${budget}`).toBeLessThanOrEqual(most);
      expect(falsePass, `P(false pass) of ${total} at ${budget}`).toBeLessThanOrEqual(most);
      largest.falseFail = Math.max(largest.falseFail, falseFail);
      largest.falsePass = Math.max(largest.falsePass, falsePass);
    }
  }
  // Not by deciding nothing.
  expect(largest.falseFail).toBeGreaterThan(0.049);
  expect(largest.falsePass).toBeGreaterThan(0.049);
  // As large samples come near to what is allowed.
  expect(shareRates(200_000, 0.99).falseFail).toBeGreaterThan(0.045);
  expect(shareRates(200_000, 0.99).falsePass).toBeGreaterThan(0.045);
});

it("Wilson's interval would have failed one of five runs of 222 on a budget of 99.9 %", () => {
  expect(wilson(221, 222).upper).toBeLessThan(0.999);
  expect(1 - 0.999 ** 222).toBeGreaterThan(0.19);
  expect(shareRates(222, 0.999).falseFail).toBeCloseTo(0.0212, 3);
});

it("a share of the steady phase's share is false in at most 5 of 100 runs", { timeout: 60_000 }, () => {
  for (const steadyTotal of [30, 222, 500]) {
    for (const total of [60, 222, 700]) {
      for (const [ofSteady, share] of [
        [0.98, 0.999],
        [0.98, 0.95],
        [0.9, 0.6],
        [0.5, 0.99],
        [1, 0.9],
      ] as const) {
        const of = { steadyTotal, total, ofSteady, share };
        const { falseFail, falsePass } = steadyRates(of);
        expect(falseFail, JSON.stringify(of)).toBeLessThanOrEqual(most);
        expect(falsePass, JSON.stringify(of)).toBeLessThanOrEqual(most);
      }
    }
  }
});

it("a quantile is false in at most 5 of 100 runs, and one of several in a part of them", () => {
  for (const q of [0.5, 0.95, 0.99, 0.999]) {
    for (const total of [20, 200, 222, 1000, 10_000, 200_000]) {
      const { falseFail, falsePass } = quantileRates(total, q);
      expect(falseFail).toBeLessThanOrEqual(most);
      expect(falsePass).toBeLessThanOrEqual(most);
      expect(quantileRates(total, q, 4).falseFail).toBeLessThanOrEqual(most / 4);
    }
  }
});

it("any of many buckets is falsely bad in at most 5 of 100 runs", () => {
  for (const buckets of [1, 10, 100, 1000]) {
    for (const budget of [0.5, 0.9, 0.95, 0.99]) expect(familyRate(buckets, budget)).toBeLessThanOrEqual(most);
  }
});
