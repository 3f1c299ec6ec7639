import { describe, expect, it } from "vitest";
import { bySureness, type Cell, proofOfMutant, tallies, verdictOf } from "./proof.ts";

let runs = 0;
const cell = (scenario: string, verdict: Cell["verdict"], rest: Partial<Cell> = {}): Cell => {
  runs += 1;
  return {
    mutant: "m",
    scenario,
    seed: `${runs}`,
    fingerprint: "f",
    verdict,
    checks: [],
    tookMs: 1000,
    run: `r${runs}`,
    ...rest,
  };
};
const failed = (scenario: string, ...names: readonly string[]): Cell =>
  cell(scenario, "fail", { checks: names.map((name) => ({ name, actual: "seen" })) });
const of = (...cells: readonly Cell[]) => proofOfMutant({ name: "m" }, cells);

it("counts the runs of each scenario, the checks that failed, and keeps the newest run that failed", () => {
  const last = failed("a", "noStaleReads", "cacheAgrees");
  const all = [failed("a", "noStaleReads"), last, cell("a", "pass"), cell("a", "inconclusive"), cell("b", "pass")];
  expect(tallies(all)).toMatchObject([
    { scenario: "a", runs: 4, failed: 2, passed: 1, inconclusive: 1, run: last.run },
    { scenario: "b", runs: 1, failed: 0, passed: 1, inconclusive: 0 },
  ]);
  expect(tallies(all)[0]?.checks).toEqual({ noStaleReads: 2, cacheAgrees: 1 });
  const untold = cell("b", "inconclusive", { said: "cannot be told" });
  expect(tallies([cell("b", "pass"), untold, cell("b", "pass")])).toMatchObject([
    { run: untold.run, said: untold.said },
  ]);
});

describe("a mutant", () => {
  it("is caught by a single run that failed, survives when all that could tell passed, and is untold otherwise", () => {
    expect(of(cell("a", "pass"), failed("b", "x")).fate).toBe("caught");
    expect(of(cell("a", "pass"), cell("b", "inconclusive")).fate).toBe("survived");
    expect(of(cell("a", "inconclusive")).fate).toBe("untold");
    expect(of().fate).toBe("untold");
  });

  it("is caught best by the scenario that does so most surely, and of equals by the fastest", () => {
    const thrice = [failed("thrice", "x"), failed("thrice", "x"), failed("thrice", "x")];
    const once = [failed("once", "x")];
    const half = [failed("half", "x"), failed("half", "x"), failed("half", "x"), cell("half", "pass")];
    expect(of(...once, ...half, ...thrice, cell("never", "pass"))).toMatchObject({ best: "thrice" });
    const fast = { ...failed("fast", "x"), tookMs: 10 };
    expect(bySureness(tallies([...once, fast])).map(({ scenario }) => scenario)).toEqual(["fast", "once"]);
    expect(bySureness(tallies([cell("never", "pass"), ...once])).map(({ scenario }) => scenario)).toEqual([
      "once",
      "never",
    ]);
  });
});

