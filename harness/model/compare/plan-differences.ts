import { type Side, sidePhases } from "./side.ts";

/** Where the two sides were not asked the same, so that what differs need not be the system: one sentence each. */
export function differencesOfPlans(base: Side, run: Side): readonly string[] {
  const differs = (what: string, one: string, other: string): readonly string[] =>
    one === other ? [] : [`The two sides have ${what}: ${one || "none"} and ${other || "none"}.`];
  const joined = (texts: readonly string[]): string => texts.toSorted().join(", ");
  const found = [
    ...differs("other scenarios", base.scenario, run.scenario),
    ...differs("other systems", base.system, run.system),
    ...differs("other seeds", joined(base.plan.seeds), joined(run.plan.seeds)),
    ...differs("other faults, or at other times", joined(base.plan.faults), joined(run.plan.faults)),
    ...differs("other hosts", base.plan.host, run.plan.host),
  ];
  if (joined(base.plan.arrivals) !== joined(run.plan.arrivals)) {
    found.push(
      "The load differs: other operations were due, or at other times, so that pairs match by their time only.",
    );
  } else if (base.plan.arrivals.length > 1) {
    found.push("The runs of each side have loads of their own: pairs match by their time only.");
  }
  const cut = (side: Side): string =>
    sidePhases.map((phase) => side.series.find((one) => one.phase === phase)?.p50Ms.length ?? 0).join();
  if (cut(base) !== cut(run)) found.push("The two sides are cut into buckets differently, and those are not paired.");
  return found;
}
