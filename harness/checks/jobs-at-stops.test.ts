import { describe, expect, it } from "vitest";
import type { Evidence, Job, PlanFacts } from "../model/check.ts";
import type { Receipt } from "../model/fault.ts";
import { milliseconds } from "../model/units.ts";
import { type StopOptions, stopsCleanly } from "./stops-cleanly.ts";
import { evidenceOf, order, refusalOf, type Step, standingStill, storyOperations } from "./testing/history.ts";
import { askedMs, backMs, evidenceAt, stopOf } from "./testing/stops.ts";

// worker-1 is asked to end at 12 s, ends after 400 ms, and is back at 15 s.

const options: StopOptions = { workers: ["worker"] };
const jobsTried = (...attempts: readonly (number | undefined)[]): readonly Job[] =>
  attempts.map((count, id) => {
    return { id, state: "completed", effects: 1, ...(count === undefined ? {} : { attempts: count }) };
  });
const withJobs = (...attempts: readonly (number | undefined)[]): Partial<Evidence> => ({
  finalState: { registers: [], items: [], jobs: jobsTried(...attempts) },
});
const judged = (
  steps: readonly Step[],
  changes: Partial<Evidence>,
  { stops = [stopOf("worker-1")], ...rest }: StopOptions & { stops?: Parameters<typeof evidenceAt>[1] } = {},
) => stopsCleanly({ ...options, ...rest }).judge(evidenceAt(steps, stops, changes));
/** Another fault beside the stop, from and until these times. */
const beside = (on: string, requestedMs: number, healProvenMs: number): readonly Receipt[] => [
  stopOf("worker-1").receipt,
  { injection: "i9", on, requestedMs, healProvenMs, before: {} },
];
const acknowledgedAt = (atMs: number, tookMs = 5): Step => order(atMs - tookMs, { tookMs });

describe("a job in hand", () => {
  it("takes one attempt", () => {
    expect(judged([acknowledgedAt(askedMs - 10), acknowledgedAt(askedMs + 10)], withJobs(1, 1))).toMatchObject({
      verdict: "pass",
      actual:
        "1 process ended by itself, the slowest (worker-1) after 400 ms of 2 s; 2 jobs around 1 stop of worker, none tried again",
      numbers: { jobStops: 1, jobs: 2, triedAgain: 0 },
    });
  });

  it("breaks the law when it takes a second one, and is named", () => {
    const found = judged([acknowledgedAt(askedMs - 10), acknowledgedAt(askedMs + 20)], withJobs(1, 2));
    expect(found).toMatchObject({
      verdict: "fail",
      actual: expect.stringContaining("1 of 2 jobs around 1 stop of worker tried again"),
      witness: [{ id: 1, note: "acknowledged 20 ms after the SIGTERM of worker-1, and tried 2 times" }],
      numbers: { triedAgain: 1 },
    });
    expect(judged([acknowledgedAt(askedMs - 10)], withJobs(2)).witness[0]?.note).toContain("10 ms before");
  });

  it("may take a second one as often as is allowed", () => {
    const steps = [acknowledgedAt(askedMs - 10), acknowledgedAt(askedMs - 5)];
    const found = judged(steps, withJobs(2, 1), { triedAgain: 1 });
    expect(found).toMatchObject({ verdict: "pass", actual: expect.stringContaining("tried again (allowed: 1)") });
    expect(judged(steps, withJobs(2, 2), { triedAgain: 1 }).verdict).toBe("fail");
  });

  it("was asked for as long before the SIGTERM as a job takes, or before the process had ended", () => {
    const all = [1, 2].map((attempts) => ({ ...jobsTried(1)[0]!, attempts }));
    const alone = (step: Step, rest: StopOptions = {}) =>
      judged([acknowledgedAt(askedMs - 1), step], withJobs(...all.map(({ attempts }) => attempts)), rest).verdict;
    expect(alone(order(askedMs - 1000))).toBe("fail");
    expect(alone(order(askedMs - 1001))).toBe("pass");
    expect(alone(order(askedMs - 1001), { jobsLast: milliseconds(1500) })).toBe("fail");
    expect(alone(acknowledgedAt(askedMs + 400))).toBe("fail");
    expect(alone(acknowledgedAt(askedMs + 401))).toBe("pass");
  });

  it("is none that was not acknowledged, or is poison", () => {
    const steps = [acknowledgedAt(askedMs - 1), order(askedMs - 20, { outcome: "unknown" })];
    expect(judged(steps, withJobs(1, 2)).numbers["jobs"]).toBe(1);
    const operations = storyOperations.map((one) => (one.effect === "insert" ? { ...one, isPoison: true } : one));
    expect(judged([acknowledgedAt(askedMs - 1)], { ...withJobs(2), operations }).verdict).toBe("inconclusive");
  });

  it("breaks no law where the machine stood still, or the load generator was late by a quarter of its time", () => {
    const late = (lagMaxMs: number): Partial<Evidence> => {
      const tainted = [{ fromMs: 11_900, toMs: 12_100, reason: "lag", lagMaxMs }];
      return { generator: { ...evidenceOf([]).generator, tainted } };
    };
    const steps = [acknowledgedAt(askedMs - 10)];
    expect(judged(steps, { ...withJobs(2), ...standingStill(12_900, 13_300) })).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("1 of 1 job around 1 stop of worker tried again, but the machine stood still"),
    });
    expect(judged(steps, { ...withJobs(2), ...standingStill(13_400, 13_600) }).verdict).toBe("fail");
    expect(judged(steps, { ...withJobs(2), ...late(250) }).verdict).toBe("inconclusive");
    expect(judged(steps, { ...withJobs(2), ...late(249) }).verdict).toBe("fail");
    expect(judged(steps, { ...withJobs(1), ...late(250) }).verdict).toBe("pass");
  });
});

