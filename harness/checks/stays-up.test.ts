import { describe, expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import type { Receipt } from "../model/fault.ts";
import { staysUp } from "./stays-up.ts";
import { evidenceOf } from "./testing/history.ts";

const receipt = { injection: "i1", requestedMs: 11_000, before: {} };
const ready = (instance: string, atMs: number, pid: number): RunEvent => ({
  atMs,
  type: "started",
  instance,
  pid,
  tookMs: 5,
});
const ended = (instance: string, atMs: number, more: Partial<RunEvent & { type: "exited" }> = {}): RunEvent => ({
  atMs,
  type: "exited",
  instance,
  pid: 1,
  how: "exit 1",
  expected: false,
  ...more,
});
const both = [ready("api-1", 100, 1), ready("worker-1", 100, 2)];

const judge = (events: readonly RunEvent[], receipts: readonly Receipt[] = [], changes: Partial<Evidence> = {}) =>
  staysUp().judge(evidenceOf([], { receipts, events: [...both, ...events], ...changes }));
const judged = (instance: string, how: { atMs: number; expected?: boolean }, receipts: readonly Receipt[] = []) =>
  judge([ended(instance, how.atMs, { expected: how.expected ?? false })], receipts);

it("finds a process that ended by itself, and says which and how", () => {
  expect(judged("api-1", { atMs: 12_000 })).toMatchObject({
    verdict: "fail",
    actual: "api-1 ended by itself: exit 1",
    numbers: { started: 2, crashed: 1 },
  });
});

it("does not mind what Faultline ended", () => {
  expect(judged("api-1", { atMs: 12_000, expected: true })).toMatchObject({
    verdict: "pass",
    actual: "2 processes, none ended by itself",
  });
});

it("lets a process die of a fault that acts on it, and no other, and not before or after", () => {
  const acting = [{ ...receipt, on: "api-1", healProvenMs: 19_000 }];
  expect(judged("api-1", { atMs: 11_500 }, acting).verdict).toBe("pass");
  expect(judged("worker-1", { atMs: 11_500 }, acting).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 10_999 }, acting).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 19_001 }, acting).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 25_000 }, [{ ...receipt, on: "api-1" }]).verdict).toBe("pass");
});

it("is of no use to a fault on a link: what dies of that has died of another's fault", () => {
  expect(judged("api-1", { atMs: 12_000 }, [{ ...receipt, on: "api-1->postgres" }]).verdict).toBe("fail");
});

it("decides nothing when no process was started", () => {
  expect(staysUp().judge(evidenceOf([], { events: [] })).verdict).toBe("inconclusive");
});

