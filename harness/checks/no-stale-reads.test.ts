import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../model/history.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { noStaleReads } from "./no-stale-reads.ts";
import { evidenceOf, missing, read, remove, type Step, valued, write } from "./testing/history.ts";

const judged = (withinMs: number, ...steps: readonly Step[]) =>
  noStaleReads({ within: milliseconds(withinMs) }).judge(evidenceOf(steps));

describe("no stale reads", { timeout: 60_000 }, () => {
  it("fails a read that missed an acknowledged write by more than the bound; its twin on the bound could not fail", () => {
    const old = write(12_000, 3, 7);
    expect(judged(2000, old, read(14_006, 3, 6)).verdict).toBe("fail");
    expect(judged(2000, old, read(14_006, 3, 7)).verdict).toBe("pass");
    expect(judged(2000, old, read(14_005, 3, 6))).toMatchObject({
      verdict: "inconclusive",
      numbers: { reads: 1, exposed: 0, stale: 0, oldestMs: 2000 },
      actual: expect.stringContaining("no read came more than 2 s after an acknowledged write of its key"),
    });
    // It does not vouch for one that could have been too old, and is not counted with it.
    expect(judged(2000, old, read(14_005, 3, 6), read(14_006, 3, 7)).numbers).toMatchObject({ reads: 2, exposed: 1 });
  });

  it("leaves out a copy that claims nothing; where no answer has a version, a read without a value saw the initial one", () => {
    const silent = (atMs: number): Step => ({ operation: "read", atMs, key: 3 });
    const versioned = [write(12_000, 3, 7), read(15_000, 3, 7, { value: 0 })];
    expect(judged(2000, ...versioned, silent(16_000))).toMatchObject({
      verdict: "pass",
      numbers: { reads: 1, stale: 0 },
    });
    const valuedOnly = [write(12_000, 3), { ...silent(15_000), value: 0 }];
    expect(judged(2000, ...valuedOnly, silent(16_000))).toMatchObject({
      verdict: "fail",
      numbers: { reads: 2, stale: 1 },
    });
  });

  it("measures from the earliest newer write, not from the latest", () => {
    const steps = [write(12_000, 3, 7), write(13_900, 3, 8), write(13_950, 3, 9)];
    const result = judged(1000, ...steps, read(14_005, 3, 6));
    expect(result.numbers).toMatchObject({ oldestMs: 2000, stale: 1 });
    expect(judged(1000, ...steps, read(14_005, 3, 7)).verdict).toBe("pass");
  });

  it("finds an earlier acknowledgement of a still newer version", () => {
    const steps = [write(12_500, 3, 7), write(12_000, 3, 8)];
    expect(judged(1000, ...steps, read(13_200, 3, 6)).numbers).toMatchObject({ oldestMs: 1195 });
  });

  it("judges each key by itself", () => {
    expect(judged(1000, write(12_000, 3, 7), read(15_000, 4, 6), read(15_000, 3, 7)).verdict).toBe("pass");
  });

  it("judges only the reads that are named; what others saw proves what is there all the same", () => {
    const steps = [write(12_000, 3, 7), read(15_000, 3, 6)];
    const of = (...operations: string[]) =>
      noStaleReads({ within: seconds(1), operations }).judge(evidenceOf(steps)).verdict;
    expect(of("read")).toBe("fail");
    expect(of("search")).toBe("inconclusive");
    expect(of("search", "read")).toBe("fail");
  });

  it("takes a read from its first byte and a write from its answer", () => {
    const slow = write(12_000, 3, 7, { tookMs: 900 });
    expect(judged(100, slow, read(12_950, 3, 6, { tookMs: 900 }), read(14_000, 3, 7)).verdict).toBe("pass");
    expect(judged(100, slow, read(13_001, 3, 6), read(14_000, 3, 7)).verdict).toBe("fail");
  });

  it("lets an acknowledged write oblige from its acknowledgement, though another read saw it before", () => {
    const seenEarly = [write(12_000, 3, 7, { tookMs: 900 }), read(12_100, 3, 7)];
    expect(judged(500, ...seenEarly, read(13_300, 3, 6), read(13_401, 3, 7)).verdict).toBe("pass");
    expect(judged(500, ...seenEarly, read(13_401, 3, 6)).verdict).toBe("fail");
  });

  it("lets an unknown write oblige only from its first observation", () => {
    const unknown = write(12_000, 3, undefined, { outcome: "unknown" });
    const acknowledged = write(11_500, 3, 5);
    expect(judged(1000, acknowledged, unknown, read(15_000, 3, 5)).verdict).toBe("pass");
    expect(judged(1000, acknowledged, unknown, read(14_500, 3, 6), read(15_000, 3, 5)).verdict).toBe("pass");
    const result = judged(1000, acknowledged, unknown, read(13_000, 3, 6), read(15_000, 3, 5));
    expect(result.verdict).toBe("fail");
    expect(result.witness.map(({ note }) => note)).toEqual([
      "saw version 6 of key 3",
      "returned version 5 of key 3, 2 s after version 6 was there (operation 2)",
    ]);
  });

  it("takes what is not ok for no evidence", () => {
    for (const outcome of ["wrong", "rejected", "failed", "unknown", "overflow"] as const satisfies Outcome[]) {
      const steps = [write(11_500, 3, 5), write(12_000, 3, 7, { outcome }), read(15_000, 3, 5)];
      expect(judged(1000, ...steps).verdict).toBe("pass");
      expect(judged(1000, ...steps, read(15_000, 3, 1, { outcome })).verdict).toBe("pass");
    }
  });

  it("is inconclusive when no read could have been stale", () => {
    expect(judged(1000).verdict).toBe("inconclusive");
    expect(judged(1000, read(15_000, 3, 5)).verdict).toBe("inconclusive");
    expect(judged(1000, write(15_000, 3, 5)).verdict).toBe("inconclusive");
    expect(judged(1000, write(12_000, 3, 5), read(11_500, 3, 4), read(15_000, 4, 4)).verdict).toBe("inconclusive");
    expect(judged(1000, write(5000, 3, 5), read(15_000, 3, 5)).verdict).toBe("inconclusive");
    expect(judged(1000, write(5000, 3, 5), read(6000, 3, 5)).verdict).toBe("inconclusive");
    expect(judged(1000, write(12_000, 3), read(15_000, 3, 5)).verdict).toBe("inconclusive");
    expect(judged(1000, write(12_000, 3, 5), read(15_000, 3, 5)).verdict).toBe("pass");
  });

  it("judges by values and time where no version is told", () => {
    const steps = [write(12_000, 3), valued(12_100, 3, 0), write(13_000, 3)];
    const stale = judged(1000, ...steps, valued(14_500, 3, 0));
    expect(stale).toMatchObject({ verdict: "fail", numbers: { oldestMs: 1495, stale: 1 } });
    expect(stale.witness.map(({ note }) => note)).toEqual([
      "was acknowledged as a write of key 3",
      "returned the value of operation 0 for key 3, 1.5 s after something newer was there (operation 2)",
    ]);
    expect(judged(1000, ...steps, valued(14_500, 3, 2)).verdict).toBe("pass");
    expect(judged(1000, ...steps, valued(14_500, 3))).toMatchObject({ verdict: "fail", numbers: { oldestMs: 2495 } });
    // Two that overlapped may have come in either order, and one that lands late replaces what came before.
    const overlapping = [write(12_000, 3, undefined, { tookMs: 900 }), write(12_800, 3)];
    for (const last of [0, 1]) expect(judged(1000, ...overlapping, valued(15_000, 3, last)).verdict).toBe("pass");
    const late = [write(12_000, 3, undefined, { outcome: "unknown" }), write(13_000, 3)];
    expect(judged(1000, ...late, valued(15_000, 3, 0)).verdict).toBe("pass");
    expect(judged(1000, ...late, valued(12_900, 3, 0), valued(15_000, 3, 0)).verdict).toBe("fail");
  });

  it("takes a read without a version and a value for no evidence where none of its kind tells a value", () => {
    expect(judged(1000, write(12_000, 3), valued(15_000, 3))).toMatchObject({
      verdict: "inconclusive",
      remedy: "Let `judge` return the `version` of each read, or its `value`.",
    });
  });

  it("takes nothing for older than all writes, unless a delete explains it", () => {
    const written = write(12_000, 3, 7);
    const stale = judged(1000, written, missing(14_000, 3));
    expect(stale).toMatchObject({ verdict: "fail", numbers: { oldestMs: 1995 } });
    expect(stale.witness.at(-1)?.note).toBe(
      "found nothing of key 3, 2 s after something newer was there (operation 0)",
    );
    expect(judged(1000, written, read(14_000, 3, 7), missing(13_000, 3)).verdict).toBe("pass");
    const again = [written, remove(12_500, 3, 8), write(13_000, 3, 9)];
    expect(judged(1000, ...again, missing(13_900, 3), read(14_100, 3, 9)).verdict).toBe("pass");
    expect(judged(1000, ...again, missing(14_100, 3)).verdict).toBe("fail");
    expect(judged(1000, ...again, { ...missing(14_100, 3), version: 8 }).verdict).toBe("fail");
    // A delete that may still come explains it at any time, and what is deleted is stale, too.
    const maybe = remove(12_500, 3, undefined, { outcome: "unknown" });
    expect(judged(1000, written, maybe, missing(19_000, 3)).verdict).toBe("inconclusive");
    expect(judged(1000, written, remove(12_500, 3, 8), read(14_000, 3, 7)).verdict).toBe("fail");
    for (const rest of [{ outcome: "failed" }, { outcome: "rejected", notExecuted: true }] as const) {
      expect(judged(1000, written, remove(12_500, 3, undefined, rest), missing(19_000, 3)).verdict).toBe("fail");
    }
  });

  it("asks each delete whether it explains a read of nothing, also where only one of them has a version", () => {
    const deleted = remove(11_000, 3, 5, { tookMs: 3000 });
    const newer = write(13_000, 3, 6);
    expect(judged(1000, deleted, remove(10_500, 3), newer, missing(18_000, 3))).toMatchObject({
      verdict: "fail",
      numbers: { oldestMs: 4995 },
    });
    expect(
      judged(1000, deleted, remove(10_500, 3, undefined, { tookMs: 2600 }), newer, missing(18_000, 3)).verdict,
    ).toBe("pass");
    // The one with the higher version had ended before the write without a version began, the other has a lower version.
    const two = [remove(12_000, 3, 3, { tookMs: 1000 }), remove(12_000, 3, 4, { tookMs: 500 })];
    expect(judged(1000, ...two, write(12_800, 3), missing(18_000, 3)).verdict).toBe("fail");
    expect(judged(1000, ...two, write(12_400, 3), missing(18_000, 3)).verdict).toBe("pass");
  });

  it("leaves the warm-up out, but not what was written in it", () => {
    const exposed = [write(12_000, 9, 1), read(13_000, 9, 1)];
    expect(judged(100, write(100, 3, 5), read(900, 3, 4), ...exposed).verdict).toBe("pass");
    const steady = judged(100, write(100, 3, 5), read(1500, 3, 4), ...exposed);
    expect(steady).toMatchObject({ verdict: "fail", phase: "steady" });
  });

  it("shows the oldest reads with what they missed, ten operations at most, in the order of time", () => {
    const steps = Array.from({ length: 20 }, (_, key) => [
      write(12_000 + key, key, 2),
      read(15_000 + 10 * key, key, 1),
    ]).flat();
    const result = judged(1000, ...steps);
    expect(result.witness).toHaveLength(10);
    expect(result.witness.map(({ id }) => id)).toEqual([30, 32, 34, 36, 38, 31, 33, 35, 37, 39]);
    expect(result.witness.at(0)?.violates).toBe(false);
    expect(result.witness.at(-1)).toMatchObject({
      operation: "read",
      violates: true,
      key: 19,
      fromFaultMs: 4190,
      outcome: "ok",
    });
    expect(result.witness.at(-1)?.note).toBe(
      "returned version 1 of key 19, 3.17 s after version 2 was there (operation 38)",
    );
    expect(result.actual).toBe("20 stale reads of 20, the oldest by 3.17 s");
    expect(noStaleReads({ within: seconds(2) }).title).toBe("no stale reads beyond 2 s");
  });

  /** Operations in the order in which they took effect, each with an interval around that moment. */
  const sequential = fc.array(
    fc.record({
      key: fc.nat(2),
      kind: fc.constantFrom("read", "read", "write", "unknown", "unknownUndone"),
      gapMs: fc.integer({ min: 1, max: 400 }),
      beforeMs: fc.integer({ min: 0, max: 300 }),
      afterMs: fc.integer({ min: 0, max: 300 }),
      lagMs: fc.integer({ min: 0, max: 500 }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  type Drawn = typeof sequential extends fc.Arbitrary<infer Value> ? Value : never;

  /** A history in which every read returned what had been true at most `lagMs` before it took effect. */
  function correctHistory(drawn: Drawn): Step[] {
    const versions = new Map<number, { version: number; sinceMs: number }[]>();
    let nowMs = 10_000;
    return drawn.map(({ key, kind, gapMs, beforeMs, afterMs, lagMs }): Step => {
      nowMs += gapMs;
      const log = versions.get(key) ?? [{ version: 1, sinceMs: 0 }];
      versions.set(key, log);
      const rest = { tookMs: beforeMs + afterMs };
      if (kind === "read") {
        const seen = log.findLast(({ sinceMs }) => sinceMs <= nowMs - lagMs)!;
        return read(nowMs - beforeMs, key, seen.version, rest);
      }
      const version = log.at(-1)!.version + 1;
      if (kind !== "unknownUndone") log.push({ version, sinceMs: nowMs });
      if (kind === "write") return write(nowMs - beforeMs, key, version, rest);
      return write(nowMs - beforeMs, key, undefined, { ...rest, outcome: "unknown" });
    });
  }

  it("never fails a history whose reads are as fresh as the bound asks", () => {
    fc.assert(
      fc.property(sequential, (drawn) => {
        expect(judged(500, ...correctHistory(drawn)).verdict).not.toBe("fail");
      }),
      { numRuns: 500 },
    );
  });

  it("finds one stale read planted anywhere", () => {
    fc.assert(
      fc.property(sequential, fc.nat(), fc.integer({ min: 501, max: 5000 }), (drawn, pick, ageMs) => {
        const steps = correctHistory(drawn);
        const writes = steps.filter(({ operation, outcome }) => operation === "write" && outcome === undefined);
        const missed = writes[pick % Math.max(1, writes.length)];
        fc.pre(missed !== undefined);
        const atMs = missed.atMs + missed.tookMs! + ageMs;
        const result = judged(500, ...steps, read(atMs, missed.key!, missed.version! - 1));
        expect(result.verdict).toBe("fail");
        expect(result.witness.some(({ id }) => id === steps.length)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("judges 200,000 operations on one key without comparing each with each", () => {
    const steps = Array.from({ length: 100_000 }, (_, index) => [
      write(10_000 + index / 10, 0, index + 1, { tookMs: 0 }),
      read(10_000 + index / 10 + 0.01, 0, index + 1, { tookMs: 0 }),
    ]).flat();
    // The square of it would be 10^10 comparisons: minutes, on any machine.
    const result = noStaleReads({ within: milliseconds(0) }).judge(evidenceOf(steps));
    expect(result).toMatchObject({ verdict: "pass", numbers: { reads: 100_000, exposed: 100_000 } });
  });
});
