/** What is left of a list. */
interface Shrunk<T> {
  readonly core: readonly T[];
  /** Whether it is known that nothing can be left out. */
  readonly isMinimal: boolean;
  /** How often all together did not fail when they were tried again: then nothing was left out. */
  readonly passed: number;
}

/**
 * The smallest part of a list that still fails, in the spirit of delta debugging (Zeller and Hildebrandt, "Simplifying
 * and isolating failure-inducing input", 2002): each element alone, the likeliest first; where none fails alone, those that
 * belong together; then, if all together still fail, what remains when one after the other is left out. Elements keep
 * their order.
 *
 * @param elements of which all together failed
 * @param fails asks whether a part fails, too: `undecided` when that cannot be decided, so that it is neither left out nor
 * taken for needless; undefined when there is no time left to find out
 * @param likely the elements in the order in which each is tried alone
 * @param together pairs that are tried next, in this order
 */
export async function shrink<T>(
  elements: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean | "undecided" | undefined>,
  likely: readonly T[] = elements,
  together: readonly (readonly [T, T])[] = [],
): Promise<Shrunk<T>> {
  if (elements.length === 1) return { core: elements, isMinimal: true, passed: 0 };
  const unknown = { core: elements, isMinimal: false, passed: 0 };
  let isSure = true;
  const ask = async (part: readonly T[]): ReturnType<typeof fails> => {
    const answer = await fails(part);
    if (answer === "undecided") isSure = false;
    return answer;
  };
  for (const part of [...likely.map((one) => [one]), ...together]) {
    if (part.length === elements.length) break;
    const answer = await ask(part);
    if (answer === undefined) return unknown;
    if (answer === true) return { core: part, isMinimal: part.length === 1 || isSure, passed: 0 };
  }
  if (elements.length === 2) return { core: elements, isMinimal: isSure, passed: 0 };
  const again = await ask(elements);
  if (again !== true) return { ...unknown, passed: again === false ? 1 : 0 };
  let core = elements;
  // The least likely first. Of two neither fails alone, as is known by now.
  for (const one of likely.toReversed()) {
    if (core.length <= 2) break;
    const rest = core.filter((other) => other !== one);
    const answer = await ask(rest);
    if (answer === undefined) return { core, isMinimal: false, passed: 0 };
    if (answer === true) core = rest;
  }
  return { core, isMinimal: isSure, passed: 0 };
}
