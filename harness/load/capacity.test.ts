import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RateTrial, searchCapacity } from "./capacity.ts";

const trialOf = (perSecond: number, isKept: boolean, doubt?: string): RateTrial => ({
  perSecond,
  intended: 1000,
  goodRatio: isKept ? 1 : 0.5,
  p50Ms: 1,
  p99Ms: isKept ? 5 : Number.POSITIVE_INFINITY,
  isKept,
  ...(doubt === undefined ? {} : { doubt }),
});

describe("the search for the capacity", () => {
  it("closes in on the rate from which the promise is broken, wherever that lies below or a little above the ceiling", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 20, max: 1e5, noNaN: true }),
        fc.double({ min: 0.05, max: 1.8, noNaN: true }),
        async (ceiling, share) => {
          const limit = ceiling * share;
          const {
            holds = 0,
            breaks = Infinity,
            trials,
          } = await searchCapacity(ceiling, async (perSecond) => trialOf(perSecond, perSecond <= limit));
          expect(holds).toBeLessThanOrEqual(limit);
          expect(breaks).toBeGreaterThan(limit);
          expect(breaks / holds).toBeLessThan(1.2);
          expect(trials.length).toBeLessThanOrEqual(9);
        },
      ),
    );
  });

  it("gives no rate when none is kept, and does not go on for ever", async () => {
    const { holds, breaks, trials } = await searchCapacity(1000, async (rate) => trialOf(rate, false));
    expect(holds).toBeUndefined();
    expect(breaks).toBe(trials[0]?.perSecond);
    expect(trials.length).toBeLessThanOrEqual(9);
  });

  it("does not take a trial for kept that says nothing", async () => {
    const { holds } = await searchCapacity(1000, async (rate) =>
      trialOf(rate, true, rate > 500 ? "the generator was late" : undefined),
    );
    expect(holds).toBeLessThanOrEqual(500);
    expect(holds).toBeGreaterThan(400);
  });
});
