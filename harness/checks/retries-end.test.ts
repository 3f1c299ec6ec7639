import { describe, expect, it } from "vitest";
import type { Evidence, PlanFacts } from "../model/check.ts";
import { evidenceUntil } from "../model/measure/until.ts";
import { seconds } from "../model/units.ts";
import { retriesEnd } from "./retries-end.ts";
import { evidenceOf, order, type Step, scene, standingStill, storyOperations } from "./testing/history.ts";

const { injectedMs, healedMs } = scene;
const judged = (steps: readonly Step[], changes: Partial<Evidence> = {}) =>
  retriesEnd({ operations: ["order"] }).judge(evidenceOf(steps, changes));

/** Began while the fault acted, and was served after its heal. */
const served = order(healedMs - 500, { tookMs: 600 });
/** Began while the fault acted, and insisted until so long after its heal. */
const until = (afterHealMs: number, rest: Omit<Step, "operation" | "atMs"> = {}): Step =>
  order(healedMs - 1000, { tookMs: 1000 + afterHealMs, ...rest });
const refused = (detail: string, rest: Partial<Step> = {}): Step =>
  until(3000, { outcome: "rejected", detail, ...rest });

it("passes where all were served in the end, however late, and says how many", () => {
  expect(judged([served, until(9000), order(1500)])).toMatchObject({
    verdict: "pass",
    actual: "2 operations: 2 served",
    numbers: { total: 2, served: 2, endless: 0 },
  });
});

it.each([
  "409 request-in-flight, 23 tries in 7.8 s",
  "408 timeout",
  "423 locked",
  "425 too-early",
  "429",
  "500 internal",
  "503 overloaded",
  "504 outcome-unknown",
  "599",
])("finds a customer who is sent away for ever with %s", (detail) => {
  expect(judged([served, refused(detail)])).toMatchObject({
    verdict: "fail",
    actual: `1 of 2 operations neither served nor refused for good: ${detail}: insisted for 4 s, 3 s of them with everything healed`,
    numbers: { endless: 1 },
    witness: [{ id: 1, violates: true }],
  });
});

it.each([
  ["a refusal that says so", refused("409 version-conflict", { notExecuted: true })],
  ["one that says so without a status", refused("version conflict", { notExecuted: true })],
  ["a bad request", refused("400 invalid-request")],
  ["an unknown product", refused("422 unknown-product")],
  ["what is gone", refused("410")],
])("takes no for an answer: %s", (_, step) => {
  expect(judged([served, step])).toMatchObject({
    verdict: "pass",
    actual: "2 operations: 1 served, 1 refused for good",
  });
});

it.each([
  ["unknown", "no answer within the deadline"],
  ["failed", "connect ECONNREFUSED"],
] as const)("finds one that ended %s", (outcome, detail) => {
  expect(judged([served, until(3000, { outcome, detail })]).verdict).toBe("fail");
  expect(judged([served, until(2999, { outcome, detail })])).toMatchObject({
    verdict: "pass",
    actual: "2 operations: 1 served, 1 gave up before they had insisted for long enough",
  });
});

it.each(["503 unavailable", "429 too-many-requests", "408", "425"])(
  "takes no `%s` for an answer, also where nothing was changed",
  (detail) => {
    expect(judged([served, refused(detail, { notExecuted: true })]).verdict).toBe("fail");
  },
);

it("counts an end without success from when it began, where that is after the heal, and by `within`", () => {
  const late = (tookMs: number): Step =>
    order(healedMs + 2000, { tookMs, outcome: "rejected", detail: "503 unavailable" });
  expect(judged([served, late(3000)]).verdict).toBe("fail");
  expect(judged([served, late(2999)]).verdict).toBe("pass");
  const soon = retriesEnd({ operations: ["order"], within: seconds(1) });
  expect(soon.judge(evidenceOf([served, late(1000)])).verdict).toBe("fail");
  expect(soon.judge(evidenceOf([served, late(999)])).verdict).toBe("pass");
});

