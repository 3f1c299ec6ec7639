import { expect, test } from "vitest";
import { lastGauges } from "../model/measure/growth.ts";
import type { MarksAtRest, NotReady, Rest } from "../model/rest.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";
import { longestRestMs, notAtRest, type RestOptions, waitForRest } from "./rest.ts";

const context: AuditContext = {
  addresses: {},
  kinds: {},
  keyspaces: {},
  runToken: "ab12",
  signal: new AbortController().signal,
};
const noMarks: MarksAtRest = { read: 2, on: [], unread: [] };
const breaker = (sinceMs: number): MarksAtRest => ({
  ...noMarks,
  on: [{ instance: "api-1", mark: "the breaker is open", value: 0, beyond: 1, sinceMs }],
});

/** What the system is like at a time since the wait began, in ms. */
interface Course {
  readonly isAtRest?: (atMs: number) => boolean;
  readonly gauges?: (atMs: number) => Record<string, number>;
  readonly marks?: (atMs: number) => MarksAtRest;
  readonly notReady?: (atMs: number) => readonly NotReady[];
}

/** Waits on a clock that only the wait moves. */
async function waited(
  { isAtRest, gauges, marks, notReady }: Course,
  changes: Partial<RestOptions> = {},
): Promise<{ rest: Rest; error?: unknown; tookMs: number }> {
  let atMs = 0;
  const clock = {
    now: () => atMs,
    sleep(ms: number, signal: AbortSignal) {
      signal.throwIfAborted();
      atMs += ms;
      return Promise.resolve();
    },
  };
  const audit: Audit | undefined =
    isAtRest === undefined
      ? undefined
      : {
          atRest: () => Promise.resolve(isAtRest(atMs)),
          read: () => Promise.reject(new Error("nobody asked for it")),
          ...(gauges === undefined ? {} : { gauges: async () => gauges(atMs) }),
        };
  const state = () => ({ marks: marks?.(atMs) ?? noMarks, notReady: notReady?.(atMs) ?? [], instances: 2 });
  const steady = { unsent: 0 };
  const found = await waitForRest({ audit, context, limitMs: 10_000, steady, state, clock, ...changes });
  return { ...found, tookMs: atMs };
}

const never = () => false;

test("what is at rest is not waited for", async () => {
  const { rest, tookMs } = await waited({ isAtRest: () => true, gauges: () => ({ unsent: 0 }) });
  expect(tookMs).toBe(0);
  expect(rest).toEqual({
    isAtRest: true,
    tookMs: 0,
    limitMs: 10_000,
    gauges: [],
    marks: noMarks,
    instances: 2,
    notReady: [],
  });
});

test("what no longer falls at the limit is named, after it had five seconds to begin", async () => {
  const { rest } = await waited({ isAtRest: never, gauges: (atMs) => ({ unsent: Math.max(15, 100 - atMs / 50) }) });
  expect(rest).toMatchObject({ isAtRest: false, tookMs: 15_000 });
  expect(rest.gauges).toMatchObject([{ name: "unsent", steady: 0, now: 15, isFalling: false }]);
  expect(rest.gauges[0]!.unmovedMs).toBeGreaterThan(5000);
});

test("what still falls at the limit gets the time that it needs", async () => {
  const unsent = (atMs: number) => Math.max(0, 1000 - atMs / 20);
  const { rest } = await waited({
    isAtRest: (atMs) => unsent(atMs) === 0,
    gauges: (atMs) => ({ unsent: Math.round(unsent(atMs)) }),
  });
  expect(rest).toMatchObject({ isAtRest: true, tookMs: 20_000, gauges: [] });
});

