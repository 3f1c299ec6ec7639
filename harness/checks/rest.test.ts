import { describe, expect, it } from "vitest";
import type { FinalState } from "../model/check.ts";
import { seconds } from "../model/units.ts";
import { cacheAgrees } from "./cache-agrees.ts";
import { deadLettersAreDeserved } from "./dead-letters-are-deserved.ts";
import { effectsExactlyOnce } from "./effects-exactly-once.ts";
import { indexAgrees } from "./index-agrees.ts";
import { noLostJobs } from "./no-lost-jobs.ts";
import {
  evidenceOf,
  missing,
  order,
  read,
  refusalOf,
  remove,
  type Step,
  storyOperations,
  valued,
  write,
} from "./testing/history.ts";

// What the property tests of all checks leave open: words, witnesses, and what decides nothing.
const rest = (change: Partial<FinalState>): { finalState: FinalState } => ({
  finalState: { registers: [], items: [], ...change },
});
const dead = { id: 0, state: "dead", effects: 0 } as const;

describe("the cache agrees", () => {
  const cached = (...cache: NonNullable<FinalState["cache"]>) => rest({ cache });

  it("shows the write that the cache missed and the read that put the old version there", () => {
    const steps = [write(12_000, 7, 2), read(12_100, 7, 1)];
    const found = cacheAgrees().judge(evidenceOf(steps, cached({ key: 7, cached: 1, row: 2 })));
    expect(found).toMatchObject({ verdict: "fail", numbers: { stale: 1, ahead: 0, orphan: 0 } });
    expect(found.actual).toContain("key 7 is stale, version 1 cached over version 2");
    expect(found.witness).toMatchObject([
      { id: 0, violates: false, note: "was acknowledged as version 2 of key 7" },
      { id: 1, violates: true },
    ]);
  });

  it("decides nothing when it saw nothing, or rows that would not hold still", () => {
    const judged = (...cache: NonNullable<FinalState["cache"]>) =>
      cacheAgrees().judge(evidenceOf([], cached(...cache)));
    expect(judged({ key: 1, cached: null, row: 2 }).verdict).toBe("inconclusive");
    const moving = { key: 1, cached: 1, row: 2, isMoving: true };
    expect(judged(moving, moving, { key: 2, cached: 1, row: 1 }).verdict).toBe("inconclusive");
    expect(judged(moving, { key: 2, cached: 1, row: 1 }).verdict).toBe("pass");
    expect(cacheAgrees().judge(evidenceOf([], rest({}))).actual).toContain("`cache`");
    expect(cacheAgrees().judge(evidenceOf([])).actual).toContain("`audit`");
  });
});

describe("the index agrees", () => {
  const level = rest({ registers: [{ key: 7, version: 2, value: 0 }], index: [{ key: 7, version: 2 }] });
  const late = { lagWithin: seconds(1), operations: ["read"] };
  const judged = (...steps: readonly Step[]) => indexAgrees(late).judge(evidenceOf(steps, level));

  it("finds a search that missed what was acknowledged longer before than allowed", () => {
    const found = judged(write(12_000, 7, 2), read(13_100, 7, 1), read(14_000, 7, 2));
    expect(found).toMatchObject({ verdict: "fail", numbers: { late: 1, searches: 2 } });
    expect(found.witness).toMatchObject([{ id: 1, note: "found version 1 of key 7, 1.1 s after 2 was acknowledged" }]);
    expect(judged(write(12_000, 7, 2), read(13_000, 7, 1), read(13_100, 7, 2)).verdict).toBe("pass");
    expect(
      judged(write(12_000, 7, 2, { outcome: "unknown" }), write(12_000, 8, 2), read(14_000, 8, 2), read(14_000, 7, 1))
        .verdict,
    ).toBe("pass");
  });

  it("takes a search that found nothing for late, unless a delete explains it", () => {
    const found = judged(write(12_000, 7, 2), missing(13_100, 7));
    expect(found).toMatchObject({ verdict: "fail", numbers: { late: 1, searches: 1, latestMs: 1095 } });
    expect(found.witness).toMatchObject([{ id: 1, note: "found nothing of key 7, 1.1 s after 2 was acknowledged" }]);
    expect(judged(write(12_000, 7, 2), missing(13_000, 7), read(13_100, 7, 2)).verdict).toBe("pass");
    // Nothing is known of a write that was not acknowledged, and a delete that may still come explains it.
    expect(judged(write(12_000, 7, 2, { outcome: "unknown" }), missing(14_000, 7)).verdict).toBe("inconclusive");
    const maybe = remove(12_500, 7, undefined, { outcome: "unknown" });
    expect(judged(write(12_000, 7, 2), maybe, missing(14_000, 7)).verdict).toBe("inconclusive");
    const again = [remove(12_000, 7, 2), write(12_500, 7, 3)];
    expect(judged(...again, missing(13_000, 7), read(14_000, 7, 3)).verdict).toBe("pass");
    expect(judged(...again, missing(14_000, 7)).verdict).toBe("fail");
  });

  it("finds a late search of an API whose writes return no version", () => {
    const found = judged(write(12_000, 7), write(12_500, 7), valued(14_000, 7, 0));
    expect(found).toMatchObject({ verdict: "fail", numbers: { late: 1 } });
    expect(found.witness).toMatchObject([
      { id: 2, note: "found an older value of key 7, 1.5 s after a newer one was acknowledged" },
    ]);
    expect(judged(write(12_000, 7), write(12_500, 7), valued(14_000, 7, 1)).verdict).toBe("pass");
  });

  it("finds a late search where the index was not read", () => {
    const steps = [write(12_000, 7, 2), read(13_100, 7, 1)];
    expect(indexAgrees(late).judge(evidenceOf(steps)).verdict).toBe("fail");
    expect(indexAgrees(late).judge(evidenceOf([write(12_000, 7, 2), read(13_100, 7, 2)])).verdict).toBe("inconclusive");
  });

  it("decides nothing on lag when no search could have been late, and nothing without an index", () => {
    expect(judged(read(12_000, 7, 1)).verdict).toBe("inconclusive");
    expect(judged(write(12_000, 7, 2), read(13_000, 7, 1)).verdict).toBe("inconclusive");
    expect(indexAgrees().judge(evidenceOf([], level)).verdict).toBe("pass");
    expect(indexAgrees().judge(evidenceOf([], rest({ index: [] }))).verdict).toBe("inconclusive");
    expect(indexAgrees().judge(evidenceOf([], rest({}))).actual).toContain("`index`");
    expect(refusalOf(indexAgrees({ lagWithin: seconds(1) }))).toMatch(/operations/);
  });
});

