import { describe, expect, test } from "vitest";
import { sideOf } from "../model/compare/side-of.ts";
import { FaultlineError } from "../model/errors.ts";
import type { RunRecord, StoredRun } from "../model/run.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { refuseOtherThanBaseline, tooFewForBaseline } from "./against-baseline.ts";
import { refuseOtherPlans, sideOfRuns } from "./sides.ts";

const sample = sampleRun({ verdict: "pass" });
const { plan, system, scenario } = sample.record;
const run = (id: string, changes: Partial<RunRecord> = {}): StoredRun => ({
  ...sample,
  record: { ...sample.record, id, ...changes },
});
const rate = (perSecond: number) => ({ plan: { ...plan, workloads: [{ name: "shoppers", perSecond }] } });

function refusal(of: () => unknown): { readonly code: string; readonly exit: number; readonly message: string } {
  try {
    of();
  } catch (error) {
    if (error instanceof FaultlineError) return { code: error.code, exit: error.exit, message: error.message };
    throw error;
  }
  throw new Error("was not refused");
}

describe("the runs of one side", () => {
  test("make a side when they are of one plan and one system", () => {
    expect(sideOfRuns([run("a"), run("b"), run("c")], "compare").runs).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["RUN_NAMED_TWICE", [run("a"), run("b"), run("a")], /run a stands twice/],
    ["MIXED_SCENARIOS", [run("a"), run("b", { scenario: { ...scenario, id: "other" } })], /cache-partition, other/],
    ["MIXED_SYSTEMS", [run("a"), run("b", { system: { ...system, variant: "mutant" } })], /storefront \(mutant\)/],
    ["MIXED_PLANS", [run("a", rate(25)), run("b", rate(8))], /25\/s.*8\/s/],
  ])("are refused otherwise: %s", (code, runs, said) => {
    const found = refusal(() => sideOfRuns(runs, "compare"));
    expect(found).toMatchObject({ code, exit: 64 });
    expect(found.message).toMatch(said);
  });
});

describe("two sides", () => {
  test("with another rate are refused, whatever else is the same", () => {
    const [base, other] = [sideOf([run("a", rate(25))]), sideOf([run("b", rate(8))])];
    const found = refusal(() => refuseOtherPlans(base, other, "compare"));
    expect(found).toMatchObject({ code: "LOADS_DIFFER", exit: 64 });
    expect(found.message).toMatch(/workload shoppers: differs: base has 25\/s, run has 8\/s/);
  });

  test("must not share a run", () => {
    const found = refusal(() => refuseOtherPlans(sideOf([run("a"), run("b")]), sideOf([run("b")]), "compare"));
    expect(found.code).toBe("RUN_NAMED_TWICE");
  });
});

describe("before runs are held against a baseline", () => {
  const base = sideOf([run("a"), run("b"), run("c")]);

  test("what would not be comparable is refused", () => {
    const planned = [{ id: scenario.id, plan: rate(8).plan }];
    expect(refusal(() => refuseOtherThanBaseline(base, planned, { environment: "local", repeats: 3 }))).toMatchObject({
      code: "LOADS_DIFFER",
    });
    const containers = refusal(() =>
      refuseOtherThanBaseline(base, [{ id: scenario.id, plan }], { environment: "containers", repeats: 3 }),
    );
    expect(containers.message).toContain("ENVIRONMENTS_DIFFER");
  });

  test("one seed for all repeats is another story than a baseline of one seed a run", () => {
    const seeded = (seed: string) => run(seed, { seed, plan: { ...plan, seed, arrivals: { count: 1, sha256: seed } } });
    const drawn = sideOf(["1", "2", "3"].map(seeded));
    // Another environment, so that there is something to refuse on every machine.
    const asked = (repeats: number) => {
      const place = { environment: "containers", repeats };
      return refusal(() => refuseOtherThanBaseline(drawn, [{ id: scenario.id, plan }], place)).message;
    };
    expect(asked(3)).toContain("SEEDS_DIFFER");
    expect(asked(1)).not.toContain("SEEDS_DIFFER");
  });

  test("too few of them are announced, with the number that it takes", () => {
    expect(tooFewForBaseline(base, 3)).toBeUndefined();
    expect(tooFewForBaseline(base, 1)).toMatch(/3 runs in the baseline and 1 now cannot show .*--repeat 3/);
    expect(tooFewForBaseline(sideOf([run("a")]), 3)).toMatch(/from 3 runs or more/);
  });
});
