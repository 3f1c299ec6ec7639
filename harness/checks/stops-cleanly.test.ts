import { describe, expect, it } from "vitest";
import type { Evidence, PlanFacts } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { evidenceUntil } from "../model/measure/until.ts";
import { stopsCleanly } from "./stops-cleanly.ts";
import { evidenceOf, type Step, standingStill, storyOperations } from "./testing/history.ts";
import { askedMs, backMs, evidenceAt, type StopOf, stopOf } from "./testing/stops.ts";

const judged = (
  steps: readonly Step[],
  stops: readonly StopOf[] = [stopOf("api-1")],
  changes: Partial<Evidence> = {},
) => stopsCleanly().judge(evidenceAt(steps, stops, changes));

const step = (atMs: number, rest: Partial<Step> = {}): Step => ({ operation: "search", atMs, ...rest });
const unanswered = { outcome: "unknown", detail: "no answer: other side closed" } as const;
const cut = { outcome: "unknown", detail: "answer cut off: other side closed" } as const;
/** Sent 200 ms before the signal, settled 100 ms after it. */
const begun = (rest: Partial<Step> = {}): Step => step(askedMs - 200, { tookMs: 300, ...rest });

describe("what had begun", () => {
  it("is answered", () => {
    expect(judged([begun(), begun({ outcome: "rejected", detail: "503 overloaded" })])).toMatchObject({
      verdict: "pass",
      actual:
        "1 process ended by itself, the slowest (api-1) after 400 ms of 2 s; 2 requests under way, none lost, 1 refused",
      numbers: { stops: 1, underWay: 2, lost: 0, refused: 1, slowestMs: 400 },
    });
  });

  it.each([
    ["without a byte of its answer", unanswered],
    ["in the middle of its answer", cut],
    ["by its deadline", { outcome: "unknown", tookMs: 1000, detail: "no answer within the deadline" }],
    ["with a text that says nothing of where it broke", { outcome: "unknown", detail: "other side closed" }],
  ] as const)("is lost %s", (_, rest) => {
    expect(judged([begun(), begun(rest)])).toMatchObject({
      verdict: "fail",
      actual: expect.stringContaining("1 of 2 requests under way lost"),
      numbers: { underWay: 2, lost: 1 },
      witness: [{ id: 1, note: `sent to api-1 200 ms before its SIGTERM: ${rest.detail}` }],
    });
  });

  it("is no matter of a stop where it was sent to another instance, settled before, or not sent", () => {
    const steps = [
      begun(),
      begun({ ...unanswered, target: 1 }),
      begun({ ...unanswered, tookMs: 199 }),
      begun({ outcome: "failed", detail: "connect ECONNREFUSED" }),
      begun({ outcome: "overflow" }),
    ];
    expect(judged(steps)).toMatchObject({ verdict: "pass", numbers: { underWay: 1 } });
  });

  it("had not begun in the moment of the signal, when a server may close what is idle", () => {
    const sent = (leadMs: number) => judged([begun(), step(askedMs - leadMs, { tookMs: leadMs + 2, ...unanswered })]);
    expect(sent(50).verdict).toBe("fail");
    expect(sent(49.9)).toMatchObject({ verdict: "pass", numbers: { underWay: 1, turnedAway: 1 } });
  });

  it("begins earlier by what the load generator was late then", () => {
    const late = (lagMaxMs: number) => {
      const tainted = [{ fromMs: 11_900, toMs: 12_100, reason: "lag", lagMaxMs }];
      const generator = { ...evidenceOf([]).generator, tainted };
      return judged([begun(), step(askedMs - 90, { tookMs: 92, ...unanswered })], undefined, { generator }).verdict;
    };
    expect(late(40)).toBe("fail");
    expect(late(41)).toBe("pass");
  });

  it("decides nothing where the machine stood still", () => {
    const still = standingStill(12_010, 12_050);
    const wide = [stopOf("worker-1", {}, "i2"), stopOf("api-1")];
    expect(judged([begun(), begun(unanswered)], wide, still)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("1 request under way lost, 0 answers cut off, but the machine stood still"),
    });
    // One that was settled before is lost for another reason.
    const before = begun({ ...unanswered, tookMs: 205 });
    expect(judged([begun(), before, begun(unanswered)], wide, still).verdict).toBe("fail");
  });
});

