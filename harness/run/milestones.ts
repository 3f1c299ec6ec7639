import { setTimeout as sleep } from "node:timers/promises";
import type { RunningSystem } from "../model/environment.ts";
import { outcomeCode } from "../model/history.ts";
import type { Milestone } from "../model/milestone.ts";
import type { Plan } from "../model/plan.ts";
import type { Tally } from "../model/tally.ts";

const pollMs = 10;
const okCode = outcomeCode("ok");

/** What can be counted. */
export interface Countable {
  readonly plan: Plan;
  readonly tally: Tally;
  readonly system: RunningSystem;
}

type Counter<Kind extends Milestone["kind"]> = (
  milestone: Extract<Milestone, { kind: Kind }>,
  countable: Countable,
) => Promise<number>;

/** How each kind of milestone is counted. */
const counters: { readonly [Kind in Milestone["kind"]]: Counter<Kind> } = {
  accepted({ operations }, { plan, tally }) {
    const counted = plan.operations.map(({ name }) => operations === undefined || operations.includes(name));
    return Promise.resolve(counted.reduce((sum, counts, index) => sum + (counts ? tally.of(index, okCode) : 0), 0));
  },
  async commits({ component }, { system }) {
    const [server] = system.control("postgres", component);
    const [row] = (await server?.admin("SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next")) ?? [];
    return Number(row?.["next"]);
  },
};

/**
 * Counts until a milestone is reached, from now on.
 * @returns whether it was before the time was up
 * @throws what a counter throws, and when the signal is aborted
 */
export async function milestoneReached(
  milestone: Milestone,
  countable: Countable,
  options: { readonly untilMs: number; readonly now: () => number; readonly signal: AbortSignal },
): Promise<boolean> {
  const count = (): Promise<number> => (counters[milestone.kind] as Counter<Milestone["kind"]>)(milestone, countable);
  const goal = (await count()) + milestone.count;
  while (options.now() < options.untilMs) {
    await sleep(pollMs, undefined, { signal: options.signal });
    if ((await count()) >= goal) return true;
  }
  return false;
}
