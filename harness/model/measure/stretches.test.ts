import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { stretchesBelow, stretchesOf } from "./stretches.ts";

/** Operations at equal distances over so many ms; the i-th is good where it says so. */
function operations(count: number, lengthMs: number, isGood: (index: number, dueMs: number) => boolean) {
  const dueMs = Float64Array.from({ length: count }, (_, index) => (index * lengthMs) / count);
  return { dueMs, isGood: Uint8Array.from(dueMs, (ms, index) => (isGood(index, ms) ? 1 : 0)) };
}

/** Operations of which each is good with this probability, independently. */
function chance(seed: string, count: number, lengthMs: number, share: number) {
  const random = randomFrom(seed);
  return operations(count, lengthMs, (index) => random.at(index) < share);
}

const found = (share: number, lengthMs: number, all: ReturnType<typeof operations>) =>
  stretchesBelow(share, stretchesOf(all, 0, lengthMs), 0.05);

describe("stretches of time", () => {
  it("hold each operation once, 30 at least, multiples of 100 ms from the end", () => {
    for (const [count, lengthMs] of [
      [1000, 5000],
      [1000, 5050],
      [29, 4321],
      [31, 700],
      [20_000, 1000],
    ] as const) {
      const all = operations(count, lengthMs, (index) => index % 3 > 0);
      const stretches = stretchesOf(all, 0, lengthMs);
      expect(stretches.reduce((sum, { total }) => sum + total, 0)).toBe(count);
      expect(stretches.reduce((sum, { good }) => sum + good, 0)).toBe(all.isGood.filter((one) => one === 1).length);
      expect(stretches[0]?.fromMs).toBe(0);
      expect(stretches.at(-1)?.toMs).toBe(lengthMs);
      for (const [index, { fromMs, toMs, total }] of stretches.entries()) {
        if (index > 0) expect(fromMs).toBe(stretches[index - 1]!.toMs);
        if (count >= 30) expect(total).toBeGreaterThanOrEqual(30);
        expect(all.dueMs.filter((ms) => ms >= fromMs && ms < toMs)).toHaveLength(total);
      }
    }
  });

  it("are the same at the end, wherever the first begins", () => {
    const all = operations(1000, 10_000, () => true);
    const late = stretchesOf(all, 4321, 10_000);
    expect(stretchesOf(all, 0, 10_000).slice(-late.length + 1)).toEqual(late.slice(1));
  });

  it("find an outage to the operation, and nothing beside it", () => {
    const outage = operations(1000, 10_000, (_, ms) => ms < 4000 || ms >= 4700);
    const below = found(0.95, 10_000, outage);
    expect(below[0]?.firstBadMs).toBe(4000);
    expect(below.at(-1)?.lastBadMs).toBe(4690);
    expect(below.at(-1)!.toMs).toBeLessThanOrEqual(5000);
  });

  it("find a limp that no short stretch of it proves", () => {
    const limp = operations(1000, 10_000, (index) => index % 10 > 0);
    expect(limp.isGood.slice(0, 30).filter((one) => one === 0)).toHaveLength(3);
    expect(found(0.95, 10_000, limp).at(-1)?.toMs).toBe(10_000);
  });

  it("find a limp of a while, which neither a short stretch of it proves nor the whole", () => {
    const limp = operations(2000, 20_000, (index, ms) => ms < 3000 || ms >= 6000 || index % 7 > 0);
    const [first, last] = [found(0.95, 20_000, limp)[0], found(0.95, 20_000, limp).at(-1)];
    expect(last!.toMs - first!.fromMs).toBeGreaterThan(1000);
    expect(last!.lastBadMs).toBeGreaterThan(5000);
    expect(last!.lastBadMs).toBeLessThan(6000);
    expect(
      found(0.95, 20_000, { ...limp, isGood: limp.isGood.map((one, index) => (index % 14 < 7 ? 1 : one)) }),
    ).toEqual([]);
  });
});

describe("the error of stretches below", { timeout: 60_000 }, () => {
  it("is at most 5 % of whole runs when every operation is good with the very probability of the threshold", () => {
    const runs = 1500;
    for (const [share, count] of [
      [0.95, 60],
      [0.95, 222],
      [0.95, 1000],
      [0.9, 1000],
      [0.9405, 3000],
    ] as const) {
      const lengthMs = count * 10;
      let failed = 0;
      for (let run = 0; run < runs; run += 1) {
        if (found(share, lengthMs, chance(`${share} ${count} ${run}`, count, lengthMs, share)).length > 0) failed += 1;
      }
      // Three standard deviations of the simulation are allowed for.
      expect(failed / runs, `${count} at ${share}`).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
    }
  });

  it("still finds three in four of the runs that are a tenth below", () => {
    let seen = 0;
    for (let run = 0; run < 200; run += 1) {
      if (found(0.95, 5000, chance(`below ${run}`, 500, 5000, 0.855)).length > 0) seen += 1;
    }
    expect(seen).toBeGreaterThan(150);
  });
});
