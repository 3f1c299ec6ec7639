import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  bytes,
  duration,
  durationBeside,
  multiple,
  percent,
  percentBeside,
  rate,
  roundedTo,
  statedDuration,
} from "./quantities.ts";

/** Enough to come near to what is round from below, in every unit. */
fc.configureGlobal({ numRuns: 2000 });

const numberIn = (text: string): number => Number(/−?[\d.,]+/.exec(text)?.[0].replaceAll(",", "").replace("−", "-"));
const inMs: Readonly<Record<string, number>> = { µs: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const msIn = (text: string): number => numberIn(text) * inMs[text.split(" ")[1] ?? ""]!;
const inBytes: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
const bytesIn = (text: string): number => numberIn(text) * inBytes[text.split(" ")[1] ?? ""]!;

/** Of every size alike, and near what is round. */
const positive = (least: number, most: number): fc.Arbitrary<number> => {
  const size = fc.double({ min: Math.log10(least), max: Math.log10(most), noNaN: true });
  const near = fc.tuple(fc.integer({ min: Math.ceil(Math.log10(least)), max: Math.floor(Math.log10(most)) }), size);
  return fc.oneof(
    size.map((power) => 10 ** power),
    near.map(([power, off]) => 10 ** power * (1 - 10 ** -(Math.abs(off) + 0.3))),
  );
};
const ms = positive(1e-4, 1e8);
const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  positive(1e-9, 1),
  positive(1e-9, 1).map((missing) => 1 - missing),
  fc.constantFrom(0, 1),
);

const everySize = [
  // Of a microsecond there are no parts: 1.5 µs is 2 µs.
  ["duration", duration, msIn, ms, 0.34],
  ["statedDuration", statedDuration, msIn, ms, 1e-9],
  ["percent", (value: number) => percent(value), (text: string) => numberIn(text) / 100, share, 0.06],
  ["bytes", bytes, bytesIn, positive(1, 1e12).map(Math.ceil), 0.06],
  ["rate", rate, numberIn, positive(1e-4, 1e7), 0.06],
  ["multiple", multiple, numberIn, positive(1e-4, 1e7), 0.06],
] as const;

describe.each(everySize)("%s, of every size", (_, format, valueIn, values, error) => {
  it("says the value, but for its last digit", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(Math.abs(valueIn(format(value)) - value)).toBeLessThanOrEqual(error * value + 1e-12);
      }),
    );
  });

  it("never falls where the value grows", () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(valueIn(format(less))).toBeLessThanOrEqual(valueIn(format(more)) * (1 + 1e-12));
      }),
    );
  });

  it("is nothing for nothing only", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(valueIn(format(value)) === 0).toBe(value === 0);
      }),
    );
  });
});

test("only all is 100 %, wherever it is rounded to", () => {
  fc.assert(
    fc.property(share, fc.constantFrom("nearest", "down", "up"), (value, towards) => {
      expect(percent(value, towards) === "100 %").toBe(value === 1);
    }),
  );
});

test("a unit is left when the next one is reached", () => {
  fc.assert(
    fc.property(ms, (value) => {
      const [number = "", unit = ""] = duration(value).split(" ");
      const most = { µs: 1000, ms: 1000, s: 600, min: 600, h: Number.POSITIVE_INFINITY }[unit];
      expect(numberIn(number)).toBeLessThan(most!);
    }),
  );
  fc.assert(
    fc.property(positive(1, 1e9).map(Math.floor), (value) => {
      expect(numberIn(bytes(value))).toBeLessThan(1000);
    }),
  );
});

test("a value beside its limit stays on its side of it", () => {
  fc.assert(
    fc.property(ms, fc.oneof(ms, fc.constantFrom(0)), (limit, off) => {
      for (const value of [limit, limit + off, limit * (1 + 1e-6)]) {
        const side = Math.sign(Number((value - limit).toPrecision(9)));
        if (Math.abs(value - limit) < limit * 1e-8) continue;
        expect(Math.sign(msIn(durationBeside(value, limit)) - limit)).toBe(side);
      }
    }),
  );
  fc.assert(
    fc.property(share, share, (value, limit) => {
      fc.pre(Math.abs(value - limit) > 1e-8);
      expect(Math.sign(numberIn(percentBeside(value, limit)) / 100 - limit)).toBe(Math.sign(value - limit));
    }),
  );
});

test("rounding is exact: what floating-point numbers add to a half, or lack of it, does not count", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (hundredths) => {
      const value = hundredths / 100;
      expect(roundedTo(value, 0.1)).toBe(Math.floor((hundredths + 5) / 10) / 10);
      expect(roundedTo(-value, 0.1) + roundedTo(value, 0.1)).toBe(0);
      expect(roundedTo(value, 0.1, "down")).toBe(Math.floor(hundredths / 10) / 10);
      expect(roundedTo(value, 0.1, "up")).toBe(Math.ceil(hundredths / 10) / 10);
    }),
  );
});
