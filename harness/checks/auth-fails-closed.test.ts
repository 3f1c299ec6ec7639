import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FinalState, OperationInfo } from "../model/check.ts";
import { seconds } from "../model/units.ts";
import type { Credential } from "../model/workload.ts";
import { authFailsClosed } from "./auth-fails-closed.ts";
import { evidenceOf, read, refusalOf, remove, type Step, storyOperations, write } from "./testing/history.ts";

/** `read` and `order` show this credential; `search` revokes that of its key. */
const withCredential = (credential: Credential): readonly OperationInfo[] =>
  storyOperations.map((operation) => {
    const keyspace = "credentials";
    if (operation.name === "search") return { ...operation, effect: "revoke", keyspace };
    return operation.name === "write" ? operation : { ...operation, credential, keyspace };
  });
const judged = (credential: Credential, steps: readonly Step[], finalState?: FinalState) =>
  authFailsClosed({ revokedWithin: seconds(1) }).judge(
    evidenceOf(steps, { operations: withCredential(credential), ...(finalState === undefined ? {} : { finalState }) }),
  );
const call = (atMs: number, granted: boolean | undefined, rest: Partial<Step> = {}): Step => ({
  operation: "read",
  atMs,
  key: 3,
  ...(granted === undefined ? {} : { granted }),
  ...rest,
});
const revoke = (atMs: number, rest: Partial<Step> = {}): Step => ({ operation: "search", atMs, key: 3, ...rest });
const there = (change: Partial<FinalState>): FinalState => ({ registers: [], items: [], ...change });