test("it gets it only until it has stopped, and only within the bound", async () => {
  const stuck = await waited({ isAtRest: never, gauges: (atMs) => ({ unsent: Math.max(9, 800 - atMs / 20) }) });
  expect(stuck.rest).toMatchObject({ isAtRest: false, gauges: [{ now: 9, isFalling: false }] });
  expect(stuck.rest.tookMs).toBeGreaterThan(17_000);
  expect(stuck.rest.tookMs).toBeLessThan(20_000);
  // A lock that runs out late, and what it held up.
  const unlocked = (atMs: number) => (atMs < 14_000 ? 15 : Math.max(0, 15 - (atMs - 14_000) / 500));
  const late = await waited({
    isAtRest: (atMs) => unlocked(atMs) === 0,
    gauges: (atMs) => ({ unsent: unlocked(atMs) }),
  });
  expect(late.rest).toMatchObject({ isAtRest: true, tookMs: 21_500 });
  for (const [limitMs, boundMs] of [
    [2000, 12_000],
    [10_000, 30_000],
    [60_000, 120_000],
  ] as const) {
    const endless = await waited({ isAtRest: never, gauges: (atMs) => ({ unsent: 1e6 - atMs }) }, { limitMs });
    expect(endless.rest).toMatchObject({ isAtRest: false, tookMs: boundMs, gauges: [{ isFalling: true }] });
    expect(longestRestMs(limitMs)).toBeGreaterThanOrEqual(boundMs);
  }
});

test("a short limit is no reason to call still what was hardly watched", async () => {
  const { rest } = await waited({ isAtRest: never, gauges: () => ({ unsent: 15 }) }, { limitMs: 500 });
  expect(rest.tookMs).toBeGreaterThanOrEqual(5500);
  expect(rest.tookMs).toBeLessThan(6000);
});

test("without gauges there is no reason to wait longer, and gauges that throw say why", async () => {
  expect((await waited({ isAtRest: never })).rest).toMatchObject({ tookMs: 10_000, gauges: [] });
  const gauges = () => {
    throw new Error("no light");
  };
  expect((await waited({ isAtRest: never, gauges })).rest).toMatchObject({ gauges: [], gaugesProblem: "no light" });
  const text = () => ({ unsent: "3" as unknown as number });
  expect((await waited({ isAtRest: never, gauges: text })).rest.gaugesProblem).toContain("[BAD_GAUGES]");
});

test("gauges that can be read only now and then are still compared", async () => {
  const gauges = (atMs: number) => {
    if (atMs % 1000 < 500) throw new Error("busy");
    return { unsent: 15 };
  };
  const { rest } = await waited({ isAtRest: never, gauges });
  expect(rest.gauges).toMatchObject([{ name: "unsent", now: 15, isFalling: false }]);
});

test("gauges are read twice a second at the most, and never two at once", async () => {
  let [begun, underWay, most] = [0, 0, 0];
  const audit: Audit = {
    atRest: () => Promise.resolve(false),
    read: () => Promise.reject(new Error("nobody asked for it")),
    async gauges() {
      [begun, underWay] = [begun + 1, underWay + 1];
      most = Math.max(most, underWay);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      underWay -= 1;
      return { unsent: 15 };
    },
  };
  await waited({ isAtRest: never }, { audit });
  expect(most).toBe(1);
  expect(begun).toBeGreaterThan(3);
  expect(begun).toBeLessThanOrEqual(31);
});

test("gauges that never come do not hold up the end", async () => {
  const audit: Audit = {
    atRest: () => Promise.resolve(false),
    read: () => Promise.reject(new Error("nobody asked for it")),
    gauges: () => new Promise(() => undefined),
  };
  expect((await waited({ isAtRest: never }, { audit })).rest).toMatchObject({ isAtRest: false, gauges: [] });
});

test("a mark that is on for a moment is waited for, and one that stays on is told", async () => {
  const isAtRest = (atMs: number) => atMs >= 1000;
  const brief = await waited({ isAtRest, marks: (atMs) => (atMs < 3000 ? breaker(-500) : noMarks) });
  expect(brief.rest).toMatchObject({ isAtRest: true, tookMs: 3000, marks: { on: [] } });
  const stays = await waited({ isAtRest, marks: () => breaker(-500) });
  expect(stays.rest).toMatchObject({ isAtRest: true, tookMs: 9000, marks: { on: [{ instance: "api-1" }] } });
});

