import { describe, expect, it } from "vitest";
import type { RunRecord } from "../model/run.ts";
import type { CheckResult, Guards, Measure, Verdict } from "../model/verdict.ts";
import { seriesOf } from "./series.ts";

const said = { title: "t", law: "l", expected: "e", actual: "a", witness: [], numbers: {} };
const result = (guards: Guards, verdict: Verdict, value?: number | null): CheckResult => {
  const measure: Measure | undefined =
    value === undefined ? undefined : { value, limit: 100, better: "lower", unit: "ms" };
  return { name: "n", guards, verdict, ...said, ...(measure === undefined ? {} : { measure }) };
};
/** A run that found this; one that could tell nothing has a verdict of its own. */
const run = (check: CheckResult, verdict: Verdict = check.verdict): RunRecord =>
  ({ verdict, checks: [check] }) as unknown as RunRecord;
const safety = (...verdicts: readonly Verdict[]) => seriesOf(verdicts.map((one) => run(result("safety", one))));
const budget = (...all: readonly (readonly [Verdict, (number | null)?])[]) =>
  seriesOf(all.map(([verdict, value]) => run(result("budget", verdict, value))));

describe("several runs of one plan", () => {
  it("safety: one violation fails, and nine runs without one do not make up for it", () => {
    const series = safety("fail", ...Array.from({ length: 9 }, () => "pass" as const));
    expect(series).toMatchObject({ verdict: "fail", runs: 10, checks: [{ counts: { pass: 9, fail: 1 } }] });
    const { lower, upper } = series.checks[0]!.failureShare;
    expect(lower).toBeGreaterThan(0.01);
    expect(upper).toBeLessThan(0.36);
    expect(safety("pass", "pass").verdict).toBe("pass");
    expect(safety("pass", "inconclusive").verdict).toBe("inconclusive");
  });

  it("budgets: what passes only on a repeat is flaky, whichever run came first", () => {
    expect(budget(["fail", 104], ["pass", 98], ["pass", 97]).verdict).toBe("flaky");
    expect(budget(["pass", 98], ["pass", 97], ["fail", 104]).verdict).toBe("flaky");
    expect(budget(["fail"], ["pass"]).verdict).toBe("flaky");
    expect(budget(["fail", 104], ["fail", 103]).verdict).toBe("fail");
  });

  it("budgets: the interval of the runs decides where it lies wholly on one side", () => {
    expect(budget(["fail", 150], ["fail", 152], ["inconclusive", 148], ["pass", 151])).toMatchObject({
      verdict: "fail",
      checks: [{ budget: { mean: 150.25, limit: 100 } }],
    });
    expect(budget(["inconclusive", 90], ["inconclusive", 91], ["pass", 89]).verdict).toBe("pass");
    expect(budget(["inconclusive", 90], ["inconclusive", 120], ["pass", 80]).verdict).toBe("inconclusive");
    expect(budget(["inconclusive", 90], ["pass", 91]).verdict).toBe("inconclusive");
  });

  it("takes no mean where a run could not see the end", () => {
    expect(budget(["fail", null], ["pass", 90], ["pass", 90])).toMatchObject({ verdict: "flaky" });
    expect(budget(["fail", null], ["pass", 90], ["pass", 90]).checks[0]?.budget).toBeUndefined();
  });

  it("leaves out runs that could tell nothing, and can tell nothing when those are most", () => {
    const blind = run(result("safety", "pass"), "inconclusive");
    const [good, bad] = [run(result("safety", "pass")), run(result("safety", "fail"))];
    expect(seriesOf([blind, good, good])).toMatchObject({ verdict: "pass", untold: 1 });
    expect(seriesOf([blind, blind, good])).toMatchObject({ verdict: "inconclusive", untold: 2 });
    expect(seriesOf([blind, blind, bad]).verdict).toBe("fail");
  });

  it("leaves out runs of which the course excused a missed budget, but not those in which a check was undecided", () => {
    const excused = run({ ...result("budget", "inconclusive"), cause: "steadyUnhealthy" });
    const undecided = run({ ...result("budget", "inconclusive"), cause: "tooFewSamples" });
    const good = run(result("budget", "pass"));
    expect(seriesOf([excused, good, good])).toMatchObject({ verdict: "pass", untold: 1 });
    expect(seriesOf([undecided, good, good])).toMatchObject({ verdict: "inconclusive", untold: 0 });
  });
});