describe("no lost jobs", () => {
  const judged = (jobs: NonNullable<FinalState["jobs"]>, ...steps: readonly Step[]) =>
    noLostJobs().judge(evidenceOf(steps, rest({ jobs })));
  const done = { id: 0, state: "completed", effects: 1 } as const;

  it("asks nothing of an order without a certain outcome, and knows a job that cannot be", () => {
    expect(judged([], order(12_000, { outcome: "unknown" }), order(12_100)).verdict).toBe("fail");
    expect(judged([{ ...done, id: 1 }], order(12_000, { outcome: "unknown" }), order(12_100)).verdict).toBe("pass");
    expect(judged([done, { ...done, id: 1 }], order(12_000, { outcome: "failed" }), order(12_100))).toMatchObject({
      verdict: "fail",
      numbers: { phantom: 1, lost: 0 },
    });
    expect(judged([dead], order(12_000)).verdict).toBe("pass");
    expect(judged([], order(12_000, { granted: false })).verdict).toBe("inconclusive");
  });

  it("decides nothing when nobody asked, and judges the operations that are named", () => {
    expect(judged([]).verdict).toBe("inconclusive");
    const named = noLostJobs({ operations: ["search"] }).judge(evidenceOf([order(12_000)], rest({ jobs: [] })));
    expect(named.verdict).toBe("inconclusive");
  });
});

describe("effects exactly once", () => {
  it("decides nothing about a run that had no effects", () => {
    expect(effectsExactlyOnce().judge(evidenceOf([], rest({}))).verdict).toBe("inconclusive");
    expect(effectsExactlyOnce().judge(evidenceOf([])).verdict).toBe("inconclusive");
    expect(effectsExactlyOnce().judge(evidenceOf([], rest({ jobs: [dead] }))).verdict).toBe("inconclusive");
  });

  it("does not take the last digit of a sum of fractions for a loss", () => {
    const judged = (expected: number, actual: number) =>
      effectsExactlyOnce().judge(evidenceOf([], rest({ conserved: [{ name: "stock", expected, actual }] }))).verdict;
    expect(judged(0.3, 0.1 + 0.2)).toBe("pass");
    expect(judged(0.3, 0.31)).toBe("fail");
    expect(judged(2 ** 52, 2 ** 52 + 1)).toBe("fail");
    expect(judged(0, 1e-12)).toBe("fail");
  });

  it("says which sum has changed, and by what", () => {
    const conserved = [{ name: "stock and sold", expected: 600, actual: 598 }];
    expect(effectsExactlyOnce().judge(evidenceOf([], rest({ conserved }))).actual).toContain(
      "stock and sold is 598 and should be 600",
    );
  });
});

describe("dead letters are deserved", () => {
  const poison = storyOperations.map((operation) => ({ ...operation, isPoison: operation.name === "order" }));
  const judged = (jobs: NonNullable<FinalState["jobs"]>, operations = storyOperations) =>
    deadLettersAreDeserved().judge(evidenceOf([order(12_000)], { ...rest({ jobs }), operations }));

  it("lets poison die at once, and nothing else", () => {
    const hasty = { ...dead, attempts: 1, attemptsAllowed: 5 };
    expect(judged([hasty]).verdict).toBe("fail");
    expect(judged([hasty], poison).verdict).toBe("pass");
    expect(judged([{ ...hasty, attempts: 5 }]).verdict).toBe("pass");
    expect(judged([{ ...hasty, state: "completed", effects: 1 }], poison)).toMatchObject({
      verdict: "fail",
      numbers: { digested: 1 },
    });
    expect(judged([{ ...hasty, state: "pending" }], poison)).toMatchObject({ numbers: { undying: 1 } });
  });

  it("decides nothing when it is not told how often a dead job was tried, or when there was none", () => {
    expect(judged([dead]).verdict).toBe("inconclusive");
    expect(judged([]).verdict).toBe("inconclusive");
    expect(judged([{ id: 0, state: "completed", effects: 1 }])).toMatchObject({
      verdict: "pass",
      actual: "none of 1 job is dead",
    });
  });
});
