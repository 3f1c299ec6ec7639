import { describe, expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import type { GaugeAtRest, MarkOn, NotReady, Rest } from "../model/rest.ts";
import { comesToRest } from "./comes-to-rest.ts";
import { atRest } from "./testing/at-rest.ts";
import { evidenceOf, refusalOf, scene } from "./testing/history.ts";

// The load of the scene ends at 30 s, and its fault is healed at 19 s.

const atMs = 42_000;
const judged = (changes: Partial<Rest>, evidence: Partial<Evidence> = {}, options = {}) => {
  const events: RunEvent[] = [...(evidence.events ?? []), { atMs, type: "rest", ...atRest, ...changes }];
  return comesToRest(options).judge(evidenceOf([], { ...evidence, events }));
};
const gauge = (name: string, steady: number, now: number, changes: Partial<GaugeAtRest> = {}): GaugeAtRest => ({
  name,
  steady,
  now,
  lowest: now,
  unmovedMs: 6200,
  isFalling: false,
  ...changes,
});
const busy = (...gauges: readonly GaugeAtRest[]): Partial<Rest> => ({ isAtRest: false, tookMs: 10_000, gauges });
const markOn = (sinceMs: number, changes: Partial<MarkOn> = {}): Partial<Rest> => ({
  marks: {
    read: 6,
    on: [{ instance: "api-1", mark: "the breaker is open", value: 0, beyond: 1, sinceMs, ...changes }],
    unread: [],
  },
});
const down = (sinceMs: number, health: NotReady["health"] = "silent"): Partial<Rest> => ({
  notReady: [{ instance: "worker-2", health, sinceMs }],
});

it("holds when no work is left, no mark is on, and all are ready", () => {
  expect(judged({})).toMatchObject({
    verdict: "pass",
    actual: "at rest 1.2 s after the load ended; 6 marks, none on; 4 instances ready",
    numbers: { tookMs: 1200, left: 0, lasting: 0 },
  });
});

describe("work that is left", () => {
  it("breaks the law when it no longer falls, and names what there is most of", () => {
    const found = judged(busy(gauge("backends", 20, 40), gauge("unsent events", 0, 15), gauge("jobs", 3, 3)));
    expect(found).toMatchObject({ verdict: "fail", phase: "quiesce", numbers: { left: 1 } });
    expect(found.actual).toBe(
      "unsent events: 15, not falling for 6.2 s (steady: 0), backends: 40, not falling for 6.2 s (steady: 20)",
    );
    expect(judged({ ...busy(gauge("unsent events", 0, 15)), isAtRest: true }).verdict).toBe("pass");
  });

  it("breaks the law by one where there was none, and else beyond the slack", () => {
    expect(judged(busy(gauge("unsent events", 0, 1))).verdict).toBe("fail");
    expect(judged(busy(gauge("jobs", 20, 24))).verdict).toBe("inconclusive");
    expect(judged(busy(gauge("jobs", 20, 25))).verdict).toBe("fail");
    expect(judged(busy(gauge("jobs", 20, 25)), {}, { within: 0.5 }).verdict).toBe("inconclusive");
    expect(refusalOf(comesToRest({ within: 5000 }))).toMatch(/from 0 to 10/);
  });

  it("decides nothing while it still falls, and says that it may need longer", () => {
    const falling = gauge("unsent events", 0, 120, { isFalling: true, unmovedMs: 300 });
    const found = judged({ ...busy(falling), tookMs: 30_000 });
    expect(found).toMatchObject({ verdict: "inconclusive", cause: "notAtRest" });
    expect(found.actual).toBe("still falling 30 s after the load ended (limit: 10 s), unsent events: 120 (steady: 0)");
    expect(found.remedy).toContain("restWithin");
    // What is not above its steady value keeps nothing else from being stuck.
    expect(judged(busy({ ...falling, steady: 200 }, gauge("jobs", 0, 3))).verdict).toBe("fail");
  });

  it("decides nothing by what comes and goes", () => {
    expect(judged(busy(gauge("jobs", 0, 9, { lowest: 0 }))).verdict).toBe("inconclusive");
    expect(judged(busy(gauge("jobs", 0, 9, { lowest: 2 }))).verdict).toBe("fail");
  });

  it("decides nothing where no gauge shows it, and says what to count", () => {
    const none = judged(busy());
    expect(none).toMatchObject({ verdict: "inconclusive", cause: "notAtRest" });
    expect(none.remedy).toContain("gauges: async () =>");
    const level = judged(busy(gauge("jobs", 3, 3), gauge("unsent events", 0, 0)));
    expect(level).toMatchObject({ verdict: "inconclusive" });
    expect(level.actual).toContain("no gauge is above its steady value (jobs 3, unsent events 0)");
    const thrown = judged({ ...busy(), gaugesProblem: "no light" });
    expect(thrown).toMatchObject({ verdict: "inconclusive", actual: expect.stringContaining("no light") });
    const { steady: _, ...unread } = gauge("jobs", 0, 15);
    expect(judged(busy(unread)).actual).toContain("were not read when steady");
    expect(judged(busy(gauge("jobs", null as unknown as number, 15))).verdict).toBe("inconclusive");
  });
});

describe("a mark", () => {
  it("breaks the law when it stays on under traffic and to the end", () => {
    const found = judged(markOn(12_000));
    expect(found).toMatchObject({ verdict: "fail", numbers: { lasting: 1 } });
    expect(found.actual).toBe('api-1: "the breaker is open" has been on for 30 s');
    expect(judged(markOn(24_900)).verdict).toBe("fail");
  });

  it("decides nothing when it had no traffic to go off", () => {
    const found = judged(markOn(25_100));
    expect(found).toMatchObject({ verdict: "inconclusive", cause: "undecided" });
    expect(found.actual).toContain("had only 4.9 s of traffic to go off");
  });

  it("needs no traffic where it goes off alone", () => {
    expect(judged(markOn(29_000, { goesOffAlone: true })).verdict).toBe("fail");
    expect(judged(markOn(29_000)).verdict).toBe("inconclusive");
    expect(judged(markOn(37_100, { goesOffAlone: true })).verdict).toBe("inconclusive");
    expect(judged(markOn(scene.steady.fromMs, { goesOffAlone: true })).verdict).toBe("inconclusive");
  });

  it("breaks the law when it comes on after the load, and stays for five seconds", () => {
    expect(judged(markOn(37_000)).verdict).toBe("fail");
    expect(judged(markOn(37_100)).verdict).toBe("inconclusive");
  });

  it("counts from the last heal", () => {
    const healedAt = (healProvenMs: number): Partial<Evidence> => ({
      receipts: evidenceOf([]).receipts.map((receipt) => ({ ...receipt, healProvenMs })),
    });
    expect(judged(markOn(12_000), healedAt(24_000)).verdict).toBe("fail");
    expect(judged(markOn(12_000), healedAt(26_000)).verdict).toBe("inconclusive");
    expect(judged(markOn(31_000), healedAt(38_000)).actual).toContain("only 4 s after every heal");
  });

  it("that was on all through the steady phase is no fault's doing", () => {
    expect(judged(markOn(scene.steady.fromMs))).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("it was all through the steady phase, too"),
    });
    expect(judged(markOn(scene.steady.fromMs + 1)).verdict).toBe("fail");
  });

  it("that was not read decides nothing, unless its instance is down", () => {
    const unread = [{ instance: "worker-2", mark: "the breaker is open", metric: "shop_cahce_up", wasRead: false }];
    const found = judged({ marks: { read: 5, on: [], unread } });
    expect(found).toMatchObject({ verdict: "inconclusive" });
    expect(found.actual).toBe('worker-2: "the breaker is open" was not read (shop_cahce_up)');
    expect(judged({ marks: { read: 5, on: [], unread }, ...down(12_000) })).toMatchObject({
      verdict: "fail",
      actual: "worker-2 has not answered for 30 s",
    });
    // That it is down says why nothing was read.
    expect(judged({ marks: { read: 5, on: [], unread }, ...down(38_000) }).actual).toMatch(
      /^worker-2 has not answered/,
    );
    expect(judged({ marks: { read: 5, on: [], unread }, ...down(38_000) }).actual).not.toContain("was not read");
  });

  it("may be on while work still falls", () => {
    const falling = busy(gauge("unsent events", 0, 120, { isFalling: true }));
    expect(judged({ ...falling, ...markOn(12_000) })).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("has been on"),
    });
    expect(judged({ ...busy(gauge("unsent events", 0, 15)), ...markOn(12_000) }).actual).toMatch(/15, .*; api-1: /);
  });
});

