import { expect, test } from "vitest";
import { calledIn, noises, pairs, type Sizes } from "./testing/error-rate.ts";

const sizes: readonly Sizes[] = ["3 v 3", "3 v 5", "4 v 4", "5 v 5"];

test.each(Object.entries(noises))("A against A, %s: at most 5 of 100 are called worse or better", (_, noise) => {
  const called = calledIn(pairs, sizes, noise);
  for (const [size, { worse, better }] of Object.entries(called)) {
    expect(worse + better, size).toBeLessThanOrEqual(0.05 * pairs);
  }
});
