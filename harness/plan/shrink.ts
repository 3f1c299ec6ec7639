/**
 * The smallest part of a list that still fails, in the spirit of delta debugging (Zeller and Hildebrandt, "Simplifying
 * and isolating failure-inducing input", 2002): each element alone, the likeliest first; where none fails alone, those that
 * belong together; then what remains when one after the other is left out for as long as it still fails. The result is minimal: nothing can be
 * left out of it. Elements keep their order.
 *
 * @param elements of which all together failed
 * @param fails asks whether a part fails, too; undefined when there is no time left to find out
 * @param likely the elements in the order in which each is tried alone
 * @param together pairs that are tried next, in this order
 * @returns the part, and whether there was time enough for it to be minimal
 */
export async function shrink<T>(
  elements: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean | undefined>,
  likely: readonly T[] = elements,
  together: readonly (readonly [T, T])[] = [],
): Promise<{ readonly core: readonly T[]; readonly isMinimal: boolean }> {
  if (elements.length === 1) return { core: elements, isMinimal: true };
  for (const part of [...likely.map((one) => [one]), ...together]) {
    if (part.length === elements.length) break;
    const answer = await fails(part);
    if (answer === undefined) return { core: elements, isMinimal: false };
    if (answer) return { core: part, isMinimal: true };
  }
  let core = elements;
  // The least likely first. Of two neither fails alone, as is known by now.
  for (const one of likely.toReversed()) {
    if (core.length <= 2) break;
    const rest = core.filter((other) => other !== one);
    const answer = await fails(rest);
    if (answer === undefined) return { core, isMinimal: false };
    if (answer) core = rest;
  }
  return { core, isMinimal: true };
}
