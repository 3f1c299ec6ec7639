import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FinalState } from "../model/check.ts";
import type { Outcome } from "../model/history.ts";
import { noLostWrites } from "./no-lost-writes.ts";
import {
  endingWith,
  evidenceOf,
  order,
  read,
  refusalOf,
  remove,
  type Step,
  storyOperations,
  valued,
  write,
} from "./testing/history.ts";

const judged = (steps: readonly Step[], state: { finalState: FinalState }) =>
  noLostWrites().judge(evidenceOf(steps, state));

describe("no lost writes", { timeout: 60_000 }, () => {
  it("fails an acknowledged item that is not there; its twin passes", () => {
    const steps = [order(12_000), order(12_100)];
    const lost = judged(steps, endingWith([], [0]));
    expect(lost).toMatchObject({ verdict: "fail", numbers: { lost: 1, phantom: 0, resurrected: 0 }, phase: "faults" });
    expect(lost.actual).toBe("1 of 2 acknowledged writes lost");
    expect(lost.witness).toMatchObject([{ id: 1, operation: "order", fromFaultMs: 1100 }]);
    expect(judged(steps, endingWith([], [0, 1])).verdict).toBe("pass");
  });

  it("fails an item that nobody inserted, and one that certainly failed", () => {
    const steps = [order(12_000), order(12_100, { outcome: "failed" }), write(12_200, 0, 2)];
    expect(judged(steps, endingWith([[0, 2, 2]], [0])).verdict).toBe("pass");
    const phantom = judged(steps, endingWith([[0, 2, 2]], [0, 77]));
    expect(phantom).toMatchObject({ verdict: "fail", numbers: { lost: 0, phantom: 1, resurrected: 0 } });
    expect(phantom.actual).toBe("1 phantom: item 77 is there, but no operation inserted it");
    expect(judged(steps, endingWith([[0, 2, 2]], [0, 2])).numbers).toMatchObject({ phantom: 1 });
    const resurrected = judged(steps, endingWith([[0, 2, 2]], [0, 1]));
    expect(resurrected).toMatchObject({ verdict: "fail", numbers: { lost: 0, phantom: 0, resurrected: 1 } });
    expect(resurrected.witness).toMatchObject([{ id: 1, outcome: "failed" }]);
  });

  it("allows an operation without a certain outcome to be there, or not", () => {
    for (const outcome of ["unknown", "rejected", "wrong"] as const satisfies Outcome[]) {
      const steps = [order(12_000), order(12_100, { outcome }), write(12_200, 0, undefined, { outcome })];
      expect(judged(steps, endingWith([[0, 1, null]], [0])).verdict).toBe("pass");
      expect(judged(steps, endingWith([[0, 2, 2]], [0, 1])).verdict).toBe("pass");
    }
    const unknown = [order(12_000), order(12_100, { outcome: "unknown" })];
    expect(judged(unknown, endingWith([], [0, 1])).numbers).toMatchObject({ recovered: 1 });
  });

  it("takes nothing for acknowledged from which the caller was turned away as it should be", () => {
    const steps = (granted: boolean) => [order(12_000), order(12_100, { granted })];
    expect(judged(steps(true), endingWith([], [0]))).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
    expect(judged(steps(false), endingWith([], [0]))).toMatchObject({ verdict: "pass", numbers: { acknowledged: 1 } });
  });

  it("allows as many to be lost as a design says that it may lose, and nothing else", () => {
    const steps = [order(12_000), order(12_100), order(12_200), order(12_300, { outcome: "failed" })];
    const allowing = (atMost: number, state: { finalState: FinalState }) =>
      noLostWrites({ atMost }).judge(evidenceOf(steps, state));
    const oneLost = endingWith([], [0, 1]);
    expect(allowing(0.3, oneLost)).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
    expect(allowing(0.34, oneLost)).toMatchObject({ verdict: "pass", actual: "1 of 3 acknowledged writes lost" });
    expect(allowing(0.34, endingWith([], [0, 1, 77]))).toMatchObject({ verdict: "fail", numbers: { phantom: 1 } });
    expect(allowing(0.34, endingWith([], [0, 1, 3])).verdict).toBe("fail");
    for (const atMost of [-0.1, 1, Number.NaN])
      expect(refusalOf(noLostWrites({ atMost }))).toMatch(/noLostWrites.atMost/);
  });

  it("counts duplicates and leaves them to another check", () => {
    const finalState = { registers: [], items: [{ id: 0, count: 2 }] };
    expect(judged([order(12_000)], { finalState })).toMatchObject({ verdict: "pass", numbers: { duplicated: 1 } });
    const none = { registers: [], items: [{ id: 0, count: 0 }] };
    expect(judged([order(12_000)], { finalState: none })).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
  });

  it("fails a key whose version fell back; its twins, the same or a newer one, pass", () => {
    const steps = [write(12_000, 4, 2), write(13_000, 4, 3), write(14_000, 4, undefined, { outcome: "unknown" })];
    const lost = judged(steps, endingWith([[4, 2, 0]]));
    expect(lost).toMatchObject({ verdict: "fail", numbers: { lost: 1, resurrected: 0 } });
    expect(lost.witness[0]?.note).toBe(
      "was acknowledged as version 3; key 4 ends with version 2, the value of operation 0",
    );
    expect(judged(steps, endingWith([[4, 3, 1]])).verdict).toBe("pass");
    expect(judged(steps, endingWith([[4, 4, 2]])).verdict).toBe("pass");
  });

  it("fails another value under the acknowledged version: two writes were given one", () => {
    const steps = [write(12_000, 4, 2), write(12_001, 4, 2)];
    for (const winner of [0, 1]) {
      const result = judged(steps, endingWith([[4, 2, winner]]));
      expect(result).toMatchObject({ verdict: "fail", numbers: { lost: 1 }, witness: [{ id: 1 - winner }] });
    }
    expect(judged([steps[0]!, write(12_001, 4, 3)], endingWith([[4, 3, 1]])).verdict).toBe("pass");
  });

  it("fails a key that has its initial value again, and one that is gone", () => {
    const steps = [write(12_000, 4, 2)];
    expect(judged(steps, endingWith([[4, 9, null]]))).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
    const gone = judged(steps, endingWith([[5, 1, null]]));
    expect(gone).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
    expect(gone.witness[0]?.note).toBe("was acknowledged as version 2; key 4 is not there in the end");
  });

  it("fails a value that nobody wrote to this key, or that certainly was not written", () => {
    const steps = [
      write(12_000, 4, 2),
      write(12_100, 4, undefined, { outcome: "failed" }),
      write(12_200, 5, 2),
      read(12_300, 4, 2),
    ];
    const twin = endingWith([
      [4, 2, 0],
      [5, 2, 2],
    ]);
    expect(judged(steps, twin).verdict).toBe("pass");
    for (const [value, kind] of [
      [99, "phantom"],
      [2, "phantom"],
      [3, "phantom"],
      [1, "resurrected"],
    ] as const) {
      const result = judged(
        steps,
        endingWith([
          [4, 3, value],
          [5, 2, 2],
        ]),
      );
      expect(result).toMatchObject({ verdict: "fail", numbers: { lost: 0, [kind]: 1 } });
    }
  });

  it("fails an old value that came back as a newer version", () => {
    const steps = [write(12_000, 4, 2), write(12_100, 4, 3)];
    const result = judged(steps, endingWith([[4, 4, 0]]));
    expect(result).toMatchObject({ verdict: "fail", numbers: { resurrected: 1 } });
    expect(result.witness[0]?.note).toContain("ends with its value again, as version 4");
  });

  it("judges by values and time where no version is told", () => {
    const steps = [write(12_000, 4), write(13_000, 4)];
    const initial = judged(steps, endingWith([[4, 1, null]]));
    expect(initial).toMatchObject({ verdict: "fail", numbers: { lost: 1 }, witness: [{ id: 1 }] });
    expect(initial.witness[0]?.note).toBe("was acknowledged; key 4 ends with version 1, its initial value");
    const older = judged(steps, endingWith([[4, undefined, 0]]));
    expect(older).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
    expect(older.witness).toMatchObject([
      { id: 0, violates: false, note: "was acknowledged; key 4 ends with its value" },
      { id: 1, violates: true, note: "was acknowledged; key 4 ends with the value of operation 0" },
    ]);
    expect(judged(steps, endingWith([[4, undefined, 1]])).verdict).toBe("pass");
    // Two that overlapped may have come in either order.
    const overlapping = [write(12_000, 4, undefined, { tookMs: 900 }), write(12_800, 4)];
    for (const last of [0, 1]) expect(judged(overlapping, endingWith([[4, undefined, last]])).verdict).toBe("pass");
  });

  it("lets a write without a certain outcome land late, unless it was seen before the one that it replaces", () => {
    const paused = write(12_000, 4, undefined, { outcome: "unknown", tookMs: 1000 });
    const later = write(14_000, 4);
    const end = endingWith([[4, undefined, 0]]);
    expect(judged([paused, later], end)).toMatchObject({ verdict: "pass", numbers: { recovered: 1 } });
    const seen = judged([paused, later, valued(13_500, 4, 0)], end);
    expect(seen).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
    expect(seen.witness).toMatchObject([
      { id: 0, violates: false, note: "had no certain outcome; key 4 ends with its value" },
      { id: 1, violates: true },
    ]);
    // With versions too: what is there has not the version of one that came later.
    expect(judged([paused, write(14_000, 4, 7)], endingWith([[4, 8, 0]])).verdict).toBe("pass");
    expect(judged([paused, write(14_000, 4, 7)], endingWith([[4, 7, 0]]))).toMatchObject({
      verdict: "fail",
      numbers: { lost: 1 },
      witness: [{ id: 0 }, { id: 1 }],
    });
  });

  it("finds what was forgotten in the past, though users have overtaken it since", () => {
    const before = [write(12_000, 4, 5), write(12_500, 4, 6)];
    const after = [5, 6, 7].map((version, place) => write(14_000 + place * 1000, 4, version));
    const result = judged([...before, ...after], endingWith([[4, 7, 4]]));
    expect(result).toMatchObject({ verdict: "fail", numbers: { lost: 2, acknowledged: 5 } });
    expect(result.witness.map(({ id, violates }) => [id, violates])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ]);
    const went = [7, 8, 9].map((version, place) => write(14_000 + place * 1000, 4, version));
    expect(judged([...before, ...went], endingWith([[4, 9, 4]])).verdict).toBe("pass");
    // Reads tell the versions of writes that return none.
    const told = [
      write(12_000, 4),
      read(12_500, 4, 5, { value: 0 }),
      write(13_000, 4),
      read(13_500, 4, 5, { value: 2 }),
    ];
    expect(judged(told, endingWith([[4, 5, 2]]))).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
  });

  it("takes a write that was delivered again for no resurrection, unless another came in between", () => {
    const once = write(12_000, 4, 2);
    expect(judged([once], endingWith([[4, 3, 0]])).verdict).toBe("pass");
    const meanwhile = write(12_002, 4, 3);
    expect(judged([once, meanwhile], endingWith([[4, 4, 0]])).verdict).toBe("pass");
    const between = judged([once, write(13_000, 4, 3)], endingWith([[4, 4, 0]]));
    expect(between).toMatchObject({ verdict: "fail", numbers: { lost: 1, resurrected: 1 } });
    expect(between.witness.map(({ id }) => id)).toEqual([0, 1]);
  });

  it("says that it cannot decide where the audit reads no version and the writes told some", () => {
    const steps = [write(12_000, 4, 2), write(12_002, 4, 3)];
    expect(judged(steps, endingWith([[4, undefined, 0]]))).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("let the audit read the `version`"),
    });
    expect(judged(steps, endingWith([[4, undefined, 1]])).verdict).toBe("pass");
    expect(judged(steps, endingWith([[4, undefined, null]])).verdict).toBe("fail");
  });

  it("judges each keyspace by itself", () => {
    const operations = [...storyOperations, { ...storyOperations[1]!, name: "search", keyspace: "carts" }].filter(
      ({ name, keyspace }) => name !== "search" || keyspace === "carts",
    );
    const steps = [write(12_000, 4, 2), { operation: "search", atMs: 12_500, key: 4, version: 9 } as const];
    const evidence = (registers: FinalState["registers"]) => {
      const all = evidenceOf(steps, { operations: storyOperations, finalState: { registers, items: [] } });
      all.history.operation[1] = operations.length - 1;
      all.history.value[1] = 1;
      return { ...all, operations };
    };
    const judgedOf = (registers: FinalState["registers"]) => noLostWrites().judge(evidence(registers));
    const [keys, carts] = [
      { key: 4, version: 2, value: 0 },
      { keyspace: "carts", key: 4, version: 9, value: 1 },
    ];
    expect(judgedOf([keys, carts])).toMatchObject({ verdict: "pass", numbers: { acknowledged: 2 } });
    expect(judgedOf([carts])).toMatchObject({ verdict: "fail", witness: [{ id: 0 }] });
    expect(judgedOf([keys])).toMatchObject({ verdict: "fail", witness: [{ id: 1 }] });
    expect(judgedOf([{ ...keys, value: 1 }, carts])).toMatchObject({
      verdict: "fail",
      numbers: { phantom: 1, lost: 1 },
    });
    expect(judgedOf([keys, carts, { keyspace: "cats", key: 4, value: 0 }]).numbers).toMatchObject({ phantom: 1 });
  });

  it("takes a register without a keyspace for the only one that is written", () => {
    const operations = storyOperations.map((one) => ({ ...one, keyspace: "carts" }));
    const state = endingWith([[4, 2, 0]]);
    expect(noLostWrites().judge(evidenceOf([write(12_000, 4, 2)], { operations, ...state })).verdict).toBe("pass");
  });

  it("takes deletes for writes whose value is nothing", () => {
    const steps = [write(12_000, 4, 2), remove(13_000, 4, 3)];
    expect(judged(steps, endingWith([])).verdict).toBe("pass");
    expect(judged(steps, endingWith([[4, 2, 0]]))).toMatchObject({ verdict: "fail", witness: [{ id: 1 }] });
    expect(judged(steps, endingWith([[4, 1, null]])).verdict).toBe("fail");
    expect(judged([...steps, write(14_000, 4, 4)], endingWith([]))).toMatchObject({
      verdict: "fail",
      witness: [{ id: 2, note: "was acknowledged as version 4; key 4 is not there in the end" }],
    });
    const maybe = remove(13_000, 4, undefined, { outcome: "unknown" });
    expect(judged([steps[0]!, maybe], endingWith([])).verdict).toBe("pass");
    for (const rest of [{ outcome: "failed" }, { outcome: "rejected", notExecuted: true }] as const) {
      expect(judged([steps[0]!, remove(13_000, 4, undefined, rest)], endingWith([])).verdict).toBe("fail");
    }
    expect(judged(steps, endingWith([[4, 3, 1]])).numbers).toMatchObject({ phantom: 1 });
  });

  it("knows of a refused condition that it did not happen", () => {
    const steps = (rest: Partial<Step>) => [
      write(12_000, 4, 2),
      write(13_000, 4, undefined, { outcome: "rejected", ...rest }),
    ];
    expect(judged(steps({}), endingWith([[4, 3, 1]])).verdict).toBe("pass");
    expect(judged(steps({ notExecuted: true }), endingWith([[4, 3, 1]]))).toMatchObject({
      verdict: "fail",
      numbers: { resurrected: 1 },
    });
    const items = [order(12_000), order(12_100, { outcome: "rejected", notExecuted: true })];
    expect(judged(items, endingWith([], [0])).verdict).toBe("pass");
    expect(judged(items, endingWith([], [0, 1])).numbers).toMatchObject({ resurrected: 1 });
  });

  it("decides nothing by a final state that cannot be judged, but by the answers alone what these show", () => {
    const steps = [write(12_000, 4, 2), write(13_000, 4, 3)];
    const registers: readonly (readonly object[])[] = [
      [
        { key: 4, version: 3, value: 1 },
        { key: 4, version: 3, value: 1 },
      ],
      [
        { key: 4, version: 3, value: 1 },
        { key: 4, version: 2, value: 0 },
      ],
      [{ key: 4, version: "3", value: 1 }],
      [{ key: 4, version: 3, value: "1" }],
      [{ key: 4, version: 3, value: 1.5 }],
    ];
    for (const rows of registers) {
      const finalState = { registers: rows, items: [] } as unknown as FinalState;
      expect(judged(steps, { finalState })).toMatchObject({
        verdict: "inconclusive",
        actual: expect.stringContaining("the final state cannot be judged"),
      });
      expect(judged([...steps, write(14_000, 4, 3)], { finalState })).toMatchObject({
        verdict: "fail",
        numbers: { lost: 1 },
      });
    }
    const finalState = { registers: [], items: [{ id: 0, count: "2" }] } as unknown as FinalState;
    expect(judged([order(12_000)], { finalState }).verdict).toBe("inconclusive");
    const forgotten = noLostWrites().judge(evidenceOf([...steps, write(14_000, 4, 3)]));
    expect(forgotten).toMatchObject({
      verdict: "fail",
      witness: [
        { id: 1, violates: true },
        { id: 2, violates: false },
      ],
    });
  });

  it("compares no version that was not told, but still wants the key", () => {
    const steps = [write(12_000, 4)];
    expect(judged(steps, endingWith([[4, 7, 0]])).verdict).toBe("pass");
    expect(judged(steps, endingWith([])).verdict).toBe("fail");
  });

  it("is inconclusive without a final state or an acknowledged write", () => {
    expect(noLostWrites().judge(evidenceOf([order(12_000)])).verdict).toBe("inconclusive");
    expect(judged([], endingWith([]))).toMatchObject({ verdict: "inconclusive", actual: "no write was acknowledged" });
    const nothing = [read(12_000, 0, 1), order(12_000, { outcome: "unknown" })];
    expect(judged(nothing, endingWith([[0, 1, null]], [1])).verdict).toBe("inconclusive");
  });

  it("counts the warm-up too, shows ten operations at most, and names a phase only when it is one", () => {
    const steps = Array.from({ length: 30 }, (_, index) => order(500 + index));
    const lost = judged(steps, endingWith([]));
    expect(lost).toMatchObject({ verdict: "fail", numbers: { lost: 30 }, phase: "warmUp" });
    expect(lost.witness).toHaveLength(10);
    expect(judged([...steps, order(12_000)], endingWith([])).phase).toBeUndefined();
  });

  const anyWrites = fc.array(
    fc.record({
      isItem: fc.boolean(),
      key: fc.nat(2),
      outcome: fc.constantFrom<Outcome>("ok", "ok", "ok", "unknown", "failed", "rejected", "overflow"),
      happened: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  );
  type Drawn = typeof anyWrites extends fc.Arbitrary<infer Value> ? Value : never;

  /** A correct system: what is ok happened, what is unknown or refused may have. */
  function correctRun(drawn: Drawn): {
    steps: Step[];
    registers: Map<number, [number, number | null]>;
    items: number[];
  } {
    const registers = new Map<number, [number, number | null]>([0, 1, 2].map((key) => [key, [1, null]]));
    const items: number[] = [];
    const steps = drawn.map(({ isItem, key, outcome, happened }, id): Step => {
      const isSure = outcome === "failed" || outcome === "overflow";
      const did = outcome === "ok" || (happened && !isSure);
      if (isItem) {
        if (did) items.push(id);
        return order(11_000 + id, { outcome });
      }
      const version = registers.get(key)![0] + 1;
      if (did) registers.set(key, [version, id]);
      return write(11_000 + id, key, outcome === "ok" ? version : undefined, { outcome });
    });
    return { steps, registers, items };
  }

  const stateOf = ({ registers, items }: ReturnType<typeof correctRun>) =>
    endingWith(
      [...registers].map(([key, [version, value]]) => [key, version, value] as const),
      items,
    );

  it("never fails a correct system, and finds one planted anomaly", () => {
    fc.assert(
      fc.property(anyWrites, fc.nat(), (drawn, pick) => {
        const run = correctRun(drawn);
        const { steps, registers, items } = run;
        const acknowledged = drawn.flatMap(({ outcome }, id) => (outcome === "ok" ? [id] : []));
        expect(judged(steps, stateOf(run)).verdict).toBe(acknowledged.length === 0 ? "inconclusive" : "pass");

        expect(judged(steps, stateOf({ ...run, items: [...items, drawn.length] })).numbers).toMatchObject({
          phantom: 1,
        });
        const failed = drawn.findIndex(({ isItem, outcome }) => isItem && outcome === "failed");
        if (failed >= 0) {
          expect(judged(steps, stateOf({ ...run, items: [...items, failed] })).numbers).toMatchObject({
            resurrected: 1,
          });
        }
        fc.pre(acknowledged.length > 0);
        const victim = acknowledged[pick % acknowledged.length]!;
        const damaged = drawn[victim]!.isItem
          ? { ...run, items: items.filter((id) => id !== victim) }
          : { ...run, registers: new Map([...registers, [drawn[victim]!.key, [1, null]] as const]) };
        expect(judged(steps, stateOf(damaged as typeof run))).toMatchObject({ verdict: "fail", numbers: { lost: 1 } });
      }),
      { numRuns: 300 },
    );
  });
});
