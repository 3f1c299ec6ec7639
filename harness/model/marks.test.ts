import { describe, expect, it } from "vitest";
import { metricValues, reaches } from "./marks.ts";

const text = `# HELP shop_waiting callers that wait
# TYPE shop_waiting gauge
shop_waiting{instance="api-1"} 3
shop_waiting{instance="a \\"} 7",pool="b"} 4 1395066363000
shop_waiting_total 9
shop_up 1
shop_lost{instance="api-1"} NaN
shop_most +Inf
`;

describe("values of a metric", () => {
  it("are those of all its series, whatever their labels say, and of no other metric", () => {
    expect(metricValues(text, "shop_waiting")).toEqual([3, 4]);
    expect(metricValues(text, "shop_up")).toEqual([1]);
    expect(metricValues(text, "shop_most")).toEqual([Number.POSITIVE_INFINITY]);
  });

  it("are none where there is no such metric, or no number", () => {
    expect(metricValues(text, "shop")).toEqual([]);
    expect(metricValues(text, "shop_lost")).toEqual([]);
    expect(metricValues("<html>shop_up 1", "shop_up")).toEqual([]);
  });
});

it("a mark is reached beyond its bound, and not at it", () => {
  expect([0, 1].map((value) => reaches({ metric: "waiting", above: 0 }, value))).toEqual([false, true]);
  expect([0, 1].map((value) => reaches({ metric: "up", below: 1 }, value))).toEqual([true, false]);
  expect(reaches({ metric: "waiting", above: 0, below: 0 }, Number.NaN)).toBe(false);
});
