import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FinalState, OperationInfo } from "../model/check.ts";
import { seconds } from "../model/units.ts";
import type { Credential } from "../model/workload.ts";
import { authFailsClosed } from "./auth-fails-closed.ts";
import { evidenceOf, refusalOf, type Step, storyOperations } from "./testing/history.ts";

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