describe("an instance", () => {
  it("breaks the law when it is down for long after every heal", () => {
    expect(judged(down(12_000)).actual).toBe("worker-2 has not answered for 30 s");
    expect(judged(down(37_000, "unready"))).toMatchObject({
      verdict: "fail",
      actual: "worker-2 has not been ready for 5 s",
    });
    expect(judged(down(38_000)).verdict).toBe("inconclusive");
    // It needs no traffic to get ready.
    expect(judged(down(29_000)).verdict).toBe("fail");
    expect(judged(down(500)).verdict).toBe("inconclusive");
  });

  it("decides nothing where none could be asked", () => {
    const { instances: _, ...unasked } = atRest;
    const events: RunEvent[] = [{ atMs, type: "rest", ...unasked }];
    expect(comesToRest().judge(evidenceOf([], { events })).verdict).toBe("inconclusive");
  });
});

it("is not broken while nothing proves that a fault was healed", () => {
  const [{ healProvenMs: _, ...unhealed }] = evidenceOf([]).receipts as [Evidence["receipts"][number]];
  const found = judged(busy(gauge("unsent events", 0, 15)), { receipts: [unhealed] });
  expect(found).toMatchObject({ verdict: "inconclusive", cause: "notHealed" });
  expect(found.actual).toContain(
    "unsent events: 15, not falling for 6.2 s (steady: 0); not a failure, as nothing proves",
  );
  expect(judged({}, { receipts: [unhealed] }).verdict).toBe("pass");
});

it("decides nothing of what was not recorded, not looked at, or failed", () => {
  expect(comesToRest().judge(evidenceOf([]))).toMatchObject({
    verdict: "inconclusive",
    actual: expect.stringContaining("no record"),
  });
  const { isAtRest: _, ...noAudit } = atRest;
  const without = (changes: Partial<Rest>) =>
    comesToRest().judge(evidenceOf([], { events: [{ atMs, type: "rest", ...noAudit, ...changes }] }));
  expect(without({}).actual).toBe("no audit looked for work that is left; 6 marks, none on; 4 instances ready");
  expect(without({ marks: { read: 0, on: [], unread: [] } })).toMatchObject({
    verdict: "inconclusive",
    cause: "auditMissing",
  });
  expect(without({ auditProblem: "connection refused" })).toMatchObject({
    verdict: "inconclusive",
    cause: "auditFailed",
  });
  expect(without({ auditProblem: "connection refused", ...down(12_000) }).verdict).toBe("fail");
});
