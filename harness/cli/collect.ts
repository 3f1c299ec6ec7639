/** For an option that may be given again and again. */
export const collect = (one: string, before: readonly string[]): readonly string[] => [...before, one];