it("a machine that stood still at one stop is no excuse for another one", () => {
  const laterMs = 17_000;
  const { injection, receipt, events } = stopOf("worker-2", {}, "i2");
  const later = {
    injection,
    receipt: { ...receipt, requestedMs: laterMs, healProvenMs: 20_000 },
    events: events.map((event) => ({ ...event, atMs: event.atMs + laterMs - askedMs })),
  };
  const stops = [stopOf("worker-1"), later];
  const steps = [acknowledgedAt(askedMs - 10), acknowledgedAt(laterMs - 10)];
  const still = standingStill(12_000, 12_300);
  expect(judged(steps, { ...withJobs(1, 2), ...still }, { stops }).verdict).toBe("fail");
  expect(judged(steps, { ...withJobs(2, 1), ...still }, { stops }).verdict).toBe("inconclusive");
});

describe("another fault", () => {
  const steps = [acknowledgedAt(askedMs - 10)];
  const under = (on: string, fromMs: number, toMs: number) =>
    judged(steps, { ...withJobs(2), receipts: beside(on, fromMs, toMs) });

  it.each(["postgres", "worker-2", "worker-2->postgres", "worker-1->postgres", "api-3"])(
    "on %s leaves nothing to judge",
    (on) => {
      expect(under(on, 11_900, 12_100)).toMatchObject({
        verdict: "inconclusive",
        actual: expect.stringContaining("another fault"),
      });
    },
  );

  it("acts too early or too late", () => {
    expect(under("postgres", 10_000, 11_000).verdict).toBe("fail");
    expect(under("postgres", 10_000, 11_001).verdict).toBe("inconclusive");
    expect(under("postgres", 13_399, 14_000).verdict).toBe("inconclusive");
    expect(under("postgres", 13_400, 14_000).verdict).toBe("fail");
  });

  it("on the links of a process that has ended costs nothing, until the next one has started", () => {
    expect(under("worker-1->queue", 12_400, 14_900).verdict).toBe("fail");
    expect(under("worker-1->queue", 12_399, 14_900).verdict).toBe("inconclusive");
    const soon = stopOf("worker-1");
    const events = soon.events.map((one) => (one.atMs === backMs ? { ...one, atMs: 12_800 } : one));
    const receipts = beside("worker-1->queue", 12_500, 14_000);
    expect(judged(steps, { ...withJobs(2), receipts }, { stops: [{ ...soon, events }] }).verdict).toBe("inconclusive");
  });

  it("on the users' way, or on an entry and what leads from it, costs nothing where the entry works on no jobs", () => {
    for (const on of ["clients->api-1", "api-1", "api-1->postgres"])
      expect(under(on, 11_900, 12_100).verdict).toBe("fail");
    const receipts = beside("api-1->postgres", 11_900, 12_100);
    expect(judged(steps, { ...withJobs(2), receipts }, { workers: ["worker", "api"] }).verdict).toBe("inconclusive");
  });

  it("that is a latency is none: it is what makes jobs last", () => {
    const { injection } = stopOf("worker-1");
    const receipts = beside("worker-1->postgres", 10_000, 14_000);
    const kinds = (kind: string) => ({ receipts, schedule: [injection, { ...injection, id: "i9", kind }] });
    expect(judged(steps, { ...withJobs(2), ...kinds("latency") }).verdict).toBe("fail");
    expect(judged(steps, { ...withJobs(2), ...kinds("refuse") }).verdict).toBe("inconclusive");
  });

  it("that is another stop of a worker is none, and jobs around both are counted once", () => {
    const stops = [stopOf("worker-1"), stopOf("worker-2", {}, "i2")];
    expect(judged(steps, withJobs(1), { stops })).toMatchObject({ verdict: "pass", numbers: { jobStops: 2, jobs: 1 } });
    const ofDatabase = [stopOf("worker-1"), stopOf("postgres", {}, "i2")];
    expect(judged(steps, withJobs(2), { stops: ofDatabase }).verdict).toBe("inconclusive");
  });
});

