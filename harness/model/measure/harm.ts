import { type CheckResult, type Verdict, worst } from "../verdict.ts";

/** What must not happen even once; a check that looks for it counts it under this name. */
export const harms = ["lost", "duplicated", "stale", "stuck"] as const;
export type HarmName = (typeof harms)[number];

/** How much of one harm the checks of a run counted. */
export interface Harm {
  readonly name: HarmName;
  /** `null` when no check that could decide looked for it. */
  readonly count: number | null;
  /** The checks that looked for it, each with what it counted. */
  readonly by: readonly { readonly title: string; readonly count: number }[];
  /** The worst of theirs. */
  readonly verdict: Verdict;
}

/**
 * Adds up what the checks counted. Two of one name count the same operations, as `noStaleReads` with two bounds: of these the
 * most. So do all that count what is there twice: `noLostWrites` sees the items that `effectsExactlyOnce` judges. A check that
 * could not decide has counted nothing that one could rest on.
 */
export function harmOf(checks: readonly CheckResult[]): readonly Harm[] {
  return harms.map((name) => {
    const looked = checks.flatMap(({ name: check, title, verdict, numbers }) => {
      const count = numbers[name];
      return typeof count === "number" && verdict !== "inconclusive" ? [{ check, title, verdict, count }] : [];
    });
    const same = Map.groupBy(looked, ({ check }) => (name === "duplicated" ? name : check)).values();
    const counts = [...same].map((all) => Math.max(...all.map(({ count }) => count)));
    return {
      name,
      count: looked.length === 0 ? null : counts.reduce((sum, one) => sum + one, 0),
      by: looked.map(({ title, count }) => ({ title, count })),
      verdict: looked.length === 0 ? "inconclusive" : worst(looked.map(({ verdict }) => verdict)),
    };
  });
}
