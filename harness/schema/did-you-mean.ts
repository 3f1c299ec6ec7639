import distance from "damerau-levenshtein";

/**
 * A suggestion for a name that is unknown: `Did you mean "api->cache"?`, or all names where none is near. Near is counted
 * in Damerau and Levenshtein's steps, of which two letters that changed places are one: `wbe` is nearer to `web` than to
 * `db`.
 */
export function didYouMean(given: string, known: readonly string[]): string {
  const near = nearestOf(given, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return known.length === 0 ? "There is none." : `Available: ${known.map((name) => `"${name}"`).join(", ")}.`;
}

/** The name that was most probably meant; undefined where none is near. */
export function nearestOf(given: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(given.length / 3));
  const steps = known.map((name) => ({ name, count: distance(given.toLowerCase(), name.toLowerCase()).steps }));
  const near = steps.filter(({ name, count }) => count <= most && count < Math.max(given.length, name.length));
  return near.toSorted((one, other) => one.count - other.count)[0]?.name;
}
