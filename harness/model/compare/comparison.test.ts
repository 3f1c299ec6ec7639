import { describe, expect, test } from "vitest";
import { sampleRun } from "../../report/testing/sample-run.ts";
import { outcomeCode, phaseCode } from "../history.ts";
import type { RunRecord, StoredRun } from "../run.ts";
import { type Comparison, compare, type MetricRow } from "./comparison.ts";
import { sideOf } from "./side-of.ts";

const passing = sampleRun({ verdict: "pass" });
const against = (run: StoredRun, base = passing): Comparison => {
  const side = sideOf([base]);
  return compare(side, sideOf([run], side));
};

/** The same run with its operations changed: those of a phase, one of so many. */
function changed(
  { phase = "faults" as "steady" | "faults" | "recovery", every = 1, operation = undefined as number | undefined },
  change: (history: NonNullable<StoredRun["history"]>, row: number) => void,
): StoredRun {
  const history = structuredClone(passing.history!);
  for (let row = 0; row < history.count; row += 1) {
    const isOne = operation === undefined || history.operation[row] === operation;
    if (history.phase[row] === phaseCode(phase) && isOne && row % every === 0) change(history, row);
  }
  return { ...passing, history };
}
const slower = (byMs: number, which: Parameters<typeof changed>[0] = {}): StoredRun =>
  changed(which, (history, row) => {
    history.endMs[row]! += byMs;
  });
const failing = (every: number): StoredRun =>
  changed({ every }, (history, row) => {
    history.outcome[row] = outcomeCode("failed");
  });
const withRecord = (changes: Partial<RunRecord>, run = passing): StoredRun => ({
  ...run,
  record: { ...run.record, ...changes },
});
const named = ({ operation, phase, metric }: MetricRow): string => `${operation ?? "all"}, ${phase}, ${metric}`;
const of = (comparison: Comparison, change: MetricRow["change"]): string[] =>
  comparison.metrics.filter((row) => row.change === change).map(named);

describe("a run beside itself", () => {
  test("nothing changed, and nothing of it is near to significant", () => {
    const comparison = against(passing);
    expect(comparison.isWorse).toBe(false);
    expect(comparison.warnings).toEqual([]);
    expect([...of(comparison, "worse"), ...of(comparison, "better")]).toEqual([]);
    expect(comparison.metrics.filter(({ p }) => p !== null).every(({ p, shift }) => p === 1 && shift === 0)).toBe(true);
    expect(of(comparison, "unchanged").length).toBeGreaterThan(12);
    expect(comparison.verdicts.every(({ change }) => change === "unchanged")).toBe(true);
  });
});

describe("a run that is slower in one phase", () => {
  const comparison = against(slower(30));

  test("is worse there in its latencies, and nowhere else", () => {
    expect(comparison.isWorse).toBe(true);
    expect(of(comparison, "better")).toEqual([]);
    const worse = of(comparison, "worse");
    expect(worse).toContain("all, faults, p50Ms");
    expect(worse).toContain("all, faults, p99Ms");
    expect(worse).toContain("GET /products/:id, faults, p99Ms");
    expect(worse.every((one) => /faults, p(50|99)Ms$/.test(one))).toBe(true);
  });

  test("by as much as it is, with an interval around it, and says that one run is one run", () => {
    const row = comparison.metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    expect(row.pairs).toBe(24);
    expect(row.shift).toBeCloseTo(30, 1);
    expect(row.range!.lower).toBeLessThanOrEqual(row.shift!);
    expect(row.range!.upper).toBeGreaterThanOrEqual(row.shift!);
    expect(row.run! - row.base!).toBeCloseTo(30, 0);
    expect(row.p).toBeLessThan(0.001);
    expect(row.adjustedP).toBeGreaterThanOrEqual(row.p!);
    expect(comparison.warnings).toEqual([expect.stringContaining("One side is one run")]);
  });

  test("metrics of which nothing differs cost the others nothing in the correction", () => {
    const differing = comparison.metrics.filter((one) => one.differing > 0);
    expect(differing.length).toBeLessThan(comparison.metrics.filter(({ p }) => p !== null).length / 2);
    const [least] = differing.map(({ p }) => p!).toSorted((one, other) => one - other);
    expect(Math.min(...differing.map(({ adjustedP }) => adjustedP!))).toBeCloseTo(least! * differing.length, 12);
  });

  test("is better the other way round", () => {
    const back = against(passing, slower(30));
    expect(back.isWorse).toBe(false);
    expect(of(back, "better").toSorted()).toEqual(of(comparison, "worse").toSorted());
  });

  test("a difference that nobody would feel is none, however sure it is", () => {
    const tiny = against(slower(0.9));
    expect(tiny.metrics.find((one) => named(one) === "all, faults, p50Ms")!.adjustedP).toBeLessThan(0.05);
    expect(tiny.isWorse).toBe(false);
  });

  test("one slow kind of operation is found by its name", () => {
    const worse = of(against(slower(40, { operation: 1 })), "worse");
    expect(worse).toContain("PUT /products/:id, faults, p50Ms");
    expect(worse.some((one) => one.startsWith("GET"))).toBe(false);
  });
});

