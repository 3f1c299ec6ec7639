import type { FloodRequest } from "../model/foreign-traffic.ts";

const placeholder = "{n}";

/**
 * Requests that differ, from one with the placeholder `{n}`: each has the next number in its place, from 1.
 * @returns undefined for a request without a placeholder, which need not be made anew each time
 */
export function numberedRequest(
  request: FloodRequest,
): (<T extends object>(before: T) => T & FloodRequest) | undefined {
  const { path, headers = {}, body } = request;
  const texts = [path, ...Object.values(headers), ...(body === undefined ? [] : [body])];
  if (!texts.some((text) => text.includes(placeholder))) return undefined;
  let made = 0;
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
