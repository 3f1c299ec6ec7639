import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../model/random.ts";
import { milliseconds, seconds } from "../model/units.ts";
import type { Operation, Workload } from "../model/workload.ts";
import { digestOf, drawArrivals, type PhaseLength } from "./arrivals.ts";

const operation = (weight: number): Operation => ({
  weight,
  effect: "none",
  deadline: seconds(1),
  request: () => ({ method: "GET", path: "/" }),
  judge: () => ({ outcome: "ok" }),
});

const shop: Workload = {
  name: "shop",
  perSecond: 500,
  keys: 100,
  sessions: 20,
  operations: { read: operation(7), write: operation(2), order: operation(1) },
};

const phases: readonly PhaseLength[] = [
  { phase: "warmUp", lengthMs: milliseconds(2000) },
  { phase: "steady", lengthMs: milliseconds(5000) },
  { phase: "faults", lengthMs: milliseconds(8000) },
  { phase: "recovery", lengthMs: milliseconds(5000) },
];

const drawn = (seed: string, changes: Partial<Workload> = {}) =>
  drawArrivals([{ ...shop, ...changes }], phases, randomFrom(seed));

const countOf = (column: Iterable<number>, wanted: number): number =>
  [...column].filter((one) => one === wanted).length;
/** Four standard deviations of a count with this mean (Poisson). */
const fourSigma = (mean: number): number => 4 * Math.sqrt(mean);

