import { expect, test } from "vitest";
import type { Rest } from "../model/rest.ts";
import { timelineOf } from "../report/timeline.ts";
import { describeDetail } from "./verbose.ts";

const rest: Rest = {
  isAtRest: true,
  tookMs: 1200,
  limitMs: 10_000,
  gauges: [],
  marks: { read: 2, on: [], unread: [] },
  instances: 2,
  notReady: [],
};
const row = (changes: Partial<Rest>) => timelineOf([{ atMs: 1, type: "rest", ...rest, ...changes }], null).rows[0]!;
const line = (changes: Partial<Rest>) => describeDetail({ atMs: 1, type: "rest", ...rest, ...changes });
const unsent = { name: "unsent", steady: 0, now: 15, lowest: 15, unmovedMs: 6000, isFalling: false };
const on = { instance: "api-1", mark: "the breaker is open", value: 0, beyond: 1, sinceMs: 1 };

test("the timeline and the terminal show how a system came to rest, and what was left", () => {
  expect(row({})).toMatchObject({ tone: "plain", what: "at rest after 1.2 s", detail: "" });
  expect(line({})).toBe("at rest, 1.2 s after the load: nothing left");
  const busy = { isAtRest: false, gauges: [unsent, { ...unsent, name: "jobs", isFalling: true }] };
  expect(row(busy)).toMatchObject({ tone: "bad", what: "not at rest after 1.2 s" });
  expect(row(busy).detail).toBe("unsent 15 · jobs 15, still falling");
  expect(line(busy)).toBe("not at rest, 1.2 s after the load: unsent 15, jobs 15 (still falling)");
  const marks = { read: 2, on: [on], unread: [] };
  const notReady = [{ instance: "api-2", health: "silent", sinceMs: 1 }] as const;
  expect(row({ marks, notReady })).toMatchObject({
    tone: "bad",
    detail: "api-1: the breaker is open · api-2 says nothing",
  });
  const { isAtRest: _, ...noAudit } = rest;
  expect(timelineOf([{ atMs: 1, type: "rest", ...noAudit }], null).rows[0]).toMatchObject({
    tone: "plain",
    what: "no audit said whether it is at rest",
  });
});
