import { expect, it } from "vitest";
import { milliseconds } from "../model/units.ts";
import { doubtOf } from "./trial.ts";

const promise = [{ availability: 0.99, within: milliseconds(300) }];
const seen = { intended: 1000, bad: 0, isKept: true, late: [] };

it("a trial of fewer operations than have one failure on average shows neither that a promise is kept nor that it is not", () => {
  expect(doubtOf(seen, promise)).toBeUndefined();
  expect(doubtOf({ ...seen, intended: 100 }, promise)).toBeUndefined();
  expect(doubtOf({ ...seen, intended: 99 }, promise)).toMatch(/only 99 operations.*takes 100.*--seconds/);
  expect(doubtOf({ ...seen, intended: 0, isKept: true }, promise)).toMatch(/only 0 operations/);
  expect(doubtOf({ ...seen, intended: 99, bad: 1, isKept: false }, promise)).toMatch(/only 99/);
  // Four of 99 are no accident where one in a hundred is allowed.
  expect(doubtOf({ ...seen, intended: 99, bad: 4, isKept: false }, promise)).toBeUndefined();
});

it("a generator that was late leaves in doubt only what was not kept: it can make no figure better", () => {
  const late = ["lag up to 80 ms"];
  expect(doubtOf({ ...seen, late }, promise)).toBeUndefined();
  expect(doubtOf({ ...seen, bad: 500, isKept: false, late }, promise)).toContain("lag up to 80 ms");
  expect(doubtOf({ ...seen, bad: 500, isKept: false }, promise)).toBeUndefined();
});
