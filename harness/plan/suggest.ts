import { closestMatch } from "leven";

/** ` Did you mean "api->cache"?`, or a list of what there is when nothing is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  const near = closestMatch(given, [...known], { maxDistance: Math.max(2, Math.floor(given.length / 3)) });
  if (near !== undefined) return `Did you mean "${near}"?`;
  return known.length === 0 ? "There is none." : `There is ${known.map((name) => `"${name}"`).join(", ")}.`;
}
