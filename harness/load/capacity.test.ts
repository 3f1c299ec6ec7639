import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capacityOf, type RateTrial, searchCapacity } from "./capacity.ts";

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

  it("takes a trial that says nothing neither for kept nor for broken", async () => {
    const { holds, breaks, doubted } = await searchCapacity(1000, async (rate) =>
      trialOf(rate, rate < 700, rate > 500 ? "the generator was late" : undefined),
    );
    expect(holds).toBeLessThanOrEqual(500);
    expect(holds).toBeGreaterThan(400);
    expect(breaks).toBeUndefined();
    expect(doubted).toBeGreaterThan(500);
    expect(doubted! / holds!).toBeLessThan(1.2);
  });

  it("ends when an attempt says so, with what was found until then", async () => {
    let count = 0;
    const found = await searchCapacity(1000, async (rate) => {
      count += 1;
      return count > 2 ? undefined : trialOf(rate, true);
    });
    expect(found).toMatchObject({ holds: 910, trials: [{ perSecond: 700 }, { perSecond: 910 }] });
  });

  it("never contradicts itself, whatever becomes of the trials", () => {
    const outcome = fc.constantFrom<readonly [boolean, string?]>([true], [false], [true, "few"], [false, "late"]);
    const trials = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 1000 }), outcome), { selector: ([rate]) => rate });
    fc.assert(
      fc.property(trials, (drawn) => {
        const made = drawn.map(([rate, [isKept, doubt]]) => trialOf(rate, isKept, doubt));
        const { holds = 0, breaks = Infinity, doubted = Infinity } = capacityOf(made);
        const at = (rate: number) => made.find(({ perSecond }) => perSecond === rate);
        expect(holds).toBeLessThan(breaks);
        expect(holds).toBeLessThan(doubted);
        if (holds > 0) expect(at(holds)).toMatchObject({ isKept: true });
        if (holds > 0) expect(at(holds)?.doubt).toBeUndefined();
        if (breaks < Infinity) expect(at(breaks)).toMatchObject({ isKept: false });
        if (doubted < Infinity) expect(at(doubted)?.doubt).toBeDefined();
        const isBrokenBelow = made.some(
          ({ perSecond, isKept, doubt }) => perSecond <= holds && !isKept && doubt === undefined,
        );
        expect(isBrokenBelow).toBe(false);
      }),
    );
  });
});
