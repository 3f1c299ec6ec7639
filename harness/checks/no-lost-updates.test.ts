import { describe, expect, it } from "vitest";
import { noLostUpdates } from "./no-lost-updates.ts";
import { noLostWrites } from "./no-lost-writes.ts";
import {
  endingWith,
  evidenceOf,
  order,
  read,
  remove,
  type Step,
  storyOperations,
  valued,
  write,
} from "./testing/history.ts";

const judged = (...steps: readonly Step[]) => noLostUpdates().judge(evidenceOf(steps));

describe("no lost updates", () => {
  it("fails two writes that were both acknowledged as one version; its twin, with the next version, passes", () => {
    const steps = [write(12_000, 4, 5), write(12_001, 4, 5, { session: 1 }), write(13_000, 4, 6)];
    const result = judged(...steps);
    expect(result).toMatchObject({ verdict: "fail", phase: "faults", numbers: { keys: 1, writes: 3, shared: 1 } });
    expect(result.actual).toBe("1 version given to two writes: operations 0 and 1 both wrote version 5 of key 4");
    expect(result.witness).toMatchObject([
      { id: 0, violates: true, note: "was acknowledged as version 5 of key 4" },
      { id: 1, violates: true, note: "was acknowledged as version 5 of key 4" },
    ]);
    expect(judged(steps[0]!, write(12_001, 4, 6), write(13_000, 4, 7)).verdict).toBe("pass");
  });

  it("takes a delete for a write with a version of its own", () => {
    expect(judged(write(12_000, 4, 5), remove(13_000, 4, 5)).verdict).toBe("fail");
    expect(judged(write(12_000, 4, 5), remove(13_000, 4, 6)).verdict).toBe("pass");
  });

  it("learns the versions of an API whose writes return none from its reads", () => {
    const writes = [write(12_000, 4), write(12_500, 4, undefined, { outcome: "unknown" })];
    const lost = judged(...writes, read(13_000, 4, 5, { value: 0 }), read(13_500, 4, 5, { value: 1 }));
    expect(lost.verdict).toBe("fail");
    expect(lost.witness.map(({ id, violates }) => [id, violates])).toEqual([
      [0, true],
      [1, true],
      [2, false],
      [3, false],
    ]);
    expect(judged(...writes, read(13_000, 4, 5, { value: 0 }), read(13_500, 4, 6, { value: 1 })).verdict).toBe("pass");
    // One write that was read twice, under the version of its redelivery too, is no pair.
    expect(judged(writes[0]!, read(13_000, 4, 5, { value: 0 }), read(13_500, 4, 7, { value: 0 })).verdict).toBe(
      "inconclusive",
    );
  });

  it("compares within one key of one keyspace, and only what was acknowledged", () => {
    const carts = storyOperations.map((one) =>
      one.name === "order" ? { ...one, effect: "write" as const, keyspace: "carts" } : one,
    );
    const apart = [write(12_000, 4, 5), order(12_100, { key: 4, version: 5 } as Partial<Step>)];
    expect(noLostUpdates().judge(evidenceOf(apart, { operations: carts })).verdict).toBe("inconclusive");
    const pair = [write(12_000, 4, 5), write(12_500, 4, 6)];
    expect(judged(...pair, write(13_000, 5, 5)).verdict).toBe("pass");
    for (const rest of [{ outcome: "rejected" }, { outcome: "wrong" }, { granted: false }] as const) {
      expect(judged(...pair, write(13_000, 4, 6, rest)).verdict).toBe("pass");
    }
  });

  it("decides nothing where no key had two writes with versions, and says what to do", () => {
    for (const steps of [[], [write(12_000, 4, 5), write(12_100, 5, 5)], [write(12_000, 4), write(12_100, 4)]]) {
      expect(judged(...steps)).toMatchObject({
        verdict: "inconclusive",
        remedy: expect.stringContaining("Let `judge` return the `version`"),
      });
    }
    expect(judged(write(12_000, 4), write(12_100, 4), valued(13_000, 4, 0)).verdict).toBe("inconclusive");
  });

  it("compares no versions across a delete that has none: they may begin anew", () => {
    const again = [write(12_000, 4, 1), remove(12_500, 4), write(13_000, 4, 1)];
    expect(judged(...again).verdict).toBe("inconclusive");
    expect(noLostWrites().judge(evidenceOf(again, endingWith([[4, 1, 2]]))).verdict).toBe("pass");
  });
});

it("finds the compare-and-set that acknowledged two clients as one version, as lost and as a lost update", () => {
  const steps = [
    read(11_100, 0, 4, { session: 1 }),
    read(11_110, 0, 4, { session: 2 }),
    write(12_000, 0, 5, { session: 1 }),
    write(12_100, 0, 5, { session: 2 }),
    read(12_200, 0, 5, { session: 1, value: 3 }),
    write(13_000, 0, 6, { session: 3 }),
    read(13_100, 0, 6, { session: 1, value: 5 }),
  ];
  expect(judged(...steps).verdict).toBe("fail");
  const lost = noLostWrites().judge(evidenceOf(steps, endingWith([[0, 6, 5]])));
  expect(lost).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
  expect(lost.witness.map(({ id }) => id)).toEqual([2, 3]);
});