describe("what is not known is said", () => {
  const steps = [acknowledgedAt(askedMs - 10), acknowledgedAt(askedMs - 20)];

  it.each([
    ["without a final state", {}, "the final state was not read"],
    ["without jobs", { finalState: { registers: [], items: [] } }, "the audit did not read `jobs`"],
    ["without attempts", withJobs(1, undefined), "the audit did not read `attempts` of 1 of 2 jobs"],
  ] as const)("%s", (_, changes, actual) => {
    expect(judged(steps, changes)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining(actual),
      remedy: expect.stringContaining("attempts"),
    });
  });

  it("where no job was asked for around a stop, or another component's process was asked to end", () => {
    expect(judged([order(askedMs - 5000)], withJobs(1)).actual).toBe("no job was asked for around the stops of worker");
    expect(judged(steps, withJobs(1, 1), { workers: ["mailer"] }).actual).toBe("no process of mailer was asked to end");
  });

  it("but a second attempt beside it breaks the law all the same", () => {
    expect(judged(steps, withJobs(2, undefined)).verdict).toBe("fail");
  });

  it("also where nothing names the workers", () => {
    const found = stopsCleanly().judge(evidenceAt(steps, [stopOf("worker-1")], withJobs(2, 2)));
    expect(found).toMatchObject({ verdict: "pass", actual: expect.stringContaining("jobs in hand were not judged") });
  });
});

it("is refused where it names no workers, or workers that nothing asks to end, without an audit and without jobs", () => {
  expect(refusalOf(stopsCleanly({ triedAgain: 1 }))).toMatch(/workers: is missing/);
  const { injection } = stopOf("worker-1");
  const wherein = (plan: Partial<PlanFacts>) =>
    stopsCleanly(options)
      .problemsIn?.({ schedule: [injection], operations: storyOperations, hasAudit: true, ...plan } as PlanFacts)
      .map(({ where }) => where);
  expect(wherein({})).toEqual([]);
  expect(wherein({ schedule: [{ ...injection, acts: ["mailer-1"] }] })).toEqual(["stopsCleanly.workers"]);
  expect(wherein({ hasAudit: false })).toEqual(["stopsCleanly"]);
  expect(wherein({ operations: [] })).toEqual(["stopsCleanly"]);
});
