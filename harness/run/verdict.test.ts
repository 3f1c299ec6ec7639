import { expect, test } from "vitest";
import type { Check, Evidence } from "../model/check.ts";
import { nothingGenerated } from "../model/evidence.ts";
import type { Receipt } from "../model/fault.ts";
import { historyOf, type LoadPhase, type Outcome, outcomeCode, phaseCode } from "../model/history.ts";
import type { CheckResult, Verdict } from "../model/verdict.ts";
import { sentenceFor } from "./sentence.ts";
import { judgeRun } from "./verdict.ts";

const check = (verdict: Verdict | Error): Check => ({
  name: "aCheck",
  parameters: {},
  guards: "safety",
  title: "a check",
  law: "a law",
  judge(): CheckResult {
    if (verdict instanceof Error) throw verdict;
    const rest = { expected: "this", actual: "that", witness: [], numbers: {} };
    return { name: "aCheck", title: "a check", law: "a law", guards: "safety", verdict, ...rest };
  },
});

const receipt: Receipt = {
  injection: "i1",
  on: "api->cache",
  requestedMs: 1000,
  provenMs: 1010,
  healRequestedMs: 2000,
  healProvenMs: 2010,
  before: {},
};

/** A healthy run of 20 operations with one proven fault. */
function evidenceOf(changes: Partial<Evidence> = {}, operations: readonly [LoadPhase, Outcome][] = healthy): Evidence {
  const history = historyOf(operations.length);
  for (const [row, [phase, outcome]] of operations.entries()) {
    history.phase[row] = phaseCode(phase);
    history.outcome[row] = outcomeCode(outcome);
    history.wireMs[row] = row * 100;
    history.endMs[row] = row * 100 + 5;
  }
  const injection = { kind: "partition", target: "api->cache", parameters: {}, id: "i1", atMs: 1000, lastingMs: 1000 };
  return {
    history,
    errors: [""],
    operations: [],
    workloads: [{ name: "shoppers", perSecond: 10 }],
    entry: ["api"],
    phases: {},
    schedule: [{ ...injection, acts: ["api->cache"], title: "partition api->cache" }],
    receipts: [receipt],
    events: [],
    generator: { ...nothingGenerated, planned: 20, recorded: 20, dispatched: 20 },
    ...changes,
  };
}
const ten = (phase: LoadPhase): [LoadPhase, Outcome][] => Array.from({ length: 10 }, () => [phase, "ok"]);
const healthy: readonly [LoadPhase, Outcome][] = [...ten("steady"), ...ten("faults")];

test("a run passes when every check passes and nothing speaks against it", () => {
  expect(judgeRun(evidenceOf(), [check("pass")])).toMatchObject({ verdict: "pass", passed: "tolerated", reasons: [] });
});

test("a run that passed with an effect on users says so", () => {
  const noticed = evidenceOf({}, [...ten("steady"), ...ten("faults"), ["faults", "rejected"]]);
  expect(judgeRun(noticed, [check("pass")])).toMatchObject({ verdict: "pass", passed: "degraded as designed" });
});

test("the worst check wins, and one that crashes has decided nothing", () => {
  expect(judgeRun(evidenceOf(), [check("pass"), check("fail"), check("inconclusive")]).verdict).toBe("fail");
  const crashed = judgeRun(evidenceOf(), [check("pass"), check(new Error("oh"))]);
  expect(crashed.verdict).toBe("inconclusive");
  expect(crashed.checks[1]?.actual).toBe("the check crashed: oh");
  expect(judgeRun(evidenceOf(), []).verdict).toBe("inconclusive");
});

test("an unhealthy steady phase makes a run inconclusive, never failed", () => {
  const unhealthy = evidenceOf({}, [...ten("steady"), ["steady", "failed"], ...ten("faults")]);
  const judged = judgeRun(unhealthy, [check("fail")]);
  expect(judged.verdict).toBe("inconclusive");
  expect(judged.reasons[0]).toContain("only 10 of 11 operations (90.9 %) were ok");
  expect(judgeRun(evidenceOf({}, ten("faults")), [check("pass")]).verdict).toBe("inconclusive");
});

