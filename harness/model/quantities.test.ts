import { describe, expect, it, test } from "vitest";
import {
  bytes,
  clock,
  count,
  duration,
  durationBeside,
  estimate,
  multiple,
  multipleBeside,
  percent,
  percentBeside,
  plural,
  probability,
  rate,
  relative,
  statedBytes,
  statedDuration,
  statedPercent,
  statedRate,
  statedThroughput,
  stopwatch,
  stretch,
} from "./quantities.ts";

const cases: readonly (readonly [string, (value: number) => string, readonly (readonly [number, string])[]])[] = [
  [
    "duration",
    duration,
    [
      [0, "0 ms"],
      [0.0001, "0.1 µs"],
      [0.25, "250 µs"],
      [0.9996, "1 ms"],
      [3.24, "3.2 ms"],
      [9.96, "10 ms"],
      [41.4, "41 ms"],
      [999.4, "999 ms"],
      [999.6, "1 s"],
      [1005, "1.01 s"],
      [1234, "1.23 s"],
      [9996, "10 s"],
      [12_345, "12.3 s"],
      [59_960, "60 s"],
      [599_960, "10 min"],
      [634_000, "10.6 min"],
      [35_999_000, "10 h"],
      [-1500, "−1.5 s"],
      [Number.NaN, "–"],
      [Number.POSITIVE_INFINITY, "never"],
    ],
  ],
  [
    "statedDuration",
    statedDuration,
    [
      [0, "0 ms"],
      [0.5, "500 µs"],
      [250, "250 ms"],
      [999.6, "999.6 ms"],
      [2000, "2 s"],
      [12_345, "12.345 s"],
      [90_000, "90 s"],
      [600_000, "10 min"],
      [605_000, "605 s"],
      [5_400_000, "90 min"],
      [43_200_000, "12 h"],
    ],
  ],
  [
    "percent",
    percent,
    [
      [0, "0 %"],
      [0.000_04, "0.004 %"],
      [0.0004, "0.04 %"],
      [0.123_45, "12.3 %"],
      [0.29, "29 %"],
      [0.987_65, "98.8 %"],
      [0.9949, "99.49 %"],
      [0.995, "99.5 %"],
      [0.9996, "99.96 %"],
      [0.999_99, "99.999 %"],
      [1 - 2 ** -53, "99.9999999999 %"],
      [1, "100 %"],
      // What dividing adds.
      [1 + 2 ** -52, "100 %"],
      [1.0004, "100.04 %"],
      [-0.03, "−3 %"],
      [Number.NaN, "–"],
    ],
  ],
  [
    "statedPercent",
    statedPercent,
    [
      [0.9995, "99.95 %"],
      [0.123_45, "12.345 %"],
      [0.07, "7 %"],
      [1, "100 %"],
    ],
  ],
  [
    "rate",
    rate,
    [
      [0, "0/s"],
      [0.0042, "0.0042/s"],
      [0.04, "0.04/s"],
      [118.34, "118.3/s"],
      [120, "120/s"],
      [999.96, "1,000/s"],
      [2413.4, "2,413/s"],
    ],
  ],
  ["statedRate", statedRate, [[0.125, "0.125/s"]]],
  [
    "bytes",
    bytes,
    [
      [0, "0 B"],
      [999, "999 B"],
      [1400, "1.4 kB"],
      [11_600, "12 kB"],
      [999_600, "1 MB"],
      [41_200_000, "41 MB"],
      [2_000_000_000, "2 GB"],
    ],
  ],
  [
    "statedBytes",
    statedBytes,
    [
      [20_000, "20 kB"],
      [1_234_567, "1.234567 MB"],
    ],
  ],
  ["statedThroughput", statedThroughput, [[20_000, "20 kB/s"]]],
  [
    "multiple",
    multiple,
    [
      [0, "0"],
      [0.0012, "0.0012"],
      [1.926, "1.93"],
      [9.996, "10"],
      [14.44, "14.4"],
      [1000.4, "1,000"],
    ],
  ],
  [
    "probability",
    probability,
    [
      [0.0004, "p < 0.001"],
      [0.0286, "p 0.029"],
      [0.994, "p 0.99"],
      [0.9996, "p > 0.99"],
      [1, "p 1"],
    ],
  ],
  [
    "count",
    count,
    [
      [1612, "1,612"],
      [1_000_000, "1,000,000"],
      [-3, "−3"],
      [-0, "0"],
      [0.25, "0.25"],
    ],
  ],
  [
    "clock",
    clock,
    [
      [12_004, "12.004 s"],
      [999.6, "1.000 s"],
    ],
  ],
  [
    "relative",
    relative,
    [
      [412, "+0.412 s"],
      [-1200, "−1.200 s"],
      [-0.2, "+0.000 s"],
      [Number.POSITIVE_INFINITY, "never"],
    ],
  ],
  [
    "stopwatch",
    stopwatch,
    [
      [59_999, "00:59"],
      [125_000, "02:05"],
    ],
  ],
  [
    "estimate",
    estimate,
    [
      [20_000, "less than a minute"],
      [59_900, "1 min"],
      [89.6 * 60_000, "1.5 h"],
    ],
  ],
];

describe.each(cases)("%s", (_, format, pairs) => {
  it.each(pairs)("of %d is %s", (value, text) => expect(format(value)).toBe(text));
});

test("words go with their number", () => {
  expect([plural(1, "read"), plural(0, "read"), plural(1612, "read")]).toEqual(["1 read", "0 reads", "1,612 reads"]);
  expect(plural(2, "anomaly", "anomalies")).toBe("2 anomalies");
  expect(stretch(500, 8500)).toBe("0.5–8.5 s");
});

test("what is not known is a dash", () => {
  expect([duration(undefined), duration(null), clock(undefined), percent(undefined)]).toEqual(["–", "–", "–", "–"]);
});

test("what would read as its limit has the digits that show on which side of it", () => {
  expect([durationBeside(2003, 2000), durationBeside(1999.9, 2000)]).toEqual(["2.003 s", "1.9999 s"]);
  expect([durationBeside(2000, 2000), durationBeside(2003, undefined)]).toEqual(["2 s", "2 s"]);
  expect([percentBeside(0.994_96, 0.995), percentBeside(0.995, 0.995)]).toEqual(["99.496 %", "99.5 %"]);
  expect([multipleBeside(3.004, 3), multipleBeside(3, 3)]).toEqual(["3.004", "3"]);
  expect([percentBeside(2 / 3, 2 / 3), durationBeside(12_345, 12_345)]).toEqual(["66.66667 %", "12.345 s"]);
});

test("a bound is rounded outwards", () => {
  expect([percent(0.526_99, "down"), percent(0.473_01, "up")]).toEqual(["52.6 %", "47.4 %"]);
  expect([percent(0.989_96, "down"), percent(0.99, "down")]).toEqual(["98.9 %", "99 %"]);
});
