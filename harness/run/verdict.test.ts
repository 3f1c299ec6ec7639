import { describe, expect, it, test } from "vitest";
import { availability } from "../checks/availability.ts";
import { noLostUpdates } from "../checks/no-lost-updates.ts";
import { noLostWrites } from "../checks/no-lost-writes.ts";
import { nothingHangs } from "../checks/nothing-hangs.ts";
import { staysUp } from "../checks/stays-up.ts";
import * as stories from "../checks/testing/history.ts";
import type { CauseCode } from "../model/cause.ts";
import type { Check, Evidence } from "../model/check.ts";
import { nothingGenerated } from "../model/evidence.ts";
import type { Receipt } from "../model/fault.ts";
import { historyOf, type LoadPhase, type Outcome, outcomeCode, phaseCode } from "../model/history.ts";
import type { CheckResult, Guards, Verdict } from "../model/verdict.ts";
import { causeOfUnproven } from "./causes.ts";
import { sentenceFor } from "./sentence.ts";
import { judgeRun } from "./verdict.ts";

const check = (verdict: Verdict | Error, guards: Guards = "safety", found: Partial<CheckResult> = {}): Check => ({
  name: "aCheck",
  parameters: {},
  guards,
  title: "a check",
  law: "a law",
  judge(): CheckResult {
    if (verdict instanceof Error) throw verdict;
    const rest = { expected: "this", actual: "that", witness: [], numbers: {}, ...found };
    return { name: "aCheck", title: "a check", law: "a law", guards, verdict, ...rest };
  },
});
const measured = { measure: { value: 0.5, limit: 0.9, better: "higher", unit: "share" } } as const;
const budget = (verdict: Verdict): Check => check(verdict, "budget", measured);

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

const unhealthy = evidenceOf({}, [...ten("steady"), ["steady", "failed"], ...ten("faults")]);

test("an unhealthy steady phase says which operation was not ok most often, and why", () => {
  const answers = [...ten("steady"), ...ten("steady").slice(3)].map(([phase]) => [phase, "ok"] as [LoadPhase, Outcome]);
  const bad = evidenceOf({}, [...answers, ["steady", "failed"], ["steady", "rejected"], ["steady", "rejected"]]);
  bad.history.error[18] = 1;
  bad.history.error[19] = 1;
  const [reason] = judgeRun({ ...bad, errors: ["", "412"], schedule: [], receipts: [] }, [check("pass")]).reasons;
  const byJudge = judgeRun({ ...bad, errors: ["", "its judge threw: x"], schedule: [], receipts: [] }, [check("pass")]);
  expect(byJudge.cause?.remedy).toBe("Correct the workload, then run it again.");
  expect(reason).toMatch(/were ok; most often: an operation rejected, "412" \(2 times\)$/);
});

test("an unhealthy steady phase makes a run inconclusive, but a broken safety law stays broken", () => {
  const judged = judgeRun(unhealthy, [check("pass")]);
  expect(judged.verdict).toBe("inconclusive");
  expect(judged.cause).toMatchObject({ code: "steadyUnhealthy" });
  expect(judged.reasons[0]).toContain("only 10 of 11 operations (90.9 %) were ok");
  expect(judgeRun(evidenceOf({}, ten("faults")), [check("pass")]).verdict).toBe("inconclusive");
  const broken = judgeRun(unhealthy, [check("fail")]);
  expect(broken).toMatchObject({ verdict: "fail", checks: [{ verdict: "fail" }] });
  expect(sentenceFor(broken, unhealthy)).toBe(
    "a check was broken: that. The fault (partition api->cache for 1 s) may not be its cause: " +
      "the steady phase was unhealthy without any fault: only 10 of 11 operations (90.9 %) were ok; " +
      "most often: an operation failed (once).",
  );
});

