import { describe, expect, test } from "vitest";
import { sampleRun } from "../../report/testing/sample-run.ts";
import { outcomeCode, phaseCode } from "../history.ts";
import type { RunRecord, StoredRun } from "../run.ts";
import { type Comparison, compare } from "./comparison.ts";
import type { MetricRow } from "./metric-rows.ts";
import { sideOf } from "./side-of.ts";

const passing = sampleRun({ verdict: "pass" });
/** Runs of one system differ by a little: by so many ms, one after the other. */
const jitters = [0, 0.03, -0.02, 0.05, 0.01];
const runsOf = (run: StoredRun, count: number): readonly StoredRun[] =>
  Array.from({ length: count }, (_, index) => jittered(run, jitters[index]!, index));
const against = (run: StoredRun, base = passing, count = 4): Comparison =>
  compare(sideOf(runsOf(base, count)), sideOf(runsOf(run, count)));

function jittered(run: StoredRun, byMs: number, index: number): StoredRun {
  const history = structuredClone(run.history!);
  for (let row = 0; row < history.count; row += 1) history.endMs[row]! += byMs;
  return { ...run, history, record: { ...run.record, id: `${run.record.id}-${index}` } };
}

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

describe("runs beside themselves", () => {
  test.each([3, 4, 5])("%i a side: nothing changed", (count) => {
    const comparison = against(passing, passing, count);
    expect(comparison).toMatchObject({ outcome: "no change", isWorse: false, warnings: [], undecided: [], remedy: [] });
    expect([...of(comparison, "worse"), ...of(comparison, "better")]).toEqual([]);
    expect(comparison.metrics.every(({ p, shift }) => p === null || (p > 0.3 && Math.abs(shift!) < 1e-9))).toBe(true);
    expect(of(comparison, "unchanged").length).toBeGreaterThan(12);
    expect(comparison.verdicts.every(({ change }) => change === "unchanged")).toBe(true);
  });
});

