import { describe, expect, it } from "vitest";
import { linearizable } from "./linearizable.ts";
import { evidenceOf, missing, read, remove, type Step, storyOperations, write } from "./testing/history.ts";

const judged = (...steps: readonly Step[]) => linearizable().judge(evidenceOf(steps));
/** Of key 0; the values are the places of the writes in the list. */
const saw = (atMs: number, value: number | undefined, rest: Partial<Step> = {}): Step => ({
  ...read(atMs, 0, 1, value === undefined ? {} : { value }),
  ...rest,
});

describe("linearizable", () => {
  it.each<[string, readonly Step[], readonly Step[], RegExp]>([
    [
      "an old value after a new one was read",
      [write(12_000, 0, 1), write(12_100, 0, 2), saw(12_200, 1), saw(12_300, 0)],
      [write(12_000, 0, 1), write(12_100, 0, 2), saw(12_200, 0, { atMs: 12_050 }), saw(12_300, 1)],
      /conflict/,
    ],
    [
      "two reads that saw two writes in opposite orders",
      [
        write(12_000, 0, 1, { tookMs: 500 }),
        write(12_000, 0, 2, { tookMs: 500 }),
        saw(12_100, 0),
        saw(12_200, 1),
        saw(12_300, 0),
      ],
      [
        write(12_000, 0, 1, { tookMs: 500 }),
        write(12_000, 0, 2, { tookMs: 500 }),
        saw(12_100, 0),
        saw(12_200, 0),
        saw(12_300, 1),
      ],
      /conflict/,
    ],
    [
      "a write that nobody saw in the middle of a value that was there all the time",
      [write(12_000, 0, 1), write(12_100, 0, 2), saw(12_200, 0)],
      [write(12_000, 0, 1), write(12_100, 0, 2, { tookMs: 200 }), saw(12_200, 0)],
      /conflict/,
    ],
    [
      "the initial value after a write that was acknowledged",
      [write(12_000, 0, 1), saw(12_100, 0), saw(12_200, undefined)],
      [write(12_000, 0, 1), saw(12_100, 0), saw(12_000, undefined, { atMs: 11_990 })],
      /conflict/,
    ],
    [
      "a value before it was written",
      [saw(12_000, 1), write(12_100, 0, 1)],
      [saw(12_000, 1, { tookMs: 200 }), write(12_100, 0, 1)],
      /before it was written/,
    ],
    [
      "a value that was certainly not written",
      [write(12_000, 0, undefined, { outcome: "failed" }), saw(12_100, 0)],
      [write(12_000, 0, undefined, { outcome: "unknown" }), saw(12_100, 0)],
      /never executed/,
    ],
    [
      "a value of another key",
      [write(12_000, 5, 1), saw(12_100, 0)],
      [write(12_000, 0, 1), saw(12_100, 0)],
      /another key/,
    ],
  ])("finds %s, and lets its twin pass", (_, wrong, right, why) => {
    const steps = (all: readonly Step[]) => (all[0]?.operation === "read" ? [all[0]!, ...all.slice(1)] : all);
    const failed = judged(...steps(wrong));
    expect(failed.verdict).toBe("fail");
    expect(failed.actual).toMatch(why);
    expect(failed.witness.some(({ violates }) => violates)).toBe(true);
    expect(judged(...steps(right)).verdict, judged(...steps(right)).actual).toBe("pass");
  });

  it.each<[string, readonly Step[], readonly Step[], RegExp]>([
    [
      "nothing after a write that was acknowledged",
      [write(12_000, 0, 1), missing(12_100, 0), saw(12_200, 0)],
      [write(12_000, 0, 1, { tookMs: 150 }), missing(12_100, 0), saw(12_200, 0)],
      /conflict/,
    ],
    [
      "nothing where the initial value was, and no delete",
      [saw(12_000, undefined), missing(12_100, 0), write(12_200, 0, 1), saw(12_300, 2)],
      [saw(12_000, undefined), remove(12_050, 0, 2), missing(12_100, 0), write(12_200, 0, 3), saw(12_300, 3)],
      /found nothing of key 0, which had its initial value and was never deleted/,
    ],
    [
      "nothing after a delete that another write had replaced",
      [remove(12_000, 0, 1), write(12_100, 0, 2), missing(12_200, 0), saw(12_300, 1)],
      [remove(12_000, 0, 1), write(12_100, 0, 2, { tookMs: 150 }), missing(12_150, 0), saw(12_300, 1)],
      /found nothing of key 0, and no delete explains it/,
    ],
    [
      "nothing twice, with a value in between, after one delete",
      [write(12_000, 0, 1), remove(12_100, 0, 2), missing(12_200, 0), saw(12_300, 0), missing(12_400, 0)],
      [write(12_000, 0, 1), saw(12_050, 0), remove(12_100, 0, 2), missing(12_200, 0), missing(12_400, 0)],
      /no delete explains it|conflict/,
    ],
    [
      "the value of a refusal that certainly did not happen",
      [write(12_000, 0, 1, { outcome: "rejected", notExecuted: true }), saw(12_100, 0)],
      [write(12_000, 0, 1, { outcome: "rejected" }), saw(12_100, 0)],
      /never executed/,
    ],
    [
      "nothing after a delete that certainly did not happen",
      [
        write(12_000, 0, 1),
        remove(12_100, 0, 2, { outcome: "rejected", notExecuted: true }),
        missing(12_200, 0),
        saw(12_300, 0),
      ],
      [write(12_000, 0, 1), saw(12_050, 0), remove(12_100, 0, 2, { outcome: "rejected" }), missing(12_200, 0)],
      /conflict/,
    ],
    [
      "the value of a delete",
      [remove(12_000, 0, 1), saw(12_100, 0)],
      [remove(12_000, 0, 1), write(12_050, 0, 2), saw(12_100, 1)],
      /wrote nothing/,
    ],
  ])("finds %s, and lets its twin pass", (_, wrong, right, why) => {
    const failed = judged(...wrong);
    expect(failed.verdict, failed.actual).toBe("fail");
    expect(failed.actual).toMatch(why);
    expect(failed.witness.some(({ violates }) => violates)).toBe(true);
    expect(judged(...right).verdict, judged(...right).actual).toBe("pass");
  });

  it("finds the one read of nothing that no delete explains among thousands that are explained", () => {
    const steps = Array.from({ length: 2000 }, (_, round) => {
      const atMs = 12_000 + round * 4;
      const quick = { tookMs: 0.5 };
      return [
        write(atMs, 0, 1, quick),
        saw(atMs + 1, round * 4, quick),
        remove(atMs + 2, 0, 1, quick),
        missing(atMs + 3, 0, quick),
      ];
    }).flat();
    expect(judged(...steps).verdict).toBe("pass");
    const wrong = steps.map((step, id) => (id === 4001 ? missing(step.atMs, 0, { tookMs: 0.5 }) : step));
    expect(judged(...wrong)).toMatchObject({ verdict: "fail", numbers: { illegalReads: 1 } });
    expect(judged(...wrong).witness.map(({ id }) => id)).toContain(4001);
  });

  it("says that it cannot decide where a deleted key has too much at once", () => {
    // Thirty writes at once, each with a read of its own, have too many orders to try them all.
    const together = { tookMs: 1000 };
    const writes = Array.from({ length: 30 }, (_, place) => write(12_000 + place, 0, 1, together));
    const reads = writes.map((_, place) => saw(12_100 + place, place, together));
    const steps = [...writes, ...reads, remove(12_000, 0, 2, together)];
    expect(judged(...steps, missing(12_500, 0, together)).verdict).toBe("pass");
    // One delete cannot explain two reads of nothing with a value in between.
    const quick = { tookMs: 5 };
    const before = [write(11_000, 0, 1), saw(11_500, steps.length)];
    const between = [missing(12_200, 0, quick), saw(12_500, 0, quick), missing(12_900, 0, quick)];
    expect(judged(...steps, ...before, ...between)).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("too much at once"),
    });
  });

  it("finds nothing where a value was seen after all deletes, however much happened at once before", () => {
    const together = { tookMs: 1000 };
    const writes = Array.from({ length: 30 }, (_, place) => write(12_000 + place, 0, 1, together));
    const reads = writes.map((_, place) => saw(12_100 + place, place, together));
    const steps = [...writes, ...reads, remove(12_000, 0, 2, together)];
    const wrong = judged(...steps, saw(13_500, 0), missing(14_000, 0));
    expect(wrong).toMatchObject({ verdict: "fail", numbers: { illegalReads: 1 } });
    expect(wrong.actual).toContain("found nothing of key 0, and no delete explains it");
    expect(judged(...steps, missing(12_700, 0), saw(13_500, 0), saw(14_000, 0)).verdict).not.toBe("fail");
    const late = remove(13_600, 0, undefined, { outcome: "unknown" });
    expect(judged(...steps, saw(13_500, 0), late, missing(14_000, 0)).verdict).not.toBe("fail");
    expect(judged(...steps, saw(13_500, 0), remove(13_600, 0, 3), saw(13_800, 0), missing(13_900, 0)).verdict).toBe(
      "fail",
    );
  });

  it("takes no read without a value for one of the initial value where none tells a value", () => {
    const steps = [write(12_000, 0, 1), read(12_100, 0, 1)];
    expect(judged(...steps, remove(12_200, 0, 2), missing(12_300, 0))).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("`value`"),
    });
    expect(judged(...steps, missing(12_300, 0)).verdict).toBe("fail");
  });

  it("is unsure of an operation of which no read returned a value, beside another that returned some", () => {
    const operations = storyOperations.map((one) =>
      one.name === "search" ? ({ ...one, effect: "read" } as const) : one,
    );
    const silent = (atMs: number, rest: Partial<Step> = {}): Step => ({ operation: "search", atMs, key: 0, ...rest });
    const found = (...steps: readonly Step[]) => linearizable().judge(evidenceOf(steps, { operations }));
    const steps = [write(12_000, 0, 1), saw(12_100, 0)];
    expect(found(...steps, silent(12_200))).toMatchObject({
      verdict: "inconclusive",
      actual: 'no read of "search" returned a value, so what it saw is unknown: let `judge` return the `value`',
    });
    expect(found(silent(11_900), write(12_000, 0, 1), saw(12_100, 1)).verdict).toBe("pass");
    // Where one read returned a value, the others without saw the initial one; and what is broken without it is broken.
    expect(found(...steps, silent(12_200), silent(12_300, { value: 0 })).verdict).toBe("fail");
    expect(found(...steps, silent(12_200), saw(12_300, undefined)).verdict).toBe("fail");
    const deleted = [remove(12_150, 0, 2), missing(12_250, 0)];
    expect(found(...steps, ...deleted, silent(12_300)).verdict).toBe("inconclusive");
  });

  it("lets an unknown write take effect at any later time, or never", () => {
    const lost = write(12_000, 0, undefined, { outcome: "unknown", tookMs: 1000 });
    const later = [write(14_000, 0, 2), saw(15_000, 1), saw(16_000, 0)];
    expect(judged(lost, ...later).verdict).toBe("pass");
    expect(judged(lost, ...later.slice(0, 2)).verdict).toBe("pass");
    expect(judged(lost, ...later, saw(17_000, 1)).verdict).toBe("fail");
  });

  it("decides nothing when nobody read, or no read tells its value", () => {
    expect(judged(write(12_000, 0, 1)).verdict).toBe("inconclusive");
    expect(judged(write(12_000, 0, 1), read(12_100, 0, 1))).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("`value`"),
    });
    expect(judged(saw(12_000, undefined)).verdict).toBe("inconclusive");
  });
});