const { provenMs: _proven, ...neverProven } = receipt;
const { healProvenMs: _healed, ...neverHealed } = receipt;
test.each<[string, readonly Receipt[], RegExp]>([
  ["has no receipt", [], /no receipt/],
  ["was never seen acting", [neverProven], /never seen acting/],
  ["was never seen healed", [neverHealed], /never seen healed/],
  ["could not be injected", [{ ...receipt, error: "injecting: oh" }], /injecting: oh/],
  ["met no operation", [{ ...receipt, provenMs: 9000, healRequestedMs: 9100 }], /no operation was under way/],
])("a fault that %s makes the run inconclusive", (_what, receipts, reason) => {
  const judged = judgeRun(evidenceOf({ receipts }), [check("pass")]);
  expect(judged.verdict).toBe("inconclusive");
  expect(judged.reasons.join()).toMatch(reason);
  expect(judgeRun(evidenceOf({ receipts }), [check("fail")]).verdict).toBe("fail");
});

test("what the generator could not send makes the run inconclusive", () => {
  const evidence = evidenceOf();
  const judged = judgeRun({ ...evidence, generator: { ...evidence.generator, overflow: 3 } }, [check("pass")]);
  expect(judged).toMatchObject({ verdict: "inconclusive" });
});

test("a call of the workload's own that never settles makes the run inconclusive, and says what to do", () => {
  const evidence = evidenceOf();
  const judged = judgeRun({ ...evidence, generator: { ...evidence.generator, unsettled: 2 } }, [check("pass")]);
  expect(judged.verdict).toBe("inconclusive");
  expect(judged.reasons.join()).toMatch(/2 calls of perform .* its signal is aborted \[WORKLOAD_NEVER_SETTLES\]/);
});

test("one sentence goes from the fault to the failure, or to its absence", () => {
  const evidence = evidenceOf();
  const say = (verdict: Verdict, around = evidence): string => sentenceFor(judgeRun(around, [check(verdict)]), around);
  expect(say("fail")).toBe("partition api->cache for 1 s became a failure: a check was broken, that.");
  expect(say("pass")).toBe(
    "partition api->cache for 1 s stayed a fault: the one check held, and each of 10 operations during and after it was ok.",
  );
  expect(say("inconclusive")).toBe(
    "Whether partition api->cache for 1 s became a failure cannot be told: a check: that.",
  );
});

test("a run that did not come to its end is inconclusive, whatever it saw", () => {
  const course = { isComplete: false, reasons: ["interrupted by SIGINT"] };
  expect(judgeRun(evidenceOf(), [check("fail")], course)).toMatchObject({ verdict: "inconclusive" });
  expect(judgeRun(evidenceOf(), [check("pass")], course).reasons).toEqual(course.reasons);
});

test("of many faults the sentence names the first ones", () => {
  const around = evidenceOf();
  const [first] = around.schedule;
  const many = { ...around, schedule: Array.from({ length: 31 }, (_, index) => ({ ...first!, id: `i${index + 1}` })) };
  const said = sentenceFor(judgeRun(around, [check("pass")]), many);
  expect(said.match(/partition/g)).toHaveLength(3);
  expect(said).toContain("and 28 more faults stayed a fault: the one check held");
});

test("a tool of the run that was replaced leaves the run undecided", () => {
  const events = [{ atMs: 5, type: "replaced", what: "toxiproxy", why: "it did not answer" }] as const;
  const { verdict, reasons } = judgeRun(evidenceOf({ events }), [check("pass")]);
  expect(verdict).toBe("inconclusive");
  expect(reasons).toEqual([expect.stringContaining("toxiproxy hung (it did not answer) and was replaced")]);
});
