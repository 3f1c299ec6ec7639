import { describe, expect, it } from "vitest";
import { beyond, metricType, metricValues, reaches } from "./marks.ts";

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

it("a value is as far beyond a mark as it is from the bound, and not at all within it", () => {
  expect([-1, 0, 5].map((value) => beyond({ metric: "waiting", above: 0 }, value))).toEqual([0, 0, 5]);
  expect([0.25, 1].map((value) => beyond({ metric: "up", below: 1 }, value))).toEqual([0.75, 0]);
});

it("the kind of a metric is known where the text says it, also before it has a value", () => {
  expect(metricType(text, "shop_waiting")).toBe("gauge");
  expect(metricType(text, "shop_up")).toBeUndefined();
  expect(metricType("# TYPE shop_failed_total counter\n", "shop_failed_total")).toBe("counter");
  expect(metricType("# HELP TYPE shop_up counter\nTYPE shop_up counter\n", "shop_up")).toBeUndefined();
});