describe("the verdict", () => {
  const passed = tallies([cell("a", "pass")]);
  const caught = of(failed("a", "x"));
  const good = { canary: tallies([failed("canary", "x")])[0]!, correct: passed, mutants: [caught] };

  it("is pass when every mutant is caught, the system as it is passes, and the canary fails", () => {
    expect(verdictOf(good)).toEqual({
      verdict: "pass",
      sentence: "1 of 1 mutants caught; the correct system passed 1 of 1 runs",
    });
    expect(verdictOf({ ...good, canary: null }).verdict).toBe("pass");
  });

  it("is fail for a survivor, for a correct run that failed, and for a canary that did not", () => {
    expect(verdictOf({ ...good, mutants: [caught, of(cell("a", "pass"))] })).toMatchObject({
      verdict: "fail",
      sentence: expect.stringContaining("survived: m"),
    });
    expect(verdictOf({ ...good, correct: tallies([cell("a", "pass"), failed("a", "x")]) }).verdict).toBe("fail");
    expect(verdictOf({ ...good, canary: tallies([cell("canary", "pass")])[0]! })).toMatchObject({
      verdict: "fail",
      sentence: expect.stringContaining("the canary did not fail"),
    });
  });

  it("is inconclusive when something could not be told at all; one run of several that could not is no matter", () => {
    const unclear = cell("a", "inconclusive");
    expect(verdictOf({ ...good, correct: tallies([unclear]) }).verdict).toBe("inconclusive");
    expect(verdictOf({ ...good, mutants: [of(unclear)] }).verdict).toBe("inconclusive");
    expect(verdictOf({ ...good, canary: tallies([unclear])[0]! }).verdict).toBe("inconclusive");
    expect(verdictOf({ ...good, correct: tallies([unclear, cell("a", "pass")]) }).verdict).toBe("pass");
    expect(verdictOf({ ...good, correct: tallies([unclear]), mutants: [of(cell("a", "pass"))] }).verdict).toBe("fail");
  });

  it("is inconclusive when nothing was run against the system as it is", () => {
    const nothing = { canary: null, correct: [], mutants: [] };
    expect(verdictOf(nothing)).toMatchObject({
      verdict: "inconclusive",
      sentence: expect.stringContaining("no scenario was run"),
    });
    expect(verdictOf({ ...nothing, mutants: [caught] }).verdict).toBe("inconclusive");
  });

  it("says how many runs had to be made again", () => {
    const correct = tallies([
      cell("a", "pass", { repeated: 2 }),
      cell("b", "pass", { repeated: 1 }),
      cell("c", "pass"),
    ]);
    expect(correct.map(({ repeated }) => repeated)).toEqual([2, 1, undefined]);
    expect(verdictOf({ ...good, correct }).sentence).toContain("3 of 3 runs, and 3 without a verdict were made again");
  });

  it("says how many runs could not be judged, and by which scenarios a survivor was not", () => {
    const correct = tallies([cell("a", "pass"), cell("a", "inconclusive")]);
    expect(verdictOf({ ...good, correct }).sentence).toContain(
      "passed 1 of 2 runs; without a verdict: 1 of 2 runs of the correct system",
    );
    const survivor = of(cell("a", "pass"), cell("b", "inconclusive"));
    expect(verdictOf({ ...good, mutants: [survivor] }).sentence).toContain("survived: m; without a verdict: m by b");
    // With another run that came to a verdict, it was judged.
    const judged = of(cell("a", "pass"), cell("b", "inconclusive"), cell("b", "pass"));
    expect(verdictOf({ ...good, mutants: [judged] }).sentence).toMatch(/survived: m$/);
  });
});

describe("a proof that ended early", () => {
  const incomplete = { reason: "interrupted by SIGINT", remedy: "Go on.", done: 3, of: 8 };
  const passed = tallies([cell("a", "pass")]);
  const unfinished = (...cells: readonly Cell[]) => proofOfMutant({ name: "m" }, cells, true);
  const parts = { incomplete, canary: null, correct: passed, mutants: [unfinished(cell("a", "pass"))] };

  it("is inconclusive, whatever passed: no mutant survives what it was not run with", () => {
    expect(parts.mutants[0]).toMatchObject({ fate: "untold", isUnfinished: true });
    expect(verdictOf(parts)).toEqual({
      verdict: "inconclusive",
      sentence:
        "incomplete, 3 of at most 8 runs made: interrupted by SIGINT; 0 of 1 mutants caught; " +
        "the correct system passed 1 of 1 runs; not finished: m",
    });
    // Also where all that is left is a repeat of what was seen.
    expect(verdictOf({ ...parts, mutants: [] }).verdict).toBe("inconclusive");
  });

  it("keeps what it found: a mutant that is caught, and a failure", () => {
    expect(unfinished(failed("a", "x")).fate).toBe("caught");
    expect(verdictOf({ ...parts, correct: tallies([failed("a", "x")]) }).verdict).toBe("fail");
    expect(verdictOf({ ...parts, canary: passed[0]! }).verdict).toBe("fail");
    const survivor = proofOfMutant({ name: "n" }, [cell("a", "pass")]);
    expect(verdictOf({ ...parts, mutants: [survivor] }).verdict).toBe("fail");
  });
});