describe("what comes later", () => {
  it("may be turned away, refused or answered", () => {
    const steps = [
      begun(),
      step(askedMs + 10, unanswered),
      step(askedMs + 20, { outcome: "rejected", detail: "503 closing" }),
      step(askedMs + 30),
      step(askedMs + 40, { outcome: "failed", detail: "connect ECONNREFUSED" }),
    ];
    expect(judged(steps)).toMatchObject({ verdict: "pass", numbers: { turnedAway: 1, cutOff: 0 } });
  });

  it.each([
    ["in the moment of the signal", -10],
    ["after it", 10],
  ])("is not cut off in the middle of its answer, sent %s", (_, sinceMs) => {
    const found = judged([begun(), step(askedMs + sinceMs, { tookMs: 100, ...cut })]);
    expect(found).toMatchObject({
      verdict: "fail",
      actual: expect.stringContaining("1 answer cut off"),
      numbers: { lost: 0, cutOff: 1 },
      witness: [{ id: 1, note: expect.stringContaining("10 ms") }],
    });
  });

  it("is none of its stop once it has started again", () => {
    expect(judged([begun(), step(backMs + 10, cut)]).verdict).toBe("pass");
    expect(judged([begun(), step(backMs - 10, { ...cut, tookMs: 20 })]).verdict).toBe("pass");
  });

  it("decides nothing where a run of an earlier version does not say where connections broke", () => {
    const steps = [begun(), step(askedMs + 10, { outcome: "unknown", detail: "other side closed" })];
    expect(judged(steps)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("1 connection broke after a SIGTERM"),
    });
    const timeout = { outcome: "unknown", tookMs: 1000, detail: "no answer within the deadline" } as const;
    expect(judged([begun(), step(askedMs + 10, timeout)]).verdict).toBe("pass");
  });
});

describe("how it ends", () => {
  it.each(["exit 0", "SIGTERM", "exit 143"])("by itself, with %s", (how) => {
    expect(judged([begun()], [stopOf("api-1", { how })]).verdict).toBe("pass");
  });

  it.each([
    ["SIGKILL", 2001, "api-1 still ran at the end of its grace of 2 s, and was killed"],
    ["SIGKILL", 300, "api-1 ended with SIGKILL 300 ms after its SIGTERM"],
    ["exit 1", 300, "api-1 ended with exit 1 300 ms after its SIGTERM"],
    ["SIGSEGV", 300, "api-1 ended with SIGSEGV 300 ms after its SIGTERM"],
  ])("not with %s after %d ms", (how, tookMs, actual) => {
    expect(judged([begun()], [stopOf("api-1", { how, tookMs })])).toMatchObject({
      verdict: "fail",
      actual: `${actual}; 1 request under way, none lost`,
      numbers: { badEnds: 1 },
    });
  });

  it("decides nothing where the machine stood still, or was late by a tenth of the grace, or no event says how", () => {
    const killed = [stopOf("api-1", { how: "SIGKILL", tookMs: 2001 })];
    const late = (lagMaxMs: number) => {
      const tainted = [{ fromMs: 13_000, toMs: 13_500, reason: "lag", lagMaxMs }];
      return judged([begun()], killed, { generator: { ...evidenceOf([]).generator, tainted } }).verdict;
    };
    expect(judged([begun()], killed, standingStill(13_000, 13_300)).verdict).toBe("inconclusive");
    expect(judged([begun()], killed, standingStill(11_000, 12_000)).verdict).toBe("fail");
    expect(late(200)).toBe("inconclusive");
    expect(late(199)).toBe("fail");
    const [stop] = killed;
    const silent = { ...stop!, events: stop!.events.filter(({ type }) => type !== "exited") };
    expect(judged([begun()], [silent])).toMatchObject({
      verdict: "inconclusive",
      actual: "how api-1 ended was not recorded",
    });
  });

  it("is all that is seen of a worker", () => {
    expect(judged([], [stopOf("worker-1")])).toMatchObject({
      verdict: "pass",
      actual: "1 process ended by itself, the slowest (worker-1) after 400 ms of 2 s",
    });
    expect(judged([], [stopOf("worker-1", { how: "exit 1" })]).verdict).toBe("fail");
  });

  it("is taken of the process that was asked, and of none before or after", () => {
    const { injection, receipt, events } = stopOf("worker-1");
    const later: RunEvent = {
      atMs: 16_000,
      type: "exited",
      instance: "worker-1",
      pid: 2,
      how: "exit 1",
      expected: false,
    };
    expect(judged([], [{ injection, receipt, events: [...events, later] }]).verdict).toBe("pass");
    const unseen = events.filter(({ type }) => type !== "exited");
    expect(judged([], [{ injection, receipt, events: [...unseen, later] }]).actual).toBe(
      "how worker-1 ended was not recorded",
    );
    const dead: RunEvent = { ...later, atMs: 11_000 };
    expect(judged([], [{ injection, receipt, events: [dead, ...events] }])).toMatchObject({
      verdict: "inconclusive",
      actual: "no process that ran was asked to end",
    });
  });
});

