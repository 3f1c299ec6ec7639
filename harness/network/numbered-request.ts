import type { FloodRequest } from "../model/foreign-traffic.ts";

const placeholder = "{n}";

/** So many numbers each flood has for itself; a key that two of them sent would be the same request twice. */
const numbersOfFlood = 1_000_000;
/** With more, a number would be longer than many systems take for an id. */
const floodsAtMost = 900;

/**
 * Requests that differ, from one with the placeholder `{n}`: each has the next number in its place.
 * @param flood which of the floods of this process it is, from 0: the first counts from 1, the next from 1,000,001
 * @returns undefined for a request without a placeholder, which need not be made anew each time
 */
export function numberedRequest(
  request: FloodRequest,
  flood: number,
): (<T extends object>(before: T) => T & FloodRequest) | undefined {
  const { path, headers = {}, body } = request;
  const texts = [path, ...Object.values(headers), ...(body === undefined ? [] : [body])];
  if (!texts.some((text) => text.includes(placeholder))) return undefined;
  let made = (flood % floodsAtMost) * numbersOfFlood;
  return (before) => {
    made += 1;
    const filled = (text: string): string => text.replaceAll(placeholder, String(made));
    return {
      ...before,
      ...request,
      path: filled(path),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
      ...(body === undefined ? {} : { body: filled(body) }),
    };
  };
}
