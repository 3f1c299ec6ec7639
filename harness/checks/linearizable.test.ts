import { describe, expect, it } from "vitest";
import { linearizable } from "./linearizable.ts";
import { evidenceOf, read, type Step, write } from "./testing/history.ts";

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