const { provenMs: _proven, ...neverProven } = receipt;
const { healProvenMs: _healed, ...neverHealed } = receipt;
test.each<[string, readonly Receipt[], RegExp]>([
  ["has no receipt", [], /no receipt/],
  ["was never seen acting", [neverProven], /never seen acting/],
  ["was never seen healed", [neverHealed], /never seen healed/],
  ["was seen acting at no time", [{ ...receipt, provenMs: null as unknown as number }], /never seen acting/],
  ["was seen healed at no time", [{ ...receipt, healProvenMs: Number.NaN }], /never seen healed/],
  ["could not be injected", [{ ...receipt, error: "injecting: oh" }], /injecting: oh/],
  ["met no operation", [{ ...receipt, provenMs: 9000, healRequestedMs: 9100 }], /no operation was under way/],
])("a fault that %s makes the run inconclusive", (_what, receipts, reason) => {
  const judged = judgeRun(evidenceOf({ receipts }), [check("pass")]);
  expect(judged.verdict).toBe("inconclusive");
  expect(judged.reasons.join()).toMatch(reason);
  const broken = judgeRun(evidenceOf({ receipts }), [check("fail"), budget("fail")]);
  expect(broken).toMatchObject({ verdict: "fail", checks: [{ verdict: "fail" }, { verdict: "inconclusive" }] });
});

test("a fault on two links needs a receipt of each: two of one link say nothing of the other", () => {
  const base = evidenceOf();
  const schedule = base.schedule.map((one) => ({ ...one, acts: ["api->cache", "api-2->cache"] }));
  const of = (...on: readonly string[]) =>
    judgeRun({ ...base, schedule, receipts: on.map((link) => ({ ...receipt, on: link })) }, [check("pass")]);
  expect(of("api->cache", "api-2->cache").verdict).toBe("pass");
  expect(of("api->cache", "api->cache")).toMatchObject({
    verdict: "inconclusive",
    cause: { code: "noEvidence", text: "partition api->cache: there is no receipt that it acted on api-2->cache" },
  });
});

test.each<[string, CauseCode]>([
  ["kill api: there is no receipt that it acted", "noEvidence"],
  ["kill api: was never seen acting", "noEvidence"],
  ["kill api: injecting: oh", "noEvidence"],
  ["kill api: was never seen healed", "notHealed"],
  ["kill api: healing: not done within 30 s", "notHealed"],
  ["cut api->cache: no operation was under way while it acted", "nothingCrossed"],
  ["cut api->cache: nothing went through that link while it acted", "nothingCrossed"],
])("%s: that is %s", (text, code) => {
  expect(causeOfUnproven(text)).toMatchObject({ code, text, remedy: expect.stringMatching(/^[A-Z].*\.$/) });
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
  expect(say("inconclusive")).toBe("Inconclusive: a check: that.");
});

const interrupted = { isComplete: false, reasons: ["run: interrupted by SIGINT"], status: "interrupted" } as const;

