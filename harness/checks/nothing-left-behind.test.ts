import { expect, it } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { nothingLeftBehind } from "./nothing-left-behind.ts";
import { evidenceOf, refusalOf } from "./testing/history.ts";

type Gauges = Readonly<Record<string, number>>;
const judged = (steady: Gauges | undefined, rest: Gauges | undefined, options = {}) => {
  const events: RunEvent[] = [];
  if (steady !== undefined) events.push({ atMs: 9000, type: "gauges", when: "steady", values: steady });
  if (rest !== undefined) events.push({ atMs: 31_000, type: "gauges", when: "rest", values: rest });
  return nothingLeftBehind(options).judge(evidenceOf([], { events }));
};

it("finds what has grown beyond the slack, and names what grew most", () => {
  expect(judged({ "connections to db": 20 }, { "connections to db": 24 }).verdict).toBe("pass");
  expect(judged({ "connections to db": 20 }, { "connections to db": 25 })).toMatchObject({
    verdict: "fail",
    actual: "connections to db: 20 when steady, 25 at rest",
    numbers: { gauges: 1, grown: 1 },
  });
  expect(judged({ a: 0, b: 0 }, { a: 3, b: 9 }).actual).toBe("b: 0 when steady, 9 at rest, and 1 more");
});

it("does not mind what has shrunk, and counts from nothing what was not there before", () => {
  expect(judged({ queue: 100 }, { queue: 0 }).verdict).toBe("pass");
  expect(judged({}, { queue: 2 }).verdict).toBe("pass");
  expect(judged({}, { queue: 3 }).verdict).toBe("fail");
});

it("takes the slack that it is given", () => {
  expect(judged({ a: 100 }, { a: 150 }, { within: 0.5 }).verdict).toBe("pass");
  expect(judged({ a: 100 }, { a: 103 }, { within: 0 }).verdict).toBe("fail");
  expect(refusalOf(nothingLeftBehind({ within: -1 }))).toMatch(/from 0 to 10/);
});

it("decides nothing without both readings, or when nothing was counted", () => {
  expect(judged(undefined, { a: 1 })).toMatchObject({
    verdict: "inconclusive",
    actual: expect.stringContaining("when steady"),
  });
  expect(judged({ a: 1 }, undefined)).toMatchObject({
    verdict: "inconclusive",
    actual: expect.stringContaining("at rest"),
  });
  expect(judged({}, {}).verdict).toBe("inconclusive");
  // A stored NaN is null, and neither is larger than anything.
  for (const value of [Number.NaN, null, "9"] as readonly unknown[] as number[]) {
    expect(judged({ a: 1 }, { a: value }).verdict).toBe("inconclusive");
    expect(judged({ a: value }, { a: 1 }).verdict).toBe("inconclusive");
    expect(judged({ a: 1, b: 0 }, { a: value, b: 9 }).verdict).toBe("fail");
  }
});