describe("nothing is decided", () => {
  it("where no request was under way when entries were asked to end", () => {
    expect(judged([step(askedMs - 500), step(askedMs + 500)])).toMatchObject({
      verdict: "inconclusive",
      actual: "no request was under way when api-1 had to end",
      remedy: expect.stringContaining("rate"),
    });
    // A loss needs none, nor does a bad end.
    expect(judged([step(askedMs + 10, cut)]).verdict).toBe("fail");
    expect(judged([], [stopOf("api-1", { how: "exit 1" })]).verdict).toBe("fail");
  });

  it("where nothing asked a process to end: no fault, another one, one without a grace, one that was not reached", () => {
    expect(judged([begun()], []).verdict).toBe("inconclusive");
    const { injection, receipt, events } = stopOf("api-1");
    for (const other of [{ kind: "kill" }, { parameters: { graceMs: 0 } }]) {
      expect(judged([begun()], [{ injection: { ...injection, ...other }, receipt, events }]).actual).toBe(
        "no process that ran was asked to end",
      );
    }
    const unreached = { injection, receipt, events: events.filter(({ type }) => type !== "inject") };
    expect(judged([begun()], [unreached]).verdict).toBe("inconclusive");
  });

  it("before the first injection, when all that was under way is still open", () => {
    const evidence = evidenceAt([begun(), begun()], [stopOf("api-1")]);
    expect(stopsCleanly().judge(evidenceUntil(evidence, askedMs + 0.1)).verdict).toBe("inconclusive");
  });

  it.each(["api-1", "clients->api-1"])(
    "while another fault acts on %s, and by its requests alone where it does not",
    (on) => {
      const other = (requestedMs: number, healProvenMs: number) => ({
        receipts: [stopOf("api-1").receipt, { injection: "i9", on, requestedMs, healProvenMs, before: {} }],
      });
      const steps = [begun(), begun(unanswered)];
      expect(judged(steps, undefined, other(11_900, 13_000)).verdict).toBe("inconclusive");
      const killed = [stopOf("api-1", { how: "SIGKILL", tookMs: 100 })];
      expect(judged(steps, killed, other(12_050, 13_000)).verdict).toBe("inconclusive");
      expect(judged(steps, undefined, other(11_000, 11_700)).verdict).toBe("fail");
      expect(judged(steps, undefined, other(12_450, 13_000)).verdict).toBe("fail");
    },
  );

  it("where another fault acted on all that was asked to end", () => {
    const kill = { injection: "i9", on: "worker-1", requestedMs: 12_100, healProvenMs: 13_000, before: {} };
    const stop = stopOf("worker-1", { how: "SIGKILL" });
    expect(judged([], [stop], { receipts: [stop.receipt, kill] })).toMatchObject({
      verdict: "inconclusive",
      actual: "another fault acted on every process that was asked to end",
    });
  });

  it("but a fault that was never begun is no excuse", () => {
    const never = {
      injection: "i9",
      on: "api-1",
      requestedMs: 11_000,
      before: {},
      error: "its milestone was not reached",
    };
    const receipts = [stopOf("api-1").receipt, never];
    expect(judged([begun(), begun(unanswered)], undefined, { receipts }).verdict).toBe("fail");
  });

  it("but a fault on what it depends on is no excuse", () => {
    const receipts = [
      stopOf("api-1").receipt,
      { injection: "i9", on: "api-1->postgres", requestedMs: 11_000, healProvenMs: 14_000, before: {} },
    ];
    expect(judged([begun(), begun(unanswered)], undefined, { receipts }).verdict).toBe("fail");
  });
});

it("judges what the workload's own client does only where it is named", () => {
  const operations = storyOperations.map((one) =>
    one.name === "search" ? { ...one, isPerformed: true as const } : one,
  );
  const evidence = evidenceAt([begun({ operation: "read" }), begun({ ...unanswered })], [stopOf("api-1")], {
    operations,
  });
  expect(stopsCleanly().judge(evidence)).toMatchObject({ verdict: "pass", numbers: { underWay: 1 } });
  expect(stopsCleanly({ operations: ["search"] }).judge(evidence).verdict).toBe("fail");
  expect(stopsCleanly({ operations: ["serach"] }).judge(evidence).verdict).toBe("inconclusive");
});

it("is refused for a plan in which nothing asks a process to end", () => {
  const { injection } = stopOf("api-1");
  const problemsOf = (schedule: PlanFacts["schedule"]) =>
    stopsCleanly()
      .problemsIn?.({ schedule, operations: [] } as unknown as PlanFacts)
      .map(({ code }) => code);
  expect(problemsOf([injection])).toEqual([]);
  expect(problemsOf([])).toEqual(["CANNOT_DECIDE"]);
  expect(problemsOf([{ ...injection, parameters: { graceMs: 0 } }])).toEqual(["CANNOT_DECIDE"]);
});