describe("access fails closed", () => {
  it.each(["expired", "forged", "missing", "foreign"] as const)(
    "nobody is let in with a %s credential",
    (credential) => {
      expect(judged(credential, [call(12_000, false), call(12_100, true)])).toMatchObject({
        verdict: "fail",
        witness: [{ id: 1, violates: true, note: `was let in with a ${credential} credential` }],
        numbers: { [credential]: 2, letIn: 1 },
      });
      expect(judged(credential, [call(12_000, false)]).verdict).toBe("pass");
      expect(judged(credential, [call(12_000, false), call(12_100, undefined, { outcome: "unknown" })]).verdict).toBe(
        "pass",
      );
      expect(judged(credential, [call(12_100, undefined, { outcome: "unknown" })]).verdict).toBe("inconclusive");
    },
  );

  it("a revoked credential is of no use from the bound on, counted from the acknowledgement", () => {
    const ack = revoke(12_000, { tookMs: 100 });
    expect(judged("revocable", [ack, call(13_200, true), call(14_000, false)])).toMatchObject({
      verdict: "fail",
      witness: [
        { id: 0, violates: false },
        { id: 1, violates: true, note: "was let in with key 3, 1.1 s after it was revoked" },
      ],
    });
    expect(judged("revocable", [ack, call(13_050, true), call(14_000, false)]).verdict).toBe("pass");
    expect(judged("revocable", [ack, call(14_000, true, { key: 4 }), call(14_000, false)]).verdict).toBe("pass");
    expect(judged("revocable", [call(11_000, true), ack, call(14_000, false)]).verdict).toBe("pass");
    const unknown = revoke(12_000, { outcome: "unknown" });
    expect(judged("revocable", [unknown, call(14_000, true)]).verdict).toBe("inconclusive");
    expect(judged("revocable", [call(14_000, true)]).verdict).toBe("inconclusive");
  });

  it("nothing that was asked for without a right is there in the end, whatever its answer was", () => {
    const steps = [call(12_000, false), call(12_100, undefined, { operation: "order", outcome: "unknown" })];
    expect(judged("forged", steps, there({ items: [{ id: 1, count: 1 }] }))).toMatchObject({
      verdict: "fail",
      witness: [{ id: 1 }],
      numbers: { effects: 1, letIn: 0 },
    });
    expect(judged("forged", steps, there({ jobs: [{ id: 1, state: "completed", effects: 1 }] })).verdict).toBe("fail");
    expect(judged("forged", steps, there({ items: [{ id: 9, count: 1 }] })).verdict).toBe("pass");
  });

  it("takes an answer that does not say whether it let its caller in for no proof of a closed door", () => {
    for (const outcome of ["ok", "wrong"] as const) {
      const untold = call(12_100, undefined, { outcome });
      expect(judged("forged", [untold]).verdict).toBe("inconclusive");
      expect(judged("forged", [call(12_000, false), untold])).toMatchObject({
        verdict: "inconclusive",
        actual: "1 answer does not say whether the caller was let in: let `judge` return `granted`",
      });
      expect(judged("forged", [call(12_000, true), untold]).verdict).toBe("fail");
    }
    expect(judged("forged", [call(12_000, undefined, { outcome: "rejected" })])).toMatchObject({
      verdict: "pass",
      numbers: { forged: 1 },
    });
  });

  it("takes a revocation whose caller was turned away for none, and one with an expired credential for a way in", () => {
    const turnedAway = revoke(12_000, { granted: false });
    expect(judged("revocable", [turnedAway, call(14_000, true)]).verdict).toBe("inconclusive");
    expect(judged("revocable", [revoke(12_000), call(14_000, true)]).verdict).toBe("fail");
    const operations = storyOperations.map((one) =>
      one.name === "search" ? ({ ...one, effect: "revoke", credential: "expired" } as const) : one,
    );
    const withExpired = (granted: boolean) =>
      authFailsClosed({ revokedWithin: seconds(0) }).judge(evidenceOf([revoke(12_000, { granted })], { operations }));
    expect(withExpired(true)).toMatchObject({ verdict: "fail", numbers: { letIn: 1 } });
    expect(withExpired(false).verdict).toBe("pass");
  });

  /** `remove` and `write` are forged, `order` and `read` are not. */
  const forgedWrites = storyOperations.map((one) =>
    one.name === "remove" || one.name === "search"
      ? ({ ...one, effect: one.name === "remove" ? "delete" : "write", credential: "forged" } as const)
      : one,
  );
  const judgedWrites = (steps: readonly Step[], finalState?: object) =>
    authFailsClosed({ revokedWithin: seconds(0) }).judge(
      evidenceOf(steps, {
        operations: forgedWrites,
        ...(finalState === undefined ? {} : { finalState: finalState as FinalState }),
      }),
    );
  const denied: Partial<Step> = { granted: false };

  it("finds a key that is gone, and that only a caller without a right to it deleted", () => {
    const steps = [write(11_000, 4, 2), write(11_000, 5, 2), remove(12_000, 4, undefined, denied)];
    const [four, five] = [
      { key: 4, version: 2, value: 0 },
      { key: 5, version: 2, value: 1 },
    ];
    expect(judgedWrites(steps, there({ registers: [five] }))).toMatchObject({
      verdict: "fail",
      actual: "1 forbidden request had an effect",
      witness: [{ id: 2, violates: true, note: "had no right to it, and key 4 is gone" }],
      numbers: { effects: 1, letIn: 0 },
    });
    expect(judgedWrites(steps, there({ registers: [four, five] })).verdict).toBe("pass");
    const timedOut = remove(12_000, 4, undefined, { outcome: "unknown" });
    expect(judgedWrites([...steps, timedOut], there({ registers: [five] })).numbers).toMatchObject({ effects: 2 });
    for (const rest of [{ outcome: "failed" }, { outcome: "rejected", notExecuted: true }] as const) {
      const never = [steps[0]!, steps[1]!, remove(12_000, 4, undefined, rest), remove(12_000, 5, undefined, denied)];
      expect(judgedWrites(never, there({ registers: [five] })).verdict).toBe("pass");
    }
    // A key that no operation is known to have seen need not have been there.
    expect(judgedWrites([remove(12_000, 4, undefined, denied)], there({ registers: [five] })).verdict).toBe("pass");
    // Where no register of the keyspace was read, it may be gone or not.
    expect(judgedWrites(steps, there({ registers: [] }))).toMatchObject({
      verdict: "inconclusive",
      actual: 'the audit read no register of "keys", where a key may be gone',
    });
    // One with a right to it deleted it, too.
    const operations = forgedWrites.map((one) =>
      one.name === "order" ? ({ ...one, effect: "delete" } as const) : one,
    );
    const both = evidenceOf([...steps, { operation: "order", atMs: 13_000, key: 4 }], {
      operations,
      finalState: there({ registers: [five] }),
    });
    expect(authFailsClosed({ revokedWithin: seconds(0) }).judge(both).verdict).toBe("pass");
  });

  it("finds a forbidden value that a read returned, though it is not there any more", () => {
    const forged: Step = { operation: "search", atMs: 12_000, key: 4, granted: false };
    const state = there({ registers: [{ key: 4, version: 9, value: 2 }] });
    expect(judgedWrites([forged, read(12_500, 4, 3, { value: 0 }), write(13_000, 4, 9)], state)).toMatchObject({
      verdict: "fail",
      witness: [
        { id: 0, violates: true, note: "had no right to it, and its value was read" },
        { id: 1, violates: false },
      ],
    });
    expect(judgedWrites([forged, read(12_500, 4, 3), write(13_000, 4, 9)], state).verdict).toBe("pass");
  });

  it("passes nothing by a final state that cannot be judged, and without an audit judges the answers", () => {
    const forged: Step = { operation: "search", atMs: 12_000, key: 4, granted: false };
    expect(judgedWrites([forged], { registers: [{ key: 4, value: "0" }], items: [] })).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("the final state cannot be judged"),
    });
    expect(judgedWrites([forged]).verdict).toBe("pass");
    const failed = { atMs: 30_000, type: "error", text: "the audit failed: no light" } as const;
    const blind = evidenceOf([forged], { operations: forgedWrites, events: [failed] });
    expect(authFailsClosed({ revokedWithin: seconds(0) }).judge(blind).verdict).toBe("inconclusive");
  });

  it("decides nothing when no such credential is in the workload", () => {
    expect(judged("valid", [call(12_000, true)]).verdict).toBe("inconclusive");
    expect(refusalOf(authFailsClosed({ revokedWithin: seconds(-1) }))).toMatch(/at least 0/);
  });

  it("passes whatever is broken as long as nobody is let in, and finds the one who is", () => {
    const outcomes = fc.constantFrom<Step["outcome"]>("ok", "rejected", "unknown", "failed", "wrong");
    const calls = fc.array(fc.tuple(fc.nat(8000), outcomes), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(calls, (all) => {
        const steps = all.map(([at, outcome]) => call(12_000 + at, false, { outcome: outcome ?? "ok" }));
        expect(judged("forged", steps).verdict).not.toBe("fail");
        expect(judged("forged", [...steps, call(19_000, true)]).verdict).toBe("fail");
      }),
    );
  });
});
