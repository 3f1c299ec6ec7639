/** A length of time in milliseconds. Made by `milliseconds`, `seconds` and `minutes`, so that a bare number does not compile. */
export type Duration = number & { readonly unit: "ms" };

/** @param count milliseconds, finite and not negative */
export const milliseconds = (count: number): Duration => count as Duration;
/** @param count seconds, fractions allowed */
export const seconds = (count: number): Duration => milliseconds(count * 1000);
/** @param count minutes, fractions allowed */
export const minutes = (count: number): Duration => seconds(count * 60);

/** Anything that survives a round trip through JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