describe("arrivals", { timeout: 60_000 }, () => {
  it("come at the workload's rate, within four standard deviations, in every phase", () => {
    for (const seed of ["1", "2", "3"]) {
      const arrivals = drawn(seed);
      expect(Math.abs(arrivals.count - 10_000)).toBeLessThan(fourSigma(10_000));
      for (const [index, { lengthMs }] of phases.entries()) {
        const mean = lengthMs / 2;
        expect(Math.abs(countOf(arrivals.phase, index) - mean)).toBeLessThan(fourSigma(mean));
      }
    }
  });

  it("have exponential gaps: as spread as they are long", () => {
    const { dueMs } = drawn("gaps");
    const gaps = Array.from(dueMs.subarray(1), (ms, index) => ms - dueMs[index]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(mean).toBeCloseTo(2, 0);
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.9);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.1);
  });

  it("are evenly spaced on request", () => {
    const { count, dueMs } = drawn("even", { arrivals: "constant" });
    expect(count).toBe(10_000);
    expect(Array.from(dueMs.subarray(0, 4))).toEqual([0, 2, 4, 6]);
    expect(dueMs.at(-1)).toBe(19_998);
  });

  it("are the same bytes for the same seed, and others for another", () => {
    expect(digestOf(drawn("7"))).toBe(digestOf(drawn("7")));
    expect(digestOf(drawn("7"))).not.toBe(digestOf(drawn("8")));
    expect(digestOf(drawn("7"))).toMatch(/^[0-9a-f]{64}$/);
    const changed = drawn("7");
    changed.session[changed.count - 1]! ^= 1;
    expect(digestOf(changed)).not.toBe(digestOf(drawn("7")));
  });

  it("keep their due times when the operations or the keys change", () => {
    const changed = drawn("7", { keys: 5, operations: { read: operation(1), write: operation(1) } });
    expect(changed.dueMs).toEqual(drawn("7").dueMs);
  });

  it("choose operations by their weight and sessions evenly", () => {
    const arrivals = drawn("by weight");
    for (const [index, share] of [0.7, 0.2, 0.1].entries()) {
      const mean = arrivals.count * share;
      expect(Math.abs(countOf(arrivals.operation, index) - mean)).toBeLessThan(fourSigma(mean));
    }
    for (let session = 0; session < shop.sessions; session += 1) {
      const mean = arrivals.count / shop.sessions;
      expect(Math.abs(countOf(arrivals.session, session) - mean)).toBeLessThan(fourSigma(mean));
    }
  });

  it("choose keys by Zipf's law, and not always the same one most", () => {
    const arrivals = drawn("zipf");
    const counts = Array.from({ length: shop.keys }, (_, key) => countOf(arrivals.key, key)).sort((a, b) => b - a);
    const harmonic = Array.from({ length: shop.keys }, (_, rank) => 1 / (rank + 1)).reduce((a, b) => a + b, 0);
    for (const rank of [1, 2, 10]) {
      const mean = arrivals.count / harmonic / rank;
      expect(Math.abs(counts[rank - 1]! - mean)).toBeLessThan(fourSigma(mean) + 0.1 * mean);
    }
    const hottest = ["a", "b", "c", "d", "e"].map((seed) => {
      const { key } = drawn(seed);
      return Array.from({ length: shop.keys }, (_, index) => countOf(key, index)).reduce(
        (best, count, index, all) => (count > all[best]! ? index : best),
        0,
      );
    });
    expect(new Set(hottest).size).toBeGreaterThan(1);
  });

  it("choose keys evenly without a skew", () => {
    const arrivals = drawn("flat", { skew: 0, keys: 10 });
    for (let key = 0; key < 10; key += 1) {
      expect(Math.abs(countOf(arrivals.key, key) - arrivals.count / 10)).toBeLessThan(fourSigma(arrivals.count / 10));
    }
  });

  it("are ordered, inside the run, in their phase, and within their ranges", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.string(), lengths, fc.integer({ min: 1, max: 3000 }), fc.boolean(), (seed, all, rate, even) => {
        const parts = phases.map(({ phase }, index) => ({ phase, lengthMs: all[index]! }));
        const changes = { perSecond: rate, keys: 7, sessions: 3, arrivals: even ? "constant" : "poisson" } as const;
        const arrivals = drawArrivals([{ ...shop, ...changes }], parts, randomFrom(seed));
        const starts = all.map((_, index) => all.slice(0, index).reduce((sum, length) => sum + length, 0));
        const isRight = (due: number, id: number): boolean => {
          const phase = arrivals.phase[id]!;
          const isOrdered = due >= (id === 0 ? 0 : arrivals.dueMs[id - 1]!);
          const isInPhase = due >= starts[phase]! && due < starts[phase]! + all[phase]!;
          return isOrdered && isInPhase && arrivals.key[id]! < 7 && arrivals.session[id]! < 3;
        };
        expect(arrivals.dueMs.every(isRight)).toBe(true);
        expect(arrivals.operation.every((operation) => operation < 3)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("of several workloads are dealt out in one order, with operations and sessions of their own", () => {
    const admins: Workload = {
      ...shop,
      name: "admins",
      perSecond: 40,
      sessions: 3,
      operations: { audit: operation(1) },
    };
    const [both, alone] = [drawArrivals([shop, admins], phases, randomFrom("7")), drawn("7")];
    expect(both.dueMs).toEqual(both.dueMs.toSorted());
    const rows = [...both.operation.keys()];
    const ofShop = rows.filter((id) => both.operation[id]! < 3);
    const ofAdmins = rows.filter((id) => both.operation[id] === 3);
    expect(ofShop.length + ofAdmins.length).toBe(both.count);
    for (const column of ["dueMs", "operation", "key", "session", "phase"] as const) {
      expect(ofShop.map((id) => both[column][id])).toEqual([...alone[column]]);
    }
    expect(Math.abs(ofAdmins.length - 40 * 20)).toBeLessThan(fourSigma(800));
    expect(ofAdmins.every((id) => both.session[id]! >= 20 && both.session[id]! < 23)).toBe(true);
  });

  it("take the keys of an operation from its own keyspace, and leave those of the others as they were", () => {
    const own = { ...operation(2), keyspace: { name: "credentials", keys: 4, skew: 0 } };
    const arrivals = drawn("7", { operations: { ...shop.operations, write: own } });
    const before = drawn("7");
    for (let id = 0; id < arrivals.count; id += 1) {
      if (arrivals.operation[id] === 1) expect(arrivals.key[id]).toBeLessThan(4);
      else expect(arrivals.key[id]).toBe(before.key[id]);
    }
    const own0 = [...arrivals.key.keys()].filter((id) => arrivals.operation[id] === 1 && arrivals.key[id] === 0).length;
    const mean = countOf(arrivals.operation, 1) / 4;
    expect(Math.abs(own0 - mean)).toBeLessThan(fourSigma(mean));
  });

  it("follow a rate that steps, at the same places of the same stream", () => {
    const perSecond = [
      { at: milliseconds(10_000), perSecond: 100 },
      { at: milliseconds(10_000), perSecond: 800 },
    ];
    const { dueMs } = drawn("7", { perSecond });
    const early = dueMs.filter((ms) => ms < 10_000).length;
    expect(Math.abs(early - 1000)).toBeLessThan(fourSigma(1000));
    expect(Math.abs(dueMs.length - early - 8000)).toBeLessThan(fourSigma(8000));
  });
});
