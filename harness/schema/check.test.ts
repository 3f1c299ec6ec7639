import { describe, expect, it } from "vitest";
import type { Check } from "../model/check.ts";
import { readResult } from "./check.ts";

const own: Check = {
  name: "mine",
  parameters: {},
  guards: "safety",
  title: "mine",
  law: "mine",
  judge: () => ({}) as never,
};
const found = { verdict: "pass", expected: "nothing", actual: "nothing" };

describe("what a check of one's own returns", () => {
  it("is what it says, with its name, and without what it left out", () => {
    expect(readResult(own, found)).toEqual({
      ...found,
      name: "mine",
      title: "mine",
      law: "mine",
      guards: "safety",
      witness: [],
      numbers: {},
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["a verdict that nobody knows", { ...found, verdict: "failed" }, /verdict: is "failed".*Did you mean "fail"/],
    ["a verdict of true", { ...found, verdict: true }, /verdict: is true.*Give one of pass, inconclusive, fail/],
    ["no verdict", { ...found, verdict: undefined }, /verdict: is missing/],
    ["nothing", undefined, /judge\(\) returned: is missing/],
    ["a verdict alone", "pass", /judge\(\) returned: is "pass"/],
    ["a promise", Promise.resolve(found), /promise: `await`/],
    ["a list of numbers", { ...found, numbers: [3] }, /numbers: is \[ 3 \]/],
    ["a function among the numbers", { ...found, numbers: { lost: () => 3 } }, /numbers\.lost: is a function/],
    ["no sentence", { ...found, actual: undefined }, /actual: is missing/],
  ])("is refused where it is %s", (_, given, said) => {
    expect(() => readResult(own, given)).toThrow(said);
  });
});