describe("a run that fails more", () => {
  test("is worse in its shares and its throughput", () => {
    const comparison = against(failing(5));
    const worse = of(comparison, "worse");
    expect(worse).toContain("all, faults, notOkShare");
    expect(worse).toContain("all, faults, okPerSecond");
    const share = comparison.metrics.find((one) => named(one) === "all, faults, notOkShare")!;
    expect(share.shift).toBeGreaterThan(0.15);
    expect(share.shift).toBeLessThan(0.25);
    const rate = comparison.metrics.find((one) => named(one) === "all, faults, okPerSecond")!;
    expect(rate.shift).toBeLessThan(-15);
  });

  test("figures are told and do not decide", () => {
    const { figures, isWorse } = against(
      changed({ every: 900 }, (history, row) => {
        history.outcome[row] = outcomeCode("failed");
      }),
    );
    expect(isWorse).toBe(false);
    expect(figures.map(({ name }) => name)).toContain("time to recover");
    expect(figures.find(({ name }) => name === "goodput of shoppers, faults")).toMatchObject({ change: "unchanged" });
  });
});

test("what nobody noticed need not have been detected", () => {
  const noticed = { ...failing(5), events: [...passing.events] };
  const { fromMs } = passing.record.phases.faults!;
  noticed.events.push({ atMs: fromMs + 1500, type: "health", instance: "api-1", health: "unready" });
  const quiet = { ...noticed, history: { ...passing.history!, outcome: passing.history!.outcome.map(() => 0) } };
  const named = (run: StoredRun): string[] => sideOf([run]).figures.map(({ name }) => name);
  expect(named(noticed)).toContain("time to detect");
  expect(named(quiet)).toContain("time to impact");
  expect(named(quiet)).not.toContain("time to detect");
});

describe("where the generator itself was late", () => {
  const { phases, generator } = passing.record;
  const late = { ...generator!, tainted: [{ ...phases.faults!, reason: "lag up to 200 ms" }] };

  test("no latency is claimed, but failures are, and it says so", () => {
    const comparison = against(withRecord({ generator: late }, slower(30)));
    expect(of(comparison, "worse")).toEqual([]);
    expect(of(comparison, "too few")).toContain("all, faults, p50Ms");
    expect(comparison.warnings).toEqual([expect.stringMatching(/^run: the load generator itself was late for 9 s/)]);
    expect(of(against(withRecord({ generator: late }, failing(5))), "worse")).toContain("all, faults, notOkShare");
  });

  test("what is left must be six pairs at least", () => {
    const { fromMs, toMs } = phases.faults!;
    const bucketMs = (toMs - fromMs) / 24;
    const leaving = (pairs: number) => {
      // Each side was late for less than half of the phase, and not at the same time.
      const lateAt = (from: number, to: number) => ({
        generator: { ...late, tainted: [{ fromMs: from, toMs: to, reason: "late" }] },
      });
      const middleMs = fromMs + 12 * bucketMs;
      const base = withRecord(lateAt(fromMs, middleMs));
      const { metrics } = against(withRecord(lateAt(middleMs, toMs - pairs * bucketMs), slower(30)), base);
      return metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    };
    expect(leaving(5)).toMatchObject({ pairs: 5, p: null, adjustedP: null, range: null, change: "too few" });
    // Six tell something by themselves, and nothing among dozens of tests.
    expect(leaving(6)).toMatchObject({ pairs: 6, p: 1 / 32, change: "too few" });
    expect(leaving(10)).toMatchObject({ pairs: 10, p: 1 / 512, change: "worse" });
    expect(leaving(12)).toMatchObject({ pairs: 12, p: 1 / 2048, change: "worse" });
  });
});

describe("verdicts", () => {
  const judged = (verdict: "pass" | "inconclusive" | "fail", stale = 0): StoredRun =>
    withRecord({
      verdict,
      checks: passing.record.checks.map((check, index) =>
        index === 0 ? { ...check, verdict, numbers: { stale } } : check,
      ),
    });

  test.each([
    ["pass", "fail", "worse"],
    ["pass", "inconclusive", "worse"],
    ["inconclusive", "fail", "worse"],
    ["fail", "pass", "better"],
    ["fail", "fail", "unchanged"],
  ] as const)("%s → %s is %s, for the run and its check, with what was counted", (before, after, change) => {
    const comparison = against(judged(after, 3), judged(before, 0));
    expect(comparison.isWorse).toBe(change === "worse");
    expect(comparison.verdicts[0]).toMatchObject({ check: null, base: before, run: after, change });
    const counts = [{ name: "stale", base: 0, run: 3 }];
    expect(comparison.verdicts[1]).toMatchObject({ base: before, run: after, change, counts });
  });

  test("what held on both sides is not counted out, and a check that only one side has decides nothing itself", () => {
    expect(against(judged("pass", 3), judged("pass", 0)).verdicts[1]!.counts).toEqual([]);
    const { verdicts, isWorse } = against(withRecord({ checks: passing.record.checks.slice(1) }));
    expect(verdicts.find(({ run }) => run === null)).toMatchObject({ base: "pass", change: "too few" });
    expect(isWorse).toBe(false);
  });
});

