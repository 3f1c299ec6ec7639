import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Check, FinalState } from "../model/check.ts";
import { seconds } from "../model/units.ts";
import { cacheAgrees } from "./cache-agrees.ts";
import { deadLettersAreDeserved } from "./dead-letters-are-deserved.ts";
import { effectsExactlyOnce } from "./effects-exactly-once.ts";
import { indexAgrees } from "./index-agrees.ts";
import { linearizable } from "./linearizable.ts";
import { noLostJobs } from "./no-lost-jobs.ts";
import { noLostWrites } from "./no-lost-writes.ts";
import { noStaleReads } from "./no-stale-reads.ts";
import { evidenceOf, type Step } from "./testing/history.ts";
import { anyStory, type Story } from "./testing/sequential.ts";
import { versionsNeverGoBack } from "./versions-never-go-back.ts";

/** A correct story with one thing made wrong; undefined when it has nothing that could go wrong so. */
type Plant = (story: Story) => { steps?: readonly Step[]; finalState?: Partial<FinalState> } | undefined;

/** A read long after everything, by a session that has seen everything of that key. */
function lateRead(
  story: Story,
  change: (newest: { id: number; version: number }) => Partial<Step>,
): readonly Step[] | undefined {
  for (const [key, writes] of story.writes) {
    const id = writes.at(-1)!;
    const { version = 0 } = story.finalState.registers.find((one) => one.key === key)!;
    if (story.finalState.registers.find((one) => one.key === key)!.value !== id) continue;
    const session = story.steps[id]!.session ?? 0;
    const read = { operation: "read", atMs: story.endMs + 2000, tookMs: 5, key, session } as const;
    return [...story.steps, { ...read, ...change({ id, version }) }];
  }
  return undefined;
}

const acknowledgedOrder = ({ steps }: Story): number | undefined => {
  const id = steps.findIndex(({ operation, outcome }) => operation === "order" && outcome === undefined);
  return id < 0 ? undefined : id;
};