test("a run that did not come to its end passes nothing and misses no budget, but a broken safety law stays broken", () => {
  const { verdict, cause, checks } = judgeRun(evidenceOf(), [check("pass"), budget("fail")], interrupted);
  expect(verdict).toBe("inconclusive");
  expect(cause).toMatchObject({ code: "interrupted", text: "the run was interrupted by SIGINT" });
  expect(checks[1]).toMatchObject({ verdict: "inconclusive", cause: "interrupted" });
  expect(checks[1]).not.toHaveProperty("measure");
  const whole = judgeRun(evidenceOf(), [check("pass")], interrupted);
  expect(sentenceFor(whole, evidenceOf())).toBe("The run was interrupted by SIGINT.");
  const broken = judgeRun(evidenceOf(), [check("fail")], interrupted);
  expect(broken.verdict).toBe("fail");
  expect(sentenceFor(broken, evidenceOf())).toContain("partition api->cache for 1 s became a failure");
  const failed = { isComplete: false, reasons: ["toxiproxy: ended with SIGKILL in mid-run"] };
  expect(judgeRun(evidenceOf(), [check("pass")], failed).cause?.code).toBe("notCompleted");
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

const late = { fromMs: 0, toMs: 30_000, reason: "lag up to 776 ms" };
const phases = {
  steady: { fromMs: 0, toMs: 10_000 },
  faults: { fromMs: 10_000, toMs: 20_000 },
  recovery: { fromMs: 20_000, toMs: 30_000 },
};
const generator = { ...evidenceOf().generator, lagMaxMs: 776 };
const replaced = { atMs: 5, type: "replaced", what: "toxiproxy", why: "it did not answer" } as const;

describe("a budget that was missed", () => {
  it("fails a run of which nothing else is said", () => {
    expect(judgeRun(evidenceOf(), [budget("fail")])).toMatchObject({ verdict: "fail", checks: [measured] });
  });

  it.each<[string, Partial<Evidence>, string]>([
    ["a tool of Faultline was replaced", { events: [replaced] }, "toolReplaced"],
    ["the generator overflowed", { generator: { ...generator, overflow: 3 } }, "generatorOverflow"],
    ["a call never settled", { generator: { ...generator, unsettled: 1 } }, "workloadUnsettled"],
    ["the generator was late throughout", { phases, generator: { ...generator, tainted: [late] } }, "hostOverloaded"],
    ["the steady phase was unhealthy", { history: unhealthy.history }, "steadyUnhealthy"],
    ["there is no receipt", { receipts: [] }, "noEvidence"],
  ])("fails none in which %s; a broken safety law does", (_what, changes, code) => {
    const evidence = evidenceOf(changes);
    const judged = judgeRun(evidence, [budget("fail"), check("pass")]);
    expect(judged).toMatchObject({ verdict: "inconclusive", cause: { code } });
    expect(judged.checks[0]).toMatchObject({ verdict: "inconclusive", cause: code });
    expect(judged.checks[0]?.actual).toMatch(/^that; not a failure, as /);
    expect(judged.checks[0]).not.toHaveProperty("measure");
    const both = judgeRun(evidence, [budget("fail"), check("fail")]);
    expect(both).toMatchObject({ verdict: "fail", checks: [{ verdict: "inconclusive" }, { verdict: "fail" }] });
  });

  it.each(["the audit failed: oh", "the system had not come to rest 10 s after the load ended"])(
    "fails a run all the same where only the end of it is in doubt: %s",
    (reason) => {
      const course = { isComplete: true, reasons: [reason] };
      expect(judgeRun(evidenceOf(), [budget("fail")], course).verdict).toBe("fail");
      expect(judgeRun(evidenceOf(), [budget("pass")], course).verdict).toBe("inconclusive");
    },
  );

  it("fails a run that had not come to rest where a law says that it never will", () => {
    const course = { isComplete: true, reasons: ["the system had not come to rest 10 s after the load ended"] };
    const judged = judgeRun(evidenceOf(), [check("fail")], course);
    expect(judged).toMatchObject({ verdict: "fail", reasons: course.reasons });
    expect(judged).not.toHaveProperty("otherCause");
  });

  it("is told where the generator was late by little, or only since the fault", () => {
    const by = (tainted: Evidence["generator"]["tainted"]): Verdict =>
      judgeRun(evidenceOf({ phases, generator: { ...generator, tainted } }), [budget("fail")]).verdict;
    expect(by([late])).toBe("inconclusive");
    expect(by([{ ...late, reason: "lag up to 30 ms" }])).toBe("fail");
    expect(by([{ ...late, fromMs: 10_000 }])).toBe("fail");
    expect(by([{ ...late, toMs: 12_000 }])).toBe("fail");
    expect(
      judgeRun(evidenceOf({ phases, generator: { ...generator, tainted: [late] } }), [budget("pass")]),
    ).toMatchObject({
      verdict: "pass",
      reasons: [],
    });
  });
});

describe("the cause of an inconclusive run", () => {
  const host = { cores: 2, load: { atStart: 13.04, atEnd: 4 } };
  const course = { isComplete: true, reasons: [], host };
  /** Decides only where the generator was in time. */
  const latency: Check = {
    ...check("pass", "budget"),
    judge: (evidence) =>
      check(evidence.generator.tainted.length > 0 ? "inconclusive" : "fail", "budget").judge(evidence),
  };

  it("is the host, where a check would have decided had nothing been late", () => {
    const evidence = evidenceOf({ phases, generator: { ...generator, tainted: [{ ...late, toMs: 1000 }] } });
    const { cause, checks } = judgeRun(evidence, [latency], course);
    expect(cause).toEqual({
      code: "hostOverloaded",
      text: "the host was overloaded (load 13 on 2 cores, requests up to 776 ms late)",
      remedy: "Free the host, or lower the rate.",
    });
    expect(checks[0]).toMatchObject({ cause: "hostOverloaded", remedy: cause?.remedy });
    expect(judgeRun(evidence, [latency]).cause?.text).toBe("the load generator was late (requests up to 776 ms late)");
    expect(judgeRun(evidence, [check("inconclusive")], course).cause?.code).toBe("undecided");
  });

  const begun = { atMs: 1100, type: "inject", injection: "i1", title: "partition api->cache" } as const;
  it("is the first by their precedence, and the others are listed after it", () => {
    const evidence = evidenceOf({ events: [replaced, begun], receipts: [], history: unhealthy.history });
    const { cause, reasons } = judgeRun(evidence, [check(new Error("oh"))], interrupted);
    expect(cause?.code).toBe("interrupted");
    expect(reasons).toEqual([
      "the run was interrupted by SIGINT",
      expect.stringContaining("toxiproxy hung"),
      expect.stringContaining("the steady phase was unhealthy"),
      expect.stringContaining("no receipt"),
    ]);
  });

  it("does not depend on which was found first", () => {
    const restless = { isComplete: true, reasons: ["the system had not come to rest 10 s after the load ended"] };
    const { cause, reasons } = judgeRun(unhealthy, [check("pass")], restless);
    expect(cause?.code).toBe("steadyUnhealthy");
    expect(reasons).toEqual([cause?.text, restless.reasons[0]]);
  });

  it.each<[string, Partial<CheckResult>, string, RegExp]>([
    [
      "too few",
      { actual: "75 % (6 of 8); too few: it takes 300 operations to tell", numbers: { total: 8 } },
      "tooFewSamples",
      /Raise the rate 37\.5 times, or make/,
    ],
    [
      "too few of which nothing is counted",
      { actual: "p99 unknown: 80 samples, it takes 1,000" },
      "tooFewSamples",
      /Raise the rate/,
    ],
    ["too near", { actual: "99.1 % good; too near the budget to tell" }, "tooFewSamples", /^Raise the rate, or/],
    [
      "no audit",
      { actual: "the final state was not read: the scenario needs an `audit`" },
      "auditMissing",
      /Give the scenario an `audit`/,
    ],
    [
      "an audit whose stored state is malformed",
      { actual: 'the stored final state cannot be judged: items[0].count is the text "1"' },
      "auditFailed",
      /Correct the scenario's `audit`/,
    ],
    [
      "an audit that did not read a field",
      { actual: "the audit did not read `attempts` and `attemptsAllowed` of 1 dead or pending job" },
      "auditMissing",
      /reads what the check needs/,
    ],
    [
      "what it says itself",
      { cause: "tooFewSamples", remedy: "Raise the rate to 40/s." },
      "tooFewSamples",
      /^Raise the rate to 40\/s\.$/,
    ],
  ])("is that of its check: %s", (_what, found, code, remedy) => {
    const { cause, checks } = judgeRun(evidenceOf(), [check("inconclusive", "safety", found)]);
    expect(cause?.code).toBe(code);
    expect(cause?.remedy).toMatch(remedy);
    expect(checks[0]).toMatchObject({ cause: code, remedy: cause?.remedy });
  });

  it("is the audit that failed, and not that there is none", () => {
    const blind = check("inconclusive", "safety", { actual: "the final state was not read" });
    const course = { isComplete: true, reasons: ["the audit failed: no light"] };
    const { cause, checks } = judgeRun(evidenceOf(), [blind], course);
    expect(cause).toMatchObject({ code: "auditFailed", text: "the audit failed: no light" });
    expect(checks[0]?.cause).toBe("auditFailed");
  });

  it("is a check that crashed, or that there is none", () => {
    expect(judgeRun(evidenceOf(), [check(new Error("oh"))]).cause).toMatchObject({
      code: "checkCrashed",
      text: "a check: the check crashed: oh",
    });
    expect(judgeRun(evidenceOf(), []).cause?.code).toBe("noCheck");
    expect(judgeRun(evidenceOf(), [check("pass")])).not.toHaveProperty("cause");
    expect(judgeRun(evidenceOf(), [check("fail"), check("inconclusive")])).not.toHaveProperty("cause");
  });
});

describe("the sentence of a broken law", () => {
  const times = { fromFaultMs: -900, toFaultMs: -800 };
  const witness = [{ id: 1, operation: "read", outcome: "ok", session: 0, key: 0, ...times, violates: true, note: "" }];
  /** Broken by one operation, as soon as its outcome is known. */
  const brokenBy = (row: number): Check => ({
    ...check("fail"),
    judge: ({ history }) =>
      check(history.outcome[row] === outcomeCode("ok") ? "fail" : "pass", "safety", { witness }).judge(evidenceOf()),
  });
  const say = (evidence: Evidence, one: Check): string => sentenceFor(judgeRun(evidence, [one]), evidence);

  it("does not accuse a fault that came after it", () => {
    expect(say(evidenceOf(), brokenBy(9))).toContain("may not be its cause: it was broken before the first injection.");
    expect(say(evidenceOf(), brokenBy(10))).toContain("became a failure");
  });

  it("accuses the fault of a share that was kept until then, whatever was under way", () => {
    const { scene, searches } = stories;
    const before = searches(100, scene.faults.fromMs, scene.injectedMs - 60);
    const open = searches(20, scene.injectedMs - 50, scene.injectedMs, { tookMs: 500, outcome: "unknown" });
    const after = searches(400, scene.injectedMs, scene.healedMs, { outcome: "failed" });
    const steps = [...searches(900, scene.steady.fromMs, scene.steady.toMs), ...before, ...open, ...after];
    expect(say(stories.evidenceOf(steps), availability({ atLeast: 0.98 }))).toContain("became a failure: availability");
  });

  it("accuses the fault of what only the final state shows: a write of before may be lost by it", () => {
    const { searches, write, endingWith } = stories;
    const steps = [write(5000, 0, 2), ...searches(400, 1000, 30_000)];
    const lost = stories.evidenceOf(steps, endingWith([[0, 1, null]]));
    expect(say(lost, noLostWrites())).toContain("became a failure: no lost writes was broken");
  });

  it("accuses the fault of what only an operation of after it shows: that of before was right", () => {
    const { searches, write } = stories;
    const rest = searches(400, 1000, 30_000);
    const twice = (atMs: number) => stories.evidenceOf([write(5000, 0, 2), write(atMs, 0, 2), ...rest]);
    expect(say(twice(12_000), noLostUpdates())).toContain("became a failure: no lost updates was broken");
    expect(say(twice(12_000), noLostWrites())).toContain("became a failure: no lost writes was broken");
    // It was under way when the fault was requested: what became of it was not known.
    const spanning = [write(5000, 0, 2), write(10_000, 0, 2, { tookMs: 1000 }), ...rest];
    expect(say(stories.evidenceOf(spanning), noLostUpdates())).toContain("became a failure");
    expect(say(twice(9000), noLostUpdates())).toContain("it was broken before the first injection");
  });

  it("does not accuse a fault of which there is no evidence, or that there is not", () => {
    expect(say(evidenceOf({ receipts: [] }), brokenBy(10))).toContain("may not be its cause: nothing shows that");
    expect(say(evidenceOf({ receipts: [], schedule: [] }), brokenBy(10))).toBe(
      "a check was broken without a fault, as none was injected: that.",
    );
  });
});

describe("what Faultline itself did", () => {
  /** 20 operations in the steady phase, then ten, of which one has no answer. */
  const withHang = (atMs: number, changes: Partial<Evidence> = {}): Evidence =>
    stories.evidenceOf(
      [
        ...stories.searches(20, 2000, 9000),
        ...stories.searches(10, 11_500, 18_000),
        ...stories.searches(1, atMs, atMs + 1, { tookMs: 1000, outcome: "unknown", detail: "no answer" }),
      ],
      changes,
    );
  const inject = stories.evidenceOf([]).events;
  const hung = { ...replaced, atMs: 15_000, fromMs: 12_000, toMs: 15_000 };
  const stop = { atMs: 14_000, type: "interrupted", by: "SIGINT" } as const;
  const judge = (evidence: Evidence, one = nothingHangs(), course?: Parameters<typeof judgeRun>[2]) =>
    judgeRun(evidence, [one], course);

  it("a hang while a tool hung, or as long again, is undecided; one before or after it is not", () => {
    const at = (atMs: number) => judge(withHang(atMs, { events: [...inject, hung] }));
    expect(at(13_000)).toMatchObject({ verdict: "inconclusive", cause: { code: "toolReplaced" } });
    expect(at(13_000).checks[0]?.actual).toContain("not proven without what happened when toxiproxy was replaced");
    expect(at(17_000).verdict).toBe("inconclusive");
    expect(at(10_500).verdict).toBe("fail");
    expect(at(18_500).verdict).toBe("fail");
    expect(judge(withHang(13_000)).verdict).toBe("fail");
  });

  it("says that it counts without what was disturbed, where that makes a difference", () => {
    const { searches } = stories;
    const hang = (atMs: number) => searches(1, atMs, atMs + 1, { tookMs: 1000, outcome: "unknown" });
    const both = stories.evidenceOf([...searches(20, 2000, 9000), ...hang(13_000), ...hang(18_500)], {
      events: [...inject, hung],
    });
    expect(judge(both).checks[0]).toMatchObject({
      verdict: "fail",
      actual: "1 of 21 operations had no answer at their deadline; without what happened when toxiproxy was replaced",
    });
  });

  it("where a run does not have the time of a replacement, it may have been at any time", () => {
    expect(judge(withHang(18_500, { events: [...inject, { ...replaced, atMs: 15_000 }] })).verdict).toBe(
      "inconclusive",
    );
  });

  it("what an interruption cut off breaks nothing; what was broken before it does", () => {
    const at = (atMs: number) => judge(withHang(atMs, { events: [...inject, stop] }), nothingHangs(), interrupted);
    expect(at(13_500)).toMatchObject({ verdict: "inconclusive", cause: { code: "interrupted" } });
    expect(at(12_000).verdict).toBe("fail");
  });

  it("a hang on a host that was overloaded throughout is undecided; on one that was a little late since the fault, it is not", () => {
    const { generator: report } = withHang(13_000);
    const by = (fromMs: number, lagMs: number) =>
      judge(
        withHang(13_000, {
          generator: { ...report, tainted: [{ fromMs, toMs: 30_000, lagMaxMs: lagMs, reason: "lag" }] },
        }),
      );
    expect(by(1000, 776)).toMatchObject({ verdict: "inconclusive", cause: { code: "hostOverloaded" } });
    // Less than a tenth of the deadline, and so not why no answer came.
    expect(by(10_000, 40).verdict).toBe("fail");
  });

  const started = { atMs: 1, type: "started", instance: "worker", pid: 7, tookMs: 1 } as const;
  const exit = (atMs: number, instance = "worker") =>
    ({ atMs, type: "exited", instance, pid: 7, how: "exit 1", expected: false }) as const;
  const tearDown = { atMs: 31_000, type: "phase", phase: "tearDown" } as const;
  it.each<[string, Evidence["events"], Parameters<typeof judgeRun>[2], Verdict]>([
    ["by itself", [exit(12_000)], undefined, "fail"],
    ["in tear-down", [tearDown, exit(31_100)], undefined, "pass"],
    ["before tear-down", [exit(30_900), tearDown], undefined, "fail"],
    ["while a tool hung", [hung, exit(14_000)], undefined, "inconclusive"],
    ["after an interruption", [stop, exit(14_100)], interrupted, "inconclusive"],
    ["before an interruption", [exit(13_900), stop], interrupted, "fail"],
    ["and was a tool of the run", [exit(14_000, "toxiproxy")], { isComplete: false, reasons: ["oh"] }, "inconclusive"],
  ])("a process that ended %s", (_what, events, course, verdict) => {
    const evidence = stories.evidenceOf(
      [...stories.searches(20, 2000, 9000), ...stories.searches(10, 11_500, 18_000)],
      { events: [...inject, started, ...events] },
    );
    expect(judge(evidence, staysUp(), course).verdict).toBe(verdict);
  });

  it("a run that was interrupted before its fault lacks neither a steady phase nor a receipt", () => {
    const evidence = stories.evidenceOf(stories.searches(20, 0, 1000), { events: [stop], receipts: [] });
    expect(judgeRun(evidence, [check("pass")], interrupted).reasons).toEqual(["the run was interrupted by SIGINT"]);
    const injected = { ...evidence, events: [...inject, stop] };
    expect(judgeRun(injected, [check("pass")], interrupted).reasons.join()).toContain("no receipt");
    expect(judgeRun(evidence, [check("pass")]).reasons).toHaveLength(2);
  });

  it("a tool that hung in tear-down has disturbed nothing", () => {
    const steps = [...stories.searches(20, 2000, 9000), ...stories.searches(10, 11_500, 18_000)];
    const end = { atMs: 31_000, type: "phase", phase: "tearDown" } as const;
    const at = (fromMs: number) => {
      const inTearDown = { ...hung, fromMs, toMs: fromMs + 3000 };
      return judge(stories.evidenceOf(steps, { events: [...inject, end, inTearDown] })).verdict;
    };
    expect([at(31_500), at(30_500)]).toEqual(["pass", "inconclusive"]);
  });

  it("operations that the stop cut off do not make the steady phase unhealthy", () => {
    const cut = { outcome: "unknown", detail: "the run was stopped before its answer" } as const;
    const evidence = stories.evidenceOf(
      [...stories.searches(20, 2000, 5000), ...stories.searches(8, 5000, 5001, cut)],
      {
        events: [],
        receipts: [],
      },
    );
    const { reasons } = judgeRun(evidence, [check("pass")], interrupted);
    expect(reasons.join()).not.toContain("unhealthy");
  });
});

describe("a history that is not whole", () => {
  const evidence = evidenceOf();
  it("proves nothing: neither what passed, nor what was broken", () => {
    const torn = { ...evidence, generator: { ...evidence.generator, recorded: 25 } };
    expect(judgeRun(torn, [check("pass")])).toMatchObject({
      verdict: "inconclusive",
      cause: { code: "recordIncomplete", text: "only 20 of 25 operations are in the history" },
    });
    expect(judgeRun(torn, [check("fail")])).toMatchObject({
      verdict: "inconclusive",
      checks: [{ verdict: "inconclusive" }],
    });
  });

  it("is that of a runner that was killed, too, since it knows nothing of what was under way", () => {
    const killed = { ...evidence, generator: nothingGenerated };
    const course = { isComplete: false, reasons: [], status: "running" } as const;
    expect(judgeRun(killed, [check("fail")], course).verdict).toBe("inconclusive");
    expect(judgeRun(evidence, [check("fail")], course).verdict).toBe("fail");
  });
});

test("what was under way when the fault began is no control, and counts as seen by users", () => {
  const before = stories.searches(20, 2000, 9900, { tookMs: 50 });
  const spanning = stories.searches(5, 10_950, 10_990, {
    tookMs: 105,
    outcome: "unknown",
    detail: "other side closed",
  });
  const after = stories.searches(20, 12_000, 18_000);
  const phases = { ...stories.scene, steady: { fromMs: 1000, toMs: 11_000 } };
  const evidence = stories.evidenceOf([...before, ...spanning, ...after], { phases });
  const steady = phaseCode("steady");
  for (let row = 20; row < 25; row += 1) evidence.history.phase[row] = steady;
  const judged = judgeRun(evidence, [check("pass")]);
  expect(judged).toMatchObject({ verdict: "pass", passed: "degraded as designed", reasons: [] });
  expect(sentenceFor(judged, evidence)).toContain("5 of 25 operations during and after it were not ok");
  // The same, ended before it: the system was unhealthy without a fault.
  for (let row = 20; row < 25; row += 1) evidence.history.endMs[row] = 10_999;
  expect(judgeRun(evidence, [check("pass")]).cause?.code).toBe("steadyUnhealthy");
});