describe("several runs a side", () => {
  test("are their medians: one wild run of three changes nothing, two do", () => {
    const base = sideOf([passing, passing, passing]);
    const one = compare(base, sideOf([slower(300), passing, passing], base));
    expect(of(one, "worse")).toEqual([]);
    const two = compare(base, sideOf([passing, slower(300), slower(300)], base));
    expect(of(two, "worse")).toContain("all, faults, p50Ms");
    expect(two.warnings).toEqual([]);
  });

  test("differ only when they do so by more than each side's runs among themselves, both added", () => {
    const spread = (...byMs: readonly number[]) => byMs.map((ms) => slower(ms));
    const told = (base: readonly StoredRun[], runs: readonly StoredRun[]) => {
      const side = sideOf(base);
      return compare(side, sideOf(runs, side)).metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    };
    const within = told(spread(0, 20, 10), spread(30, 40, 50));
    expect(within).toMatchObject({ change: "unchanged" });
    expect(within.spread).toBeCloseTo(40, 0);
    expect(within.adjustedP).toBeLessThan(0.05);
    expect(told(spread(0, 20, 10), spread(60, 70, 80))).toMatchObject({ change: "worse" });
    expect(told(spread(0), spread(30))).toMatchObject({ change: "worse", spread: null });
  });

  test("fill each other's gaps; one of several that alone was not late does not stand for them", () => {
    const { phases, generator } = passing.record;
    const { fromMs, toMs } = phases.faults!;
    const late = (from: number, to: number): StoredRun => {
      const lateMs = { fromMs: fromMs + from * (toMs - fromMs), toMs: fromMs + to * (toMs - fromMs) };
      return withRecord({ generator: { ...generator!, tainted: [{ ...lateMs, reason: "late" }] } });
    };
    const against30 = (...base: readonly StoredRun[]) => {
      const side = sideOf(base);
      const { metrics } = compare(side, sideOf([slower(30)], side));
      return metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    };
    expect(against30(late(0, 0.3), late(0.7, 1))).toMatchObject({ pairs: 24, change: "worse" });
    expect(against30(late(0, 1), passing, late(0, 1))).toMatchObject({ pairs: 0, change: "too few" });
    expect(against30(late(0, 0.4))).toMatchObject({ pairs: 14, change: "worse" });
    // Where it was late most of the time, the rest is not believed either.
    expect(against30(late(0, 0.6))).toMatchObject({ pairs: 0, change: "too few" });
  });

  test("the worst verdict stands for all", () => {
    const base = sideOf([passing]);
    expect(compare(base, sideOf([passing, withRecord({ verdict: "fail" })], base)).isWorse).toBe(true);
  });
});

describe("two sides that were not asked the same", () => {
  const { plan, scenario, system } = passing.record;
  test.each([
    ["another scenario", { scenario: { ...scenario, id: "other" } }, /other scenarios: cache-partition and other/],
    ["another seed", { seed: "9" }, /other seeds: 5eed01 and 9/],
    [
      "another system",
      { system: { ...system, variant: "mutant" } },
      /other systems: storefront and storefront \(mutant\)/,
    ],
    ["another load", { plan: { ...plan, arrivals: { ...plan.arrivals, sha256: "00" } } }, /The load differs/],
    ["other faults", { plan: { ...plan, schedule: [] } }, /other faults.* and none/],
    ["an unfinished run", { status: "interrupted" as const }, /^run: not complete: /],
  ])("%s is said", (_, changes, said) => {
    expect(against(withRecord(changes)).warnings).toEqual([expect.stringMatching(said)]);
  });

  test("buckets that are cut otherwise are not paired", () => {
    const comparison = compare(sideOf([sampleRun({ verdict: "pass", perSecond: 20 })]), sideOf([passing]));
    expect(comparison.warnings.at(-1)).toContain("Of latency nothing can be told");
    expect(comparison.warnings.some((one) => one.includes("cut into buckets differently"))).toBe(true);
    expect(comparison.metrics.every(({ pairs }) => pairs === 0)).toBe(true);
    expect(comparison.metrics.every(({ change }) => change === "too few")).toBe(true);
  });
});