describe("runs that are slower in one phase", () => {
  const comparison = against(slower(30));

  test("are worse there in their latencies, and nowhere else", () => {
    expect(comparison).toMatchObject({ outcome: "worse", isWorse: true, decidable: "worse and better" });
    expect(of(comparison, "better")).toEqual([]);
    const worse = of(comparison, "worse");
    expect(worse).toContain("all, faults, p50Ms");
    expect(worse).toContain("all, faults, p99Ms");
    expect(worse).toContain("GET /products/:id, faults, p99Ms");
    expect(worse.every((one) => /faults, p(50|99)Ms$/.test(one))).toBe(true);
  });

  test("by as much as they are, with an interval around it", () => {
    const row = comparison.metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    expect(row.runs).toEqual({ base: 4, run: 4 });
    expect(row.shift).toBeCloseTo(30, 1);
    expect(row.range!.lower).toBeLessThanOrEqual(row.shift!);
    expect(row.range!.upper).toBeGreaterThanOrEqual(row.shift!);
    expect(row.range!.lower).toBeGreaterThan(29.8);
    // Two of the 70 ways to choose four runs of eight are as extreme, however sure it looks.
    expect(row.p).toBeCloseTo(2 / 70, 12);
  });

  test("are better the other way round, which three a side cannot show", () => {
    const back = against(passing, slower(30));
    expect(back).toMatchObject({ outcome: "better", isWorse: false });
    expect(of(back, "better").toSorted()).toEqual(of(comparison, "worse").toSorted());
    const three = against(passing, slower(30), 3);
    expect(three).toMatchObject({ outcome: "no change", decidable: "worse" });
    expect(of(three, "better")).toEqual([]);
  });

  test("are worse with three runs a side too; the interval has one end", () => {
    const three = against(slower(30), passing, 3);
    expect(of(three, "worse").toSorted()).toEqual(of(comparison, "worse").toSorted());
    const row = three.metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    expect(row.p).toBeCloseTo(1 / 20, 12);
    expect(row.range!.lower).toBeGreaterThan(29.8);
    expect(row.range!.upper).toBeNull();
  });

  test.each([
    [1, 1],
    [2, 2],
    [1, 5],
  ])("%i against %i cannot tell, however slow, and say what it takes", (base, run) => {
    const few = compare(sideOf(runsOf(passing, base)), sideOf(runsOf(slower(3000), run)));
    expect(few).toMatchObject({ outcome: "cannot tell", isWorse: false, decidable: "nothing" });
    expect(few.metrics.every(({ change, p, range }) => change === "too few" && p === null && range === null)).toBe(
      true,
    );
    expect(few.undecided.join()).toMatch(
      /3 runs a side can show that something got worse, 4 that something got better/,
    );
    // Two runs of the base are a beginning: five beside them are enough.
    const repeats = base === 2 ? 5 : 3;
    expect(few.remedy).toEqual([`faultline run cache-partition --seed 5eed01 --repeat ${repeats}`]);
    // What it looks like is shown all the same.
    expect(few.metrics.find((one) => named(one) === "all, faults, p50Ms")).toMatchObject({ isNotable: true });
  });

  test("a difference that nobody would feel is none, however sure it is", () => {
    const tiny = against(slower(0.9));
    expect(tiny.metrics.find((one) => named(one) === "all, faults, p50Ms")!.p).toBeLessThan(0.05);
    expect(tiny.outcome).toBe("no change");
  });

  test("one slow kind of operation is found by its name", () => {
    const worse = of(against(slower(40, { operation: 1 })), "worse");
    expect(worse).toContain("PUT /products/:id, faults, p50Ms");
    expect(worse.some((one) => one.startsWith("GET"))).toBe(false);
  });

  test("one wild run of four changes nothing", () => {
    const base = sideOf(runsOf(passing, 4));
    const [first, ...others] = runsOf(passing, 4);
    const wild = compare(base, sideOf([{ ...slower(300), record: first!.record }, ...others]));
    expect(wild.outcome).toBe("no change");
  });

  test("as far apart as the runs of each side is no difference", () => {
    const spread = (...byMs: readonly number[]) => byMs.map((ms, index) => jittered(slower(ms), 0, index));
    const p50Of = (base: readonly StoredRun[], runs: readonly StoredRun[]) =>
      compare(sideOf(base), sideOf(runs)).metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    expect(p50Of(spread(0, 20, 10, 5), spread(15, 25, 30, 8))).toMatchObject({ change: "unchanged", isNotable: true });
    expect(p50Of(spread(0, 20, 10, 5), spread(160, 170, 180, 165))).toMatchObject({ change: "worse" });
  });
});

describe("runs that fail more", () => {
  test("are worse in their shares and their throughput", () => {
    const comparison = against(failing(5));
    const worse = of(comparison, "worse");
    expect(worse).toContain("all, faults, notOkShare");
    expect(worse).toContain("all, faults, okPerSecond");
    const share = comparison.metrics.find((one) => named(one) === "all, faults, notOkShare")!;
    expect(share.shift).toBeGreaterThan(0.15);
    expect(share.shift).toBeLessThan(0.25);
    const rate = comparison.metrics.find((one) => named(one) === "all, faults, okPerSecond")!;
    expect(rate.shift).toBeLessThan(-15);
    // Less is worse here: with three runs a side the end that is known is the upper one.
    const three = against(failing(5), passing, 3).metrics.find((one) => named(one) === "all, faults, okPerSecond")!;
    expect(three).toMatchObject({ change: "worse", range: { lower: null } });
    expect(three.range!.upper).toBeLessThan(-15);
  });

  test("figures are shown and do not decide", () => {
    const { figures, outcome } = against(
      changed({ every: 900, operation: 0 }, (history, row) => {
        history.outcome[row] = outcomeCode("failed");
      }),
    );
    expect(outcome).toBe("no change");
    expect(figures.map(({ name }) => name)).toContain("time to recover");
    expect(figures.find(({ name }) => name === "goodput of shoppers, faults")).toMatchObject({ isNotable: false });
  });
});

test("what is shown of a metric and of a figure is one statistic: base + shift = run", () => {
  for (const comparison of [against(slower(30)), against(failing(5)), against(failing(3), slower(7), 1)]) {
    for (const { base, run, shift } of [...comparison.metrics, ...comparison.figures]) {
      if (base === null || run === null) expect(shift).toBeNull();
      else expect(base + shift!).toBeCloseTo(run, 9);
    }
  }
});