describe("once the heal of a fault is asked for", () => {
  const healed = { ...receipt, on: "worker-1", provenMs: 11_010, healRequestedMs: 13_000 };
  const killed = ended("worker-1", 11_005, { how: "SIGKILL", pid: 2, expected: true });
  const crash = (atMs: number, ranMs = 300) => ended("worker-1", atMs, { pid: 3, ranMs });

  it("nothing excuses an end, whether the heal is proven later, or never", () => {
    for (const one of [healed, { ...healed, healProvenMs: 14_000 }]) {
      expect(judge([killed, crash(12_999)], [one]).verdict).toBe("pass");
      expect(judge([killed, crash(13_000)], [one]).verdict).toBe("pass");
      expect(judge([killed, crash(13_300)], [one]).verdict).toBe("fail");
    }
  });

  it("a process that cannot be started again is named with what acted elsewhere, and how soon it ended", () => {
    const cut = { injection: "i2", on: "worker-1->postgres", requestedMs: 10_500, provenMs: 10_510, before: {} };
    const elsewhere = { ...cut, injection: "i3", on: "cache" };
    const schedule = ["kill worker", "partition worker->postgres", "kill cache"].map((title, index) => ({
      ...evidenceOf([]).schedule[0]!,
      id: `i${index + 1}`,
      title,
    }));
    const found = judge([killed, crash(13_300)], [healed, cut, elsewhere], { schedule });
    expect(found).toMatchObject({
      verdict: "fail",
      actual:
        "worker-1 ended by itself when it was started again: exit 1, 300 ms after its start, while partition worker->postgres acted",
    });
    const later = { ...cut, healProvenMs: 13_299 };
    expect(judge([killed, crash(13_300)], [healed, later], { schedule }).actual).toMatch(/after its start$/);
    expect(judge([killed, crash(13_300), crash(14_000)], [healed], { schedule }).actual).toMatch(/, and 1 more time$/);
  });

  it("one that became ready in between ended by itself, and not at its start", () => {
    const found = judge([killed, ready("worker-1", 13_400, 3), crash(15_000, 1800)], [healed]);
    expect(found.actual).toBe("worker-1 ended by itself: exit 1, 1.8 s after its start");
  });

  it("one that runs and is not ready is no crash, and one that came back is none", () => {
    const rest = (processes: number): RunEvent => ({
      atMs: 30_000,
      type: "gauges",
      when: "rest",
      values: { "processes of worker-1": processes },
    });
    expect(judge([killed], [healed]).verdict).toBe("pass");
    expect(judge([killed, rest(1)], [healed]).verdict).toBe("pass");
    const back = ready("worker-1", 14_000, 3);
    expect(judge([killed, back, rest(0)], [healed]).verdict).toBe("pass");
    expect(judge([killed, rest(0)], [healed])).toMatchObject({
      verdict: "inconclusive",
      actual: "worker-1 did not come back after SIGKILL: it has no process at rest",
      cause: "notHealed",
    });
  });

  it("another fault on the same instance still excuses what ends while that one acts", () => {
    const second = { ...receipt, injection: "i2", on: "worker-1", requestedMs: 13_200, healRequestedMs: 13_500 };
    expect(judge([killed, crash(13_300)], [healed, second]).verdict).toBe("pass");
    expect(judge([killed, crash(13_100)], [healed, second]).verdict).toBe("fail");
    expect(judge([killed, crash(13_700)], [healed, second]).verdict).toBe("fail");
    expect(judge([killed, crash(13_300)], [healed, { ...second, on: "worker-2" }]).verdict).toBe("fail");
  });

  it("what the kernel ends before the heal is proven is the fault's, if it was there when the heal was asked for", () => {
    const limited = { ...healed, healProvenMs: 13_500 };
    const bySignal = (atMs: number, ranMs: number) => ended("worker-1", atMs, { pid: 2, how: "SIGKILL", ranMs });
    expect(judge([bySignal(13_020, 12_000)], [limited]).verdict).toBe("pass");
    expect(judge([bySignal(13_320, 300)], [limited]).verdict).toBe("fail");
    expect(judge([bySignal(13_520, 12_000)], [limited]).verdict).toBe("fail");
    expect(judge([ended("worker-1", 13_020, { pid: 2, ranMs: 12_000 })], [limited]).verdict).toBe("fail");
    // Of an earlier version, without the time that it ran: by its pid.
    expect(judge([ended("worker-1", 13_020, { pid: 2, how: "SIGKILL" })], [limited]).verdict).toBe("pass");
    expect(judge([ended("worker-1", 13_320, { pid: 9, how: "SIGKILL" })], [limited]).verdict).toBe("fail");
  });
});

it("a fault that was never begun, or whose time is none, excuses nothing", () => {
  const never = { ...receipt, on: "api-1", error: "injecting: its milestone was not reached" };
  expect(judged("api-1", { atMs: 12_000 }, [never]).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 12_000 }, [{ ...never, healRequestedMs: 13_000 }]).verdict).toBe("pass");
  const timeless = { ...receipt, on: "api-1", requestedMs: null as unknown as number };
  expect(judged("api-1", { atMs: 12_000 }, [timeless]).verdict).toBe("fail");
});

it("of a run that was torn before its receipts, what was injected excuses until its heal was asked for", () => {
  const injection = { ...evidenceOf([]).schedule[0]!, acts: ["api-1"] };
  const begun: RunEvent = { atMs: 11_000, type: "inject", injection: "i1", title: "limit api-1" };
  const healed: RunEvent = { atMs: 13_000, type: "heal", injection: "i1", title: "limit api-1" };
  const at = (atMs: number, events: readonly RunEvent[] = [begun], instance = "api-1") =>
    judge([...events, ended(instance, atMs)], [], { schedule: [injection] }).verdict;
  expect([at(12_000), at(10_900), at(12_000, [begun], "worker-1")]).toEqual(["pass", "fail", "fail"]);
  expect([at(12_000, [begun, healed]), at(13_500, [begun, healed])]).toEqual(["pass", "fail"]);
});

it("what ends before the system was up is no crash: the run says why it could not be started", () => {
  const phase = (atMs: number, name: "provision" | "warmUp" | "tearDown"): RunEvent => ({
    atMs,
    type: "phase",
    phase: name,
  });
  const torn = [phase(10, "provision"), ended("api-1", 200), phase(300, "tearDown")];
  expect(judge(torn)).toMatchObject({ verdict: "inconclusive", actual: "the system did not come up" });
  expect(judge([phase(10, "provision"), phase(150, "warmUp"), ended("api-1", 200)]).verdict).toBe("fail");
});