test("the value of a mark that falls gets more time, too", async () => {
  const backlog = (atMs: number): MarksAtRest => {
    const value = Math.max(0, 500 - atMs / 40);
    return value === 0
      ? noMarks
      : { ...noMarks, on: [{ instance: "api-1", mark: "backlog", value, beyond: value, sinceMs: 0 }] };
  };
  expect((await waited({ isAtRest: () => true, marks: backlog })).rest).toMatchObject({
    tookMs: 20_000,
    marks: { on: [] },
  });
});

test("without an audit, marks and readiness are waited for all the same", async () => {
  expect((await waited({})).rest.isAtRest).toBeUndefined();
  const down = (atMs: number): readonly NotReady[] =>
    atMs < 2000 ? [{ instance: "api-2", health: "silent", sinceMs: -3000 }] : [];
  expect((await waited({ notReady: down })).rest).toMatchObject({ tookMs: 2000, notReady: [] });
});

test("a mark that was read until now is waited for, and one that never was is not", async () => {
  const unread = (wasRead: boolean) => () => ({
    ...noMarks,
    unread: [{ instance: "api-1", mark: "open", metric: "up", wasRead }],
  });
  expect((await waited({ isAtRest: () => true, marks: unread(true) })).tookMs).toBe(8000);
  expect((await waited({ isAtRest: () => true, marks: unread(false) })).tookMs).toBe(0);
});

test("an audit that throws ends the wait, and what else was seen is kept", async () => {
  const isAtRest = () => {
    throw new Error("connection refused");
  };
  const { rest, error } = await waited({ isAtRest, marks: () => breaker(0) });
  expect(error).toMatchObject({ message: "connection refused" });
  expect(rest).toMatchObject({ auditProblem: "connection refused", marks: { on: [{ instance: "api-1" }] } });
  expect(rest.isAtRest).toBeUndefined();
  const wrong = await waited({ isAtRest: () => 3 as unknown as boolean });
  expect(wrong.rest.auditProblem).toContain("[BAD_AT_REST]");
});

test("the end of the run ends the wait, and is no failure of the audit", async () => {
  const stop = new AbortController();
  const isAtRest = (atMs: number) => {
    if (atMs > 2000) stop.abort(new Error("interrupted by SIGINT"));
    return false;
  };
  const wait = waited({ isAtRest }, { context: { ...context, signal: stop.signal } });
  await expect(wait).rejects.toThrow("interrupted by SIGINT");
  const late = { ...context, signal: AbortSignal.abort(new DOMException("too late", "TimeoutError")) };
  expect((await waited({ isAtRest: never }, { context: late })).rest.auditProblem).toBe("too late");
});

test("only what the audit did not see at rest leaves the run in doubt", () => {
  const rest = { limitMs: 10_000, gauges: [], marks: noMarks, notReady: [] };
  const said = "the system had not come to rest 10 s after the load ended";
  expect(notAtRest({ ...rest, isAtRest: false, tookMs: 10_040 })).toEqual([said]);
  expect(notAtRest({ ...rest, isAtRest: false, tookMs: 30_040 })).toEqual([said.replace("10 s", "30 s")]);
  expect(notAtRest({ ...rest, isAtRest: true, tookMs: 30_000 })).toEqual([]);
  expect(notAtRest({ ...rest, tookMs: 0 })).toEqual([]);
});

test("the gauges of the steady phase are those that were read then", () => {
  expect(lastGauges([], "steady")).toBeUndefined();
  const of = (when: "steady" | "rest", unsent: number) =>
    ({ atMs: 1, type: "gauges", when, values: { unsent } }) as const;
  expect(lastGauges([of("steady", 2), of("rest", 7)], "steady")).toEqual({ unsent: 2 });
});