test("what nobody noticed need not have been detected", () => {
  const noticed = { ...failing(5), events: [...passing.events] };
  const { fromMs } = passing.record.phases.faults!;
  noticed.events.push({ atMs: fromMs + 1500, type: "health", instance: "api-1", health: "unready" });
  const quiet = { ...noticed, history: { ...passing.history!, outcome: passing.history!.outcome.map(() => 0) } };
  const figuresOf = (run: StoredRun): string[] => sideOf([run]).figures.map(({ name }) => name);
  expect(figuresOf(noticed)).toContain("time to detect");
  expect(figuresOf(quiet)).toContain("time to impact");
  expect(figuresOf(quiet)).not.toContain("time to detect");
});

test.each([
  ["a count", [12_345], 12_345],
  ["a count, of two runs", [12_345, 12_346], 12_345.5],
  ["a small count", [7, 8], 7.5],
  ["a share", [0.987_654_3], 0.9877],
  ["a time", [12_345.678], 12_345.7],
])("%s keeps the digits that mean something", (_, values, shown) => {
  const runs = values.map((lost) => {
    const checks = passing.record.checks.map((one) => ({ ...one, numbers: { lost } }));
    return withRecord({ checks }, passing);
  });
  expect(sideOf(runs).checks[0]?.numbers["lost"]).toBe(shown);
});

describe("what a run could not measure", () => {
  const { phases, generator } = passing.record;
  const lateFor = (part: number) => {
    const { fromMs, toMs } = phases.faults!;
    const until = fromMs + part * (toMs - fromMs);
    return { generator: { ...generator!, tainted: [{ fromMs, toMs: until, reason: "lag up to 200 ms" }] } };
  };

  test("no latency is claimed where the generator was late, but failures are; that is no pass", () => {
    const comparison = against(withRecord(lateFor(1), slower(30)));
    expect(comparison.outcome).toBe("cannot tell");
    expect(comparison.undecided).toEqual([expect.stringContaining("latency in faults")]);
    expect(of(comparison, "too few")).toContain("all, faults, p50Ms");
    expect(comparison.warnings).toEqual([expect.stringMatching(/^run: the load generator itself was late for 36 s/)]);
    const failed = against(withRecord(lateFor(1), failing(5)));
    expect(of(failed, "worse")).toContain("all, faults, notOkShare");
    expect(failed.outcome).toBe("worse");
  });

  test("latency is that of the times when it was not late; of a phase of which that is less than half it is unknown", () => {
    const p50Of = (part: number) =>
      against(withRecord(lateFor(part), slower(30))).metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    expect(p50Of(0.4)).toMatchObject({ change: "worse", runs: { base: 4, run: 4 } });
    expect(p50Of(0.6)).toMatchObject({ change: "too few", runs: { base: 4, run: 0 }, run: null, shift: null });
  });

  test("a run that could not measure a metric does not count for it", () => {
    const base = sideOf(runsOf(passing, 4));
    const late = withRecord(lateFor(1), slower(30));
    const mixed = (good: number): MetricRow => {
      const runs = runsOf(slower(30), 4).map((run, index) =>
        index < good ? run : { ...run, record: { ...run.record, ...lateFor(1) } },
      );
      return compare(base, sideOf(runs)).metrics.find((one) => named(one) === "all, faults, p50Ms")!;
    };
    expect(late.record.generator!.tainted.length).toBe(1);
    expect(mixed(4)).toMatchObject({ change: "worse", runs: { run: 4 } });
    expect(mixed(3)).toMatchObject({ change: "worse", runs: { run: 3 } });
    expect(mixed(1)).toMatchObject({ change: "too few", runs: { run: 1 } });
  });

  test.each([
    [
      "without proof that its fault acted",
      (run: StoredRun) => ({ ...run, events: run.events.filter(({ type }) => type !== "receipt") }),
      ["faults", "recovery"],
    ],
    [
      "with a proxy server that was replaced",
      (run: StoredRun): StoredRun => ({
        ...run,
        events: [...run.events, { atMs: 9000, type: "replaced", what: "Toxiproxy", why: "no answer" }],
      }),
      ["faults", "recovery"],
    ],
    [
      "that was cut off in its recovery",
      (run: StoredRun): StoredRun => {
        const { recovery } = run.record.phases;
        const cut = { ...run.record.phases, recovery: { ...recovery!, toMs: recovery!.toMs - 2000 } };
        return { ...run, record: { ...run.record, status: "interrupted", phases: cut } };
      },
      ["recovery"],
    ],
  ] as const)("a run %s shows nothing of these phases, and nothing is green", (_, spoil, missing) => {
    const comparison = against(spoil(passing));
    const unseen = new Set(
      comparison.metrics
        .filter(({ operation, change }) => operation === null && change === "too few")
        .map(({ phase }) => phase),
    );
    expect([...unseen]).toEqual(missing);
    expect(comparison.outcome).toBe("cannot tell");
    expect(comparison.undecided).toEqual([expect.stringContaining(missing.join(", "))]);
    expect(comparison.warnings.length).toBeGreaterThan(0);
  });

  test("a side that lacks an operation has no numbers for it", () => {
    const base = sideOf(runsOf(passing, 4));
    const run = { ...base, runs: base.runs.map((id) => `${id}-again`), series: base.series.slice(0, 3) };
    const rows = compare(base, run).metrics.filter(({ operation }) => operation !== null);
    expect(rows.every(({ change, run: mean }) => change === "too few" && mean === null)).toBe(true);
  });
});

