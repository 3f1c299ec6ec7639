import { describe, expect, test } from "vitest";
import { calledIn, noises, pairs, type Sizes } from "./testing/error-rate.ts";

const lasting = noises["a little noise that lasts"];

test("A against A: at most 5 of 100 have any metric that is called worse or better", { timeout: 120_000 }, () => {
  const called = calledIn(pairs, ["3 v 3", "4 v 4"], noises["much noise, each metric its own"]);
  for (const { worse, better } of Object.values(called)) expect(worse + better).toBeLessThanOrEqual(0.05 * pairs);
});

test("one or two runs a side: never", () => {
  for (const noise of Object.values(noises)) {
    const never = { worse: 0, better: 0 };
    expect(calledIn(20, ["1 v 1", "2 v 2"], noise)).toEqual({ "1 v 1": never, "2 v 2": never });
  }
});

describe("what is really worse is found, although noise lasts", () => {
  const tries = 40;
  test.each([
    ["twice the latency", { latencyTimes: 2 }],
    ["twice the latency while the fault lasts", { latencyTimes: 2, phase: "faults" }],
    ["5 points less availability", { failing: 0.05 }],
  ] as const)("%s", (_, effect) => {
    const sizes: readonly Sizes[] = ["3 v 3", "5 v 5"];
    const called = calledIn(tries, sizes, lasting, effect);
    expect(called["3 v 3"]!.worse / tries).toBeGreaterThanOrEqual(0.75);
    expect(called["5 v 5"]!.worse / tries).toBeGreaterThanOrEqual(0.97);
  });

  test("half the latency is better with four runs a side, and not claimed with three", () => {
    const called = calledIn(tries, ["3 v 3", "4 v 4"], lasting, { latencyTimes: 0.5 });
    expect(called["4 v 4"]!.better / tries).toBeGreaterThanOrEqual(0.8);
    expect(called["3 v 3"]!.better).toBe(0);
  });
});
