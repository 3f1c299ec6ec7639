import fc from "fast-check";
import { expect, test } from "vitest";
import { units } from "../model/compare/metrics.ts";
import { valuesOf } from "./compare-values.ts";

/** What a reader sees: the number, and how much its last digit is worth. */
function read(text: string): { readonly value: number; readonly lastDigit: number } {
  const [, sign = "", digits = ""] = /^([+−]?)([\d.]+)/.exec(text.replaceAll(",", "")) ?? [];
  const value = Number(digits) * (sign === "−" ? -1 : 1);
  return { value, lastDigit: 10 ** -(digits.split(".")[1]?.length ?? 0) };
}

const size = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 120, noNaN: true }),
  fc.double({ min: 0, max: 40_000, noNaN: true }),
);

test("base + difference = run, as they are shown, for every unit", () => {
  fc.assert(
    fc.property(fc.constantFrom(...units), size, size, (unit, first, second) => {
      const [base, run] = unit === "share" ? [first % 1, second % 1] : [first, second];
      const shown = valuesOf(unit, { base, run, shift: run - base });
      const [before, after, by] = [shown.base, shown.run, shown.by].map(read);
      // Each is rounded by half of its last digit, which is the same for all three.
      expect(Math.abs(before!.value + by!.value - after!.value)).toBeLessThanOrEqual(1.5 * by!.lastDigit + 1e-9);
      expect(new Set([before, after, by].map((one) => one!.lastDigit)).size).toBe(1);
      expect([shown.base, shown.run].every((text) => !text.startsWith("−"))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("a difference that matters is never shown as none, and an interval has the unit of its difference", () => {
  const range = { lower: 0.012, upper: 0.09 };
  expect(valuesOf("share", { base: 0, run: 0.0502, shift: 0.0502, range })).toEqual({
    base: "0.0 %",
    run: "5.0 %",
    by: "+5.0 points",
    range: "+1.2 to +9.0 points",
  });
  expect(valuesOf("latencyMs", { base: 0.6, run: 61, shift: 60.4 })).toMatchObject({
    base: "0.60 ms",
    by: "+60.40 ms",
  });
  expect(valuesOf("latencyMs", { base: 15, run: 2400, shift: 2385 })).toMatchObject({
    base: "0.015 s",
    run: "2.400 s",
  });
  expect(valuesOf("perSecond", { base: 120, run: 90, shift: -30, range: { lower: null, upper: -20 } })).toMatchObject({
    by: "−30/s",
    range: "at most −20/s",
  });
  expect(valuesOf("timeMs", { base: null, run: 1200, shift: null }, "never")).toMatchObject({ base: "never", by: "" });
});

test("neither a unit nor a bound is rounded up to, and what is not nothing is not shown as it", () => {
  const shown = (...[unit, base, run]: [(typeof units)[number], number, number]) => {
    const values = valuesOf(unit, { base, run, shift: run - base });
    return [values.base, values.run];
  };
  expect(shown("latencyMs", 999.6, 950)).toEqual(["1.00 s", "0.95 s"]);
  expect(shown("share", 0.9996, 1)).toEqual(["99.96 %", "100.00 %"]);
  expect(shown("share", 0.999_996, 0.9)).toEqual(["99.9996 %", "90.0000 %"]);
  expect(shown("share", 0.000_04, 0)).toEqual(["0.004 %", "0.000 %"]);
  expect(shown("perSecond", 0.004, 0)).toEqual(["0.004/s", "0.000/s"]);
  expect(shown("perSecond", 12_345.2, 1000)).toEqual(["12,345/s", "1,000/s"]);
});