describe("verdicts", () => {
  const judged = (verdict: "pass" | "inconclusive" | "fail", stale = 0, guards: "safety" | "budget" = "safety") =>
    withRecord({
      verdict,
      checks: passing.record.checks.map((check, index) =>
        index === 0 ? { ...check, verdict, guards, numbers: { stale } } : check,
      ),
    });

  test("a safety law that held and is broken is worse, by one run a side already", () => {
    const comparison = against(judged("fail", 3), judged("pass", 0), 1);
    expect(comparison).toMatchObject({ outcome: "worse", isWorse: true });
    expect(comparison.undecided).toHaveLength(1);
    const counts = [{ name: "stale", base: 0, run: 3 }];
    expect(comparison.verdicts[1]).toMatchObject({ base: "pass", run: "fail", change: "worse", counts });
  });

  test.each([
    ["pass", "inconclusive", "safety"],
    ["inconclusive", "fail", "safety"],
    ["fail", "pass", "safety"],
    ["pass", "fail", "budget"],
    ["fail", "pass", "budget"],
  ] as const)("%s → %s of a %s may be chance: it is shown, and does not decide", (before, after, guards) => {
    const comparison = against(judged(after, 3, guards), judged(before, 0, guards));
    expect(comparison.outcome).toBe("no change");
    expect(comparison.verdicts[1]).toMatchObject({ base: before, run: after, change: "differs" });
    expect(against(judged(after, 3, guards), judged(before, 0, guards), 1).outcome).toBe("cannot tell");
  });

  test("broken in one run of the base already, it is no difference that is sure", () => {
    const some = [judged("fail", 3), ...runsOf(judged("pass"), 3)].map((run, index) => jittered(run, 0, index));
    const { verdicts, outcome } = compare(sideOf(some), sideOf(runsOf(judged("fail", 3), 4)));
    expect(outcome).toBe("no change");
    expect(verdicts[1]).toMatchObject({ change: "differs", runs: { base: { fail: 1, pass: 3 }, run: { fail: 4 } } });
  });

  test("what held on both sides is not counted out, and a check that only one side has decides nothing itself", () => {
    expect(against(judged("pass", 3), judged("pass", 0)).verdicts[1]!.counts).toEqual([]);
    const { verdicts, isWorse } = against(withRecord({ checks: passing.record.checks.slice(1) }));
    expect(verdicts.find(({ run }) => run === null)).toMatchObject({ base: "pass", change: "differs" });
    expect(isWorse).toBe(false);
  });
});

test("another version of Faultline is a warning; another system is what is compared", () => {
  const { system } = passing.record;
  expect(against(withRecord({ faultline: "0.2.0" })).warnings).toEqual([expect.stringMatching(/0\.1\.0 and 0\.2\.0/)]);
  expect(against(withRecord({ system: { ...system, variant: "mutant" } })).warnings).toEqual([]);
});
