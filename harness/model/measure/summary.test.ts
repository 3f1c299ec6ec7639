import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type History, historyOf, outcomeCode, outcomes, setRow } from "../history.ts";
import { bucketsOf, okRatioOf, widened } from "./series.ts";
import { percentileFloors, summarise } from "./summary.ts";

interface Sample {
  readonly intendedMs: number;
  readonly tookMs: number;
  readonly outcome: number;
  readonly operation: number;
  readonly phase: number;
}

function historyFrom(samples: readonly Sample[]): History {
  const history = historyOf(samples.length);
  for (const [id, { tookMs, ...sample }] of samples.entries()) {
    const times = { dispatchedMs: sample.intendedMs, wireMs: sample.intendedMs, endMs: sample.intendedMs + tookMs };
    const none = { session: 0, key: 0, target: 0, granted: 0, error: 0, value: Number.NaN, version: Number.NaN };
    setRow(history, id, { id, ...none, ...sample, ...times });
  }
  return history;
}

const ok = { tookMs: 5, outcome: outcomeCode("ok"), operation: 0, phase: 1 };
const failed = { ...ok, tookMs: 1, outcome: outcomeCode("failed") };

const anySamples = fc.array(
  fc.record({
    intendedMs: fc.double({ min: 0, max: 1000, noNaN: true }),
    tookMs: fc.double({ min: 0, max: 500, noNaN: true }),
    outcome: fc.nat(outcomes.length - 1),
    operation: fc.nat(2),
    phase: fc.nat(3),
  }),
  { maxLength: 200 },
);

describe("a summary", () => {
  it("shows a percentile only from its floor of samples on", () => {
    const of = (count: number) =>
      summarise(historyFrom(Array.from({ length: count }, () => ({ ...ok, intendedMs: 1 }))));
    expect(of(0)).toMatchObject({ total: 0, okRatio: undefined, ok: { maxMs: undefined } });
    expect(of(percentileFloors.p50 - 1).ok.p50Ms).toBeUndefined();
    expect(of(percentileFloors.p50).ok.p50Ms).toBeCloseTo(5, 2);
    expect(of(percentileFloors.p95 - 1).ok.p95Ms).toBeUndefined();
    expect(of(percentileFloors.p95).ok.p95Ms).toBeCloseTo(5, 2);
    expect(of(percentileFloors.p99 - 1).ok.p99Ms).toBeUndefined();
    expect(of(percentileFloors.p99).ok).toMatchObject({ p99Ms: expect.closeTo(5, 2), p999Ms: undefined });
  });

  it("lets a fast error improve no percentile of all operations", () => {
    const samples = Array.from({ length: 100 }, (_, index) => ({ ...(index < 40 ? ok : failed), intendedMs: index }));
    const summary = summarise(historyFrom(samples));
    expect(summary).toMatchObject({ total: 100, okRatio: 0.4 });
    expect(summary.ok.p50Ms).toBeCloseTo(5, 2);
    expect(summary.all.p50Ms).toBe(Number.POSITIVE_INFINITY);
  });

  it("filters by operation, phase and time", () => {
    const samples = [
      { ...ok, intendedMs: 0 },
      { ...ok, intendedMs: 10, operation: 1 },
      { ...failed, intendedMs: 20, phase: 2 },
    ];
    const history = historyFrom(samples);
    expect(summarise(history, { operation: 1 }).total).toBe(1);
    expect(summarise(history, { phase: 2 })).toMatchObject({ total: 1, okRatio: 0 });
    expect(summarise(history, { fromMs: 10, toMs: 20 }).total).toBe(1);
  });
});

describe("a series", () => {
  it("holds every operation that was due in it exactly once, widened or not", () => {
    fc.assert(
      fc.property(anySamples, fc.integer({ min: 1, max: 400 }), (samples, widthMs) => {
        const history = historyFrom(samples);
        const buckets = bucketsOf(history, { fromMs: 100, toMs: 900, widthMs });
        const due = samples.filter(({ intendedMs }) => intendedMs >= 100 && intendedMs < 900).length;
        for (const series of [buckets, widened(buckets)]) {
          expect(series.reduce((sum, bucket) => sum + bucket.total, 0)).toBe(due);
          expect(series.reduce((sum, bucket) => sum + bucket.all.count, 0)).toBe(due);
          expect(series[0]?.fromMs).toBe(100);
          expect(series.at(-1)?.toMs).toBe(900);
        }
      }),
    );
  });

  it("sorts by the time that an operation was due, not by when it ended", () => {
    const history = historyFrom([
      { ...ok, intendedMs: 99.9, tookMs: 500 },
      { ...failed, intendedMs: 100 },
      { ...ok, intendedMs: 150 },
    ]);
    const [first, second, ...rest] = bucketsOf(history, { fromMs: 0, toMs: 150, widthMs: 100 });
    expect(first).toMatchObject({ fromMs: 0, toMs: 100, total: 1 });
    expect(first?.ok.maxMs).toBeCloseTo(500, 6);
    expect(second).toMatchObject({ fromMs: 100, toMs: 150, total: 1 });
    expect(second?.ok.count).toBe(0);
    expect(second?.all.maxMs).toBe(Number.POSITIVE_INFINITY);
    expect(rest).toEqual([]);
  });

  it("widens until a ratio has 30 operations, and gives none for fewer", () => {
    const samples = Array.from({ length: 45 }, (_, index) => ({ ...ok, intendedMs: index * 10 }));
    const narrow = bucketsOf(historyFrom(samples), { fromMs: 0, toMs: 450, widthMs: 50 });
    expect(narrow.map(okRatioOf)).toEqual(Array.from({ length: 9 }, () => undefined));
    const wide = widened(narrow);
    expect(wide.map(({ total }) => total)).toEqual([45]);
    expect(wide.map(okRatioOf)).toEqual([1]);
  });
});
