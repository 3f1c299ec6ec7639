import { describe, expect, it } from "vitest";
import { evidenceOf, missing, read, remove, type Step, valued, write } from "./testing/history.ts";
import { versionsNeverGoBack } from "./versions-never-go-back.ts";

const judged = (...steps: readonly Step[]) => versionsNeverGoBack().judge(evidenceOf(steps));
const other = { session: 1 };

describe("versions never go back", () => {
  it.each<[string, readonly Step[], Step, Step]>([
    ["an older version than the session had read", [read(12_000, 3, 5)], read(13_000, 3, 4), read(13_000, 3, 5)],
    ["an older version than the session had written", [write(12_000, 3, 5)], read(13_000, 3, 4), read(13_000, 3, 6)],
    ["a write with an older version", [read(12_000, 3, 5)], write(13_000, 3, 5 - 1), write(13_000, 3, 6)],
    [
      "the value before the session's own write, where no version is told",
      [write(12_000, 3, undefined, other), write(12_500, 3)],
      valued(13_000, 3, 0),
      valued(13_000, 3, 1),
    ],
    [
      "an older value than the session had read, where no version is told",
      [write(12_000, 3, undefined, other), write(12_500, 3, undefined, other), valued(12_800, 3, 1)],
      valued(13_000, 3, 0),
      valued(13_000, 3, 1),
    ],
    [
      "the initial value after a write, where no version is told",
      [write(12_000, 3), valued(12_500, 3, 0)],
      valued(13_000, 3),
      valued(13_000, 3, 0),
    ],
    ["nothing after a version", [read(12_000, 3, 5)], missing(13_000, 3), read(13_000, 3, 5)],
    [
      "nothing after the initial value",
      [valued(12_000, 3), write(12_100, 9, undefined, other), valued(12_200, 9, 1)],
      missing(13_000, 3),
      valued(13_000, 3),
    ],
    [
      "what was deleted, after the session had found nothing",
      [read(12_000, 3, 5), remove(12_500, 3, 6, other), missing(12_800, 3)],
      read(13_000, 3, 5),
      read(13_000, 3, 7),
    ],
    [
      "what was deleted, where no version is told",
      [
        write(12_000, 3, undefined, other),
        valued(12_200, 3, 0),
        remove(12_500, 3, undefined, other),
        missing(12_800, 3),
      ],
      valued(13_000, 3, 0),
      missing(13_000, 3),
    ],
    [
      "nothing, of which neither a delete with a version nor one without is the reason",
      [remove(11_000, 3, 5, { ...other, tookMs: 3000 }), remove(11_000, 3, undefined, other), write(13_000, 3, 6)],
      missing(15_000, 3),
      read(15_000, 3, 6),
    ],
  ])("finds %s, and lets its twin pass", (_, steps, wrong, right) => {
    const result = judged(...steps, wrong);
    expect(result.verdict, result.actual).toBe("fail");
    expect(result.witness.at(-1)).toMatchObject({ id: steps.length, violates: true });
    expect(judged(...steps, right).verdict, judged(...steps, right).actual).toBe("pass");
  });

  it("lets overlapping operations, other sessions and uncertain writes see what they like", () => {
    expect(judged(read(12_000, 3, 5, { tookMs: 50 }), read(12_040, 3, 4), read(13_000, 3, 5)).verdict).toBe("pass");
    expect(judged(read(12_000, 3, 5), read(13_000, 3, 4, other), read(13_000, 3, 5)).verdict).toBe("pass");
    const overlapping = [write(12_000, 3, undefined, { ...other, tookMs: 900 }), write(12_800, 3, undefined, other)];
    for (const [one, two] of [
      [0, 1],
      [1, 0],
    ]) {
      expect(judged(...overlapping, valued(14_000, 3, one), valued(15_000, 3, two)).verdict).toBe("pass");
    }
    const late = [write(12_000, 3, undefined, { ...other, outcome: "unknown" }), write(13_000, 3)];
    expect(judged(...late, valued(14_000, 3, 1), valued(15_000, 3, 0)).verdict).toBe("pass");
    expect(judged(...late, valued(14_000, 3, 0), valued(15_000, 3, 1), valued(16_000, 3, 0)).verdict).toBe("pass");
    expect(judged(...late, valued(12_500, 3, 0), valued(15_000, 3, 0)).verdict).toBe("fail");
  });

  it("decides nothing where no session came back, or no answer says what it saw", () => {
    expect(judged(read(12_000, 3, 5), read(13_000, 4, 5)).verdict).toBe("inconclusive");
    expect(judged(missing(12_000, 3), read(13_000, 3, 5))).toMatchObject({ verdict: "inconclusive" });
    expect(judged(valued(12_000, 3), valued(13_000, 3))).toMatchObject({
      verdict: "inconclusive",
      remedy: "Let `judge` return the `version` of each operation, or the `value` of each read.",
    });
  });
});