describe("with a bound that is stated", () => {
  const soon = retriesEnd({ operations: ["order"], within: seconds(2) });
  const by = (steps: readonly Step[], changes: Partial<Evidence> = {}) => soon.judge(evidenceOf(steps, changes));

  it("passes what is served or refused for good by then, and says how late the last one was", () => {
    const no = until(1500, { outcome: "rejected", detail: "410" });
    expect(by([served, until(2000), no, order(healedMs + 500, { tookMs: 1900 })])).toMatchObject({
      verdict: "pass",
      expected: "each served, or refused for good, within 2 s with everything healed",
      actual: "4 operations: 3 served, 1 refused for good, the slowest after 2 s with everything healed",
      numbers: { slowestMs: 2000, late: 0 },
    });
  });

  it("finds one that is served later, counted from the last heal", () => {
    expect(by([served, until(2001)])).toMatchObject({
      verdict: "fail",
      actual:
        "1 of 2 operations neither served nor refused for good within 2 s with everything healed: ok: it took 3 s, 2 s of them with everything healed",
      numbers: { late: 1, endless: 0 },
      witness: [{ id: 1, violates: true }],
    });
    expect(by([served, until(9000)]).verdict).toBe("fail");
  });

  it("finds one that is refused for good later", () => {
    const no: Step = until(2500, { outcome: "rejected", detail: "410" });
    expect(by([served, no])).toMatchObject({ verdict: "fail", actual: expect.stringContaining("good within 2 s") });
  });

  it("counts from when one was due, where that is after the heal", () => {
    expect(by([served, order(healedMs + 1000, { tookMs: 2000 })]).verdict).toBe("pass");
    expect(by([served, order(healedMs + 1000, { tookMs: 2001 })]).verdict).toBe("fail");
    expect(by([order(1000, { tookMs: 2001 })], { schedule: [], receipts: [], events: [] }).verdict).toBe("fail");
  });

  it("does not count time in which the machine stood still, nor what had ended before the heal", () => {
    expect(by([until(2500)], standingStill(healedMs + 100, healedMs + 351)).verdict).toBe("pass");
    expect(by([until(2500)], standingStill(healedMs + 100, healedMs + 345)).verdict).toBe("fail");
    const slow = order(injectedMs - 100, { tookMs: healedMs - injectedMs });
    expect(by([served, slow]).verdict).toBe("pass");
  });

  it("names first what was never served", () => {
    const never = order(healedMs, { tookMs: 4000, outcome: "rejected", detail: "409 request-in-flight" });
    expect(by([served, until(5000), never])).toMatchObject({
      actual: expect.stringMatching(/^2 of 3 operations .*: 409 request-in-flight: insisted for 4 s/),
      numbers: { late: 1, endless: 1 },
    });
  });

  it("has a law of its own, and keeps the bound in the record", () => {
    expect(soon.law).toContain("within 2 s of the last heal");
    expect(soon.parameters).toEqual({ operations: ["order"], within: 2000 });
    expect(retriesEnd({ operations: ["order"] }).law).toContain("insists for 3 s with everything healed");
  });
});

it("does not count time in which the machine stood still, and as long again", () => {
  const step = until(3500, { outcome: "rejected", detail: "409 request-in-flight" });
  expect(judged([served, step], standingStill(healedMs + 100, healedMs + 351)).verdict).toBe("pass");
  expect(judged([served, step], standingStill(healedMs + 100, healedMs + 350)).verdict).toBe("fail");
});

it("does not guess what a refusal without a status means", () => {
  for (const detail of ["busy", "", "200 but no", "4090 of them"]) {
    expect(judged([served, refused(detail)])).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("1 refusal without a status"),
      remedy: expect.stringContaining("notExecuted"),
    });
  }
  expect(judged([served, refused("busy"), refused("409 busy")]).verdict).toBe("fail");
  expect(judged([served, until(2000, { outcome: "rejected", detail: "busy" })]).verdict).toBe("pass");
});

it("judges only the operations that are named, and leaves wrong answers and the generator's own fault to others", () => {
  const search: Step = { ...refused("503 unavailable"), operation: "search" };
  expect(judged([served, search]).verdict).toBe("pass");
  expect(judged([served, refused("", { outcome: "wrong" }), refused("", { outcome: "overflow" })])).toMatchObject({
    verdict: "pass",
    numbers: { total: 1 },
  });
});

describe("nothing is decided", () => {
  const gaveUp = until(-100, { outcome: "rejected", detail: "503 unavailable" });
  it.each([
    ["where there is no such operation", []],
    ["where all ended before the first fault", [order(injectedMs - 500)]],
    ["where all gave up too early", [gaveUp]],
    ["where those that met the fault gave up too early", [gaveUp, order(healedMs + 1000)]],
    ["where none ended after the heal", [order(injectedMs + 100), gaveUp]],
  ])("%s", (_, steps) => {
    expect(judged(steps).verdict).toBe("inconclusive");
  });

  it("where a fault was not proven healed", () => {
    const [receipt] = evidenceOf([]).receipts;
    const { healProvenMs: _, ...unproven } = receipt!;
    expect(judged([served, refused("409")], { receipts: [unproven] })).toMatchObject({
      verdict: "inconclusive",
      actual: "not every fault was proven healed",
    });
  });

  it("before the first injection, and for operations that the workload does not have", () => {
    const check = retriesEnd({ operations: ["order"] });
    expect(check.judge(evidenceUntil(evidenceOf([served, refused("409")]), injectedMs)).verdict).toBe("inconclusive");
    expect(retriesEnd({ operations: ["odrer"] }).judge(evidenceOf([served])).verdict).toBe("inconclusive");
  });
});

it("holds where there is no fault at all", () => {
  const calm = { schedule: [], receipts: [], events: [] };
  expect(judged([order(1000)], calm).verdict).toBe("pass");
  expect(judged([order(1000), refused("409 request-in-flight")], calm)).toMatchObject({
    verdict: "fail",
    actual: "1 of 2 operations neither served nor refused for good: 409 request-in-flight: insisted for 4 s",
  });
});

it("is refused for a plan in which nothing insists for long enough", () => {
  const plan = (deadlineMs: number) =>
    ({
      operations: [{ ...storyOperations[2]!, deadlineMs }],
      due: { warmUp: [1], steady: [1], faults: [1], recovery: [1] },
    }) as unknown as PlanFacts;
  const problems = (deadlineMs: number) => retriesEnd({ operations: ["order"] }).problemsIn?.(plan(deadlineMs));
  expect(problems(3001)).toEqual([]);
  expect(problems(3000)).toMatchObject([{ code: "CANNOT_DECIDE", message: expect.stringContaining("ends after 3 s") }]);
  expect(retriesEnd({ operations: ["odrer"] }).problemsIn?.(plan(5000))?.[0]?.code).toBe("UNKNOWN_OPERATION");
});
