import { statedDuration } from "./quantities.ts";
/**
 * A length of time. It is a number of milliseconds that knows its unit: arithmetic, comparisons and JSON see the
 * milliseconds, and a bare number in its place neither compiles nor passes validation.
 */
export type Duration = number & { readonly unit: "ms" };

/** By name, so that a second copy of this module in one process makes the same durations. */
const mark = Symbol.for("faultline.duration");

class Milliseconds extends Number {
  readonly unit = "ms";
  readonly [mark] = true;

  /** As messages have it: `2 s`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return statedDuration(Number(this));
  }
}

/** @param count milliseconds */
export const milliseconds = (count: number): Duration => new Milliseconds(count) as unknown as Duration;
/** @param count seconds, fractions allowed */
export const seconds = (count: number): Duration => milliseconds(count * 1000);
/** @param count minutes, fractions allowed */
export const minutes = (count: number): Duration => seconds(count * 60);

/** Whether it was made by `milliseconds`, `seconds` or `minutes`. */
export const isDuration = (value: unknown): value is Duration =>
  typeof value === "object" && value !== null && (value as { [mark]?: unknown })[mark] === true;

/** Anything that survives a round trip through JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