/** Every check over a history or its final state, with each anomaly that it names. */
const checks: readonly { readonly check: Check; readonly plants: Readonly<Record<string, Plant>> }[] = [
  {
    check: linearizable(),
    plants: {
      // Where no read tells a value at all, one without it says nothing.
      "a read of the initial value after one of a later value": (story) => {
        const later = lateRead(story, ({ id, version }) => ({ version, value: id, atMs: story.endMs + 1000 }));
        const { value: _, ...initial } = later?.at(-1) ?? {};
        return steps(later && [...later, { ...initial, atMs: story.endMs + 2000, version: 1 } as Step]);
      },
      "a read of a value that nobody wrote": (story) => steps(lateRead(story, () => ({ version: 9, value: 4711 }))),
    },
  },
  {
    check: versionsNeverGoBack(),
    plants: {
      "a session that sees an older version than it wrote": (story) =>
        steps(lateRead(story, ({ version }) => ({ version: version - 1 }))),
    },
  },
  {
    check: noStaleReads({ within: seconds(1) }),
    plants: {
      "a read of what was outdated for longer": (story) =>
        steps(lateRead(story, ({ version }) => ({ version: version - 1 }))),
    },
  },
  {
    check: noLostWrites(),
    plants: {
      "an acknowledged item that is gone": (story) => {
        const id = acknowledgedOrder(story);
        if (id === undefined) return undefined;
        return { finalState: { items: story.finalState.items.filter((one) => one.id !== id) } };
      },
      "an item that nobody asked for": ({ finalState }) => ({
        finalState: { items: [...finalState.items, { id: 4711, count: 1 }] },
      }),
    },
  },
  {
    check: cacheAgrees(),
    plants: {
      "an old version": () => ({ finalState: { cache: [{ key: 1, cached: 1, row: 2 }] } }),
      "a version that was never committed": () => ({ finalState: { cache: [{ key: 1, cached: 3, row: 2 }] } }),
      "a row that is gone": () => ({ finalState: { cache: [{ key: 1, cached: 1, row: null }] } }),
    },
  },
  {
    check: indexAgrees(),
    plants: {
      "a missing document": ({ finalState }) => ({ finalState: { index: finalState.index!.slice(1) } }),
      "a document twice": ({ finalState }) => ({
        finalState: { index: [...finalState.index!, finalState.index![0]!] },
      }),
      "an orphan": ({ finalState }) => ({ finalState: { index: [...finalState.index!, { key: 99, version: 1 }] } }),
      "an old document": ({ finalState }) => ({
        finalState: {
          index: finalState.index!.map((one) => (one.key === 1 ? { key: 1, version: one.version - 1 } : one)),
        },
      }),
    },
  },
  {
    check: noLostJobs(),
    plants: {
      "an acknowledged job that is nowhere": (story) => {
        const id = acknowledgedOrder(story);
        if (id === undefined) return undefined;
        return { finalState: { jobs: story.finalState.jobs!.filter((one) => one.id !== id) } };
      },
      "a job that is still pending": ({ finalState }) => {
        if (finalState.jobs!.length === 0) return undefined;
        return { finalState: { jobs: finalState.jobs!.map((job) => ({ ...job, state: "pending" })) } };
      },
      "a job that nobody asked for": ({ finalState }) => ({
        finalState: { jobs: [...finalState.jobs!, { id: 4711, state: "completed", effects: 1 }] },
      }),
    },
  },
  {
    check: effectsExactlyOnce(),
    plants: {
      "an effect twice": ({ finalState }) => jobsWith(finalState, { effects: 2 }),
      "no effect": ({ finalState }) => jobsWith(finalState, { effects: 0 }),
      "an item twice": ({ finalState }) => ({ finalState: { items: [...finalState.items, { id: 0, count: 2 }] } }),
      "a sum that changed": () => ({ finalState: { conserved: [{ name: "stock", expected: 600, actual: 599 }] } }),
    },
  },
  {
    check: deadLettersAreDeserved(),
    plants: {
      "a death after one attempt": ({ finalState }) => jobsWith(finalState, { state: "dead", effects: 0, attempts: 1 }),
      "a job that is completed and dead": ({ finalState }) => {
        const [job] = finalState.jobs!;
        if (job === undefined) return undefined;
        return { finalState: { jobs: [...finalState.jobs!, { ...job, state: "dead", effects: 0, attempts: 3 }] } };
      },
      "a job that should have died": ({ finalState }) =>
        jobsWith(finalState, { state: "pending", effects: 0, attempts: 3 }),
    },
  },
];

const steps = (changed: readonly Step[] | undefined) => (changed === undefined ? undefined : { steps: changed });

function jobsWith({ jobs = [] }: FinalState, change: Partial<NonNullable<FinalState["jobs"]>[number]>) {
  const [first, ...others] = jobs;
  return first === undefined ? undefined : { finalState: { jobs: [{ ...first, ...change }, ...others] } };
}

const judged = (check: Check, story: Story, changed: ReturnType<Plant> = {}) =>
  check.judge(evidenceOf(changed.steps ?? story.steps, { finalState: { ...story.finalState, ...changed.finalState } }));

describe.each(checks.map(({ check, plants }) => [check.title, check, plants] as const))("%s", (_, check, plants) => {
  it("never fails a correct run, however its operations overlap and whatever outcomes are unknown", () => {
    fc.assert(
      fc.property(anyStory({ widenMs: 90, unknowns: true }), (story) => {
        const { verdict, actual } = judged(check, story);
        expect(verdict, actual).not.toBe("fail");
      }),
      { numRuns: 300 },
    );
  });

  it.each(Object.entries(plants))("always finds %s, and shows it", (_name, plant) => {
    let planted = 0;
    fc.assert(
      fc.property(anyStory({ widenMs: 90, unknowns: true }), (story) => {
        const changed = plant(story);
        if (changed === undefined) return;
        planted += 1;
        const { verdict, witness, expected, actual } = judged(check, story, changed);
        expect(verdict, actual).toBe("fail");
        expect(actual).not.toBe(expected);
        expect(witness.length).toBeLessThanOrEqual(10);
        const due = witness.map(({ fromFaultMs }) => fromFaultMs);
        expect(due).toEqual(due.toSorted((one, other) => one - other));
      }),
      { numRuns: 200 },
    );
    expect(planted).toBeGreaterThan(50);
  });
});
