import { describe, expect, it } from "vitest";
import { evidenceOf, searches } from "../../checks/testing/history.ts";
import { ownDoing, stoppedMs, stopTexts, withoutOwnDoing } from "./own-doing.ts";

const replaced = { atMs: 15_000, type: "replaced", what: "toxiproxy", why: "it hung" } as const;
const timed = { ...replaced, fromMs: 12_000, toMs: 15_000 };
const steps = [...searches(10, 1000, 11_000), ...searches(10, 11_000, 21_000, { tookMs: 500 })];
const dueIn = (evidence: ReturnType<typeof evidenceOf>): readonly number[] => Array.from(evidence.history.intendedMs);

describe("what Faultline itself did", () => {
  it("is nothing in a run in which nothing of it was disturbed", () => {
    const evidence = evidenceOf(steps);
    expect(ownDoing(evidence)).toEqual([]);
    expect(withoutOwnDoing(evidence)).toEqual(evidence);
  });

  it("is the time in which a tool hung, and as long again; operations under way then are left out", () => {
    const evidence = evidenceOf(steps, { events: [timed] });
    expect(ownDoing(evidence)).toMatchObject([{ fromMs: 12_000, toMs: 18_000 }]);
    // Due at 11 s it ended before; due at 12 to 17 s it did not.
    expect(dueIn(withoutOwnDoing(evidence)).slice(10)).toEqual([11_000, 18_000, 19_000, 20_000]);
    const early = { ...timed, fromMs: 11_400 };
    expect(dueIn(withoutOwnDoing(evidenceOf(steps, { events: [early] })))).not.toContain(11_000);
  });

  it("may have been at any time, where the event has none", () => {
    expect(withoutOwnDoing(evidenceOf(steps, { events: [replaced] })).history.count).toBe(0);
  });

  it("begins with the first sign of the stop, and does not end", () => {
    const cut = { outcome: "unknown", detail: stopTexts.onWire, tookMs: 300 } as const;
    const stopped = evidenceOf([...steps, ...searches(1, 20_500, 20_501, cut)], { events: [] });
    expect(stoppedMs(stopped)).toBe(20_800);
    const events = [
      { atMs: 20_700, type: "interrupted", by: "SIGINT" },
      { atMs: 22_000, type: "phase", phase: "tearDown" },
    ] as const;
    expect(ownDoing({ ...stopped, events })).toMatchObject([{ fromMs: 20_700, toMs: Number.POSITIVE_INFINITY }]);
    expect(stoppedMs(evidenceOf(steps))).toBe(Number.POSITIVE_INFINITY);
  });

  it("ends processes, and leaves connections: gauges read at rest before it stay", () => {
    const exit = { type: "exited", pid: 7, how: "exit 1", expected: false } as const;
    const gauges = { type: "gauges", when: "rest", values: {} } as const;
    const events = [
      { atMs: 1, type: "started", instance: "worker", pid: 7, tookMs: 1 },
      { ...exit, atMs: 11_000, instance: "worker" },
      { ...exit, atMs: 11_500, instance: "toxiproxy" },
      { ...exit, atMs: 13_000, instance: "worker" },
    ] as const;
    const kept = withoutOwnDoing(evidenceOf(steps, { events: [...events, timed] })).events;
    // The end of the tool is a stop of its own.
    expect(kept.filter(({ type }) => type === "exited")).toEqual([events[1]]);
    const gauged = (atMs: number) =>
      withoutOwnDoing(evidenceOf(steps, { events: [timed, { ...gauges, atMs }] })).events.some(
        ({ type }) => type === "gauges",
      );
    expect([gauged(11_000), gauged(25_000)]).toEqual([true, false]);
    const marks = { read: 0, on: [], unread: [] };
    const rest = { type: "rest", tookMs: 1, limitMs: 1, gauges: [], marks, notReady: [] } as const;
    const rested = (atMs: number) =>
      withoutOwnDoing(evidenceOf(steps, { events: [timed, { ...rest, atMs }] })).events.some(
        ({ type }) => type === "rest",
      );
    expect([rested(11_000), rested(25_000)]).toEqual([true, false]);
  });
});
