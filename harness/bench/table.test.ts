import { expect, test } from "vitest";
import type { Measurement } from "./measure.ts";
import { describeMemory, judgeRate } from "./table.ts";

const nobody = {
  samples: 0,
  p50Ms: undefined,
  p95Ms: undefined,
  p99Ms: undefined,
  p999Ms: undefined,
  maxMs: undefined,
};

function measured(perSecond: number, p99Ms: number | undefined, okRatio = 1): Measurement {
  const times = { ...nobody, p99Ms };
  const read = { intended: 1, okPerSecond: perSecond, okRatio, counts: {}, ok: times, all: times, slowestMs: [] };
  return { ...blank, perSecond, operations: { read } };
}

const blank: Measurement = {
  perSecond: 0,
  lengthSeconds: 300,
  operations: {},
  errors: {},
  served: {},
  lag: { p99Ms: 0, maxMs: 0, taintedSeconds: 0 },
  usage: undefined,
  memoryMb: {},
};

test.each([
  ["met (up to 2,000/s)", [measured(1000, 5), measured(1500, 20), measured(2000, 49), measured(2500, 90)]],
  ["NOT met (met up to 1,000/s)", [measured(1000, 5), measured(1500, 50)]],
  ["NOT met", [measured(1500, 5, 0.99)]],
  ["NOT met", [measured(1500, Number.POSITIVE_INFINITY)]],
  ["not measured, or not for long enough", [measured(1000, 5), measured(1500, undefined)]],
  ["not measured, or not for long enough", [measured(2000, 90)]],
])("a target is %s", (verdict, measurements) => {
  expect(judgeRate("read", 1500, measurements)).toBe(`target 1,500/s with p99 under 50 ms: ${verdict}`);
});

const memory = (mbAt: (atSeconds: number) => number): Measurement["memoryMb"] => ({
  "api-1": Array.from({ length: 61 }, (_, index) => ({ atSeconds: index * 5, value: mbAt(index * 5) })),
});
const verdict = (one: Partial<Measurement>) => describeMemory({ ...blank, ...one }).at(-1);

test("an API that grows into its work and then stays as it is keeps to its memory", () => {
  expect(verdict({ memoryMb: memory((at) => Math.min(120, 60 + at * 2)) })).toMatch(/API: met; .*: met$/);
});

test("growth is told, and so is a peak", () => {
  expect(verdict({ memoryMb: memory((at) => 60 + at / 60) })).toMatch(/API: met; .*: NOT met$/);
  expect(verdict({ memoryMb: memory((at) => (at === 10 ? 151 : 60)) })).toMatch(/API: NOT met; .*: met$/);
});

test("of a short time nothing is said about growth", () => {
  expect(verdict({ lengthSeconds: 60, memoryMb: memory(() => 60) })).toContain("growth can't be told");
});
