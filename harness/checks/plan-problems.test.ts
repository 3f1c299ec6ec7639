import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Check, OperationInfo, PlanFacts } from "../model/check.ts";
import type { LoadPhase } from "../model/history.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { authFailsClosed } from "./auth-fails-closed.ts";
import { availability } from "./availability.ts";
import { deadLettersAreDeserved } from "./dead-letters-are-deserved.ts";
import { indexAgrees } from "./index-agrees.ts";
import { latencyWithin } from "./latency-within.ts";
import { noWrongAnswers } from "./no-wrong-answers.ts";
import { nothingHangs } from "./nothing-hangs.ts";
import { leastTotal, targetOf, verdictOf } from "./share-target.ts";

// What a check cannot decide under a plan, beside a twin that it can.

const operation = (name: string, traits: Partial<OperationInfo> = {}): OperationInfo => ({
  name,
  workload: "users",
  effect: "read",
  deadlineMs: 1000,
  keyspace: "keys",
  credential: "valid",
  isPoison: false,
  ...traits,
});
const lengths = { warmUp: 1000, steady: 10_000, faults: 10_000, recovery: 10_000 };

function planOf(
  operations: readonly OperationInfo[],
  due: Partial<Record<LoadPhase, number>> = {},
  lengthsMs: Readonly<Record<LoadPhase, number>> = lengths,
): PlanFacts {
  const each = { warmUp: 100, steady: 20_000, faults: 20_000, recovery: 20_000, ...due };
  let fromMs = 0;
  const phases = Object.entries(lengthsMs).map(([phase, lengthMs]) => {
    const interval = { fromMs, toMs: fromMs + lengthMs };
    fromMs = interval.toMs;
    return [phase, interval];
  });
  return {
    operations,
    workloads: [{ name: "users", perSecond: 100 }],
    due: Object.fromEntries(
      Object.entries(each).map(([phase, count]) => [phase, operations.map(() => count)]),
    ) as never,
    phases: Object.fromEntries(phases) as never,
    schedule: [],
    hasAudit: true,
  };
}

const said = (check: Check, plan: PlanFacts): readonly string[] => {
  expect(check.problems).toBeUndefined();
  return (check.problemsIn?.(plan) ?? []).map(({ where, message, remedy }) => `${where} ${message}. ${remedy}`);
};
const [read, write] = [operation("read"), operation("write", { effect: "write" })];

describe("a share or a latency of the steady phase's", () => {
  const few = planOf([read], { steady: 29 });

  it("needs the steady phase's samples", () => {
    expect(said(availability({ atLeast: 0.9, ofSteady: 0.95 }), few)).toEqual([
      "availability a share takes 30 operations, and 29 are due in steady. Raise their rate to 3/s, or make steady last 11 s in all.",
    ]);
    expect(said(availability({ atLeast: 0.9, ofSteady: 0.95 }), planOf([read], { steady: 30 }))).toEqual([]);
    expect(said(availability({ atLeast: 0.9 }), few)).toEqual([]);
    const fewer = planOf([read], { steady: 999 });
    expect(said(latencyWithin({ p99: seconds(1), ofSteady: 2 }), fewer)).toEqual([
      expect.stringMatching(/^latencyWithin a p99 to compare with takes 1,000 operations, and 999 are due in steady/),
    ]);
    expect(said(latencyWithin({ p95: seconds(1), ofSteady: 2 }), fewer)).toEqual([]);
    expect(said(latencyWithin({ p99: seconds(1) }), fewer)).toEqual([]);
  });

  it("needs as many operations as a pass takes when all of them are ok", () => {
    const share = fc.double({ min: 0.5, max: 0.995, noNaN: true });
    fc.assert(
      fc.property(share, fc.option(share, { nil: undefined }), (atLeast, ofSteady) => {
        const least = leastTotal(atLeast, ofSteady);
        const steady = { total: 10_000, ok: 10_000, doubtful: 0 };
        const target = targetOf(atLeast, ofSteady, steady);
        const all = (total: number) => verdictOf({ total, ok: total, doubtful: 0 }, target);
        expect(all(least)).toBe("pass");
        expect(all(least - 1)).toBe("inconclusive");
      }),
    );
  });

  it("can never be proven to be all of it", () => {
    expect(said(availability({ atLeast: 0.9, ofSteady: 1 }), planOf([read]))).toEqual([
      expect.stringMatching(/^availability\.ofSteady is 1.*as 0\.99/),
    ]);
    const target = targetOf(0.9, 1, { total: 1e6, ok: 1e6, doubtful: 0 });
    expect(verdictOf({ total: 1e6, ok: 1e6, doubtful: 0 }, target)).toBe("inconclusive");
  });
});

test("a phase without any length is said to be that, and no rate is asked of it", () => {
  const plan = planOf([read], { warmUp: 0 }, { ...lengths, warmUp: 0 });
  expect(said(availability({ atLeast: 0.9, phases: ["warmUp"] }), plan)).toEqual([
    "availability judges the phase warmUp, which has no length. Give phases.warmUp one.",
  ]);
});

test.each([noWrongAnswers, nothingHangs])("an operation that is never due leaves nothing to judge", (check) => {
  const plan = planOf([read], { steady: 0, faults: 0, recovery: 0 });
  expect(said(check({ operations: ["read"] }), plan)).toEqual([
    expect.stringMatching(/judges read, and none is due after the warm-up/),
  ]);
  expect(said(check(), plan)).toHaveLength(1);
  expect(said(check({ operations: ["read"] }), planOf([read], { steady: 0, faults: 1, recovery: 0 }))).toEqual([]);
});

describe("a credential that is revoked", () => {
  const buy = operation("buy", { credential: "revocable", keyspace: "sessions" });
  const revoke = operation("logOut", { effect: "revoke", keyspace: "sessions" });
  const check = authFailsClosed({ revokedWithin: seconds(2) });

  it("needs an operation that revokes it, of its own keyspace", () => {
    expect(said(check, planOf([buy]))).toEqual([expect.stringMatching(/judges buy.*keyspace "sessions".*"revoke"/)]);
    expect(said(check, planOf([buy, { ...revoke, keyspace: "keys" }]))).toHaveLength(1);
    expect(said(check, planOf([buy, revoke]))).toEqual([]);
  });

  it("needs load that comes later than it takes effect", () => {
    const long = authFailsClosed({ revokedWithin: seconds(31) });
    expect(said(long, planOf([buy, revoke]))).toEqual([
      expect.stringMatching(/^authFailsClosed\.revokedWithin is 31 s, and the whole load lasts 31 s/),
    ]);
    expect(said(long, planOf([operation("spy", { credential: "expired" })]))).toEqual([]);
  });
});

test("a lag of an index needs a search and a write of one keyspace, and load that comes later", () => {
  const search = operation("search");
  const check = indexAgrees({ lagWithin: seconds(2), operations: ["search"] });
  expect(said(check, planOf([search, write]))).toEqual([]);
  expect(said(check, planOf([search, { ...write, keyspace: "carts" }]))).toEqual([
    expect.stringMatching(/judges reads of keys, which no operation writes/),
  ]);
  expect(said(check, planOf([{ ...search, effect: "none" }, write]))).toEqual([
    expect.stringMatching(/effect "read", and there are none among search/),
  ]);
  expect(said(indexAgrees({ lagWithin: seconds(60), operations: ["search"] }), planOf([search, write]))).toEqual([
    expect.stringMatching(/^indexAgrees\.lagWithin is 60 s/),
  ]);
  expect(said(indexAgrees({}), planOf([read]))).toEqual([]);
});

test("dead letters need an operation that asks for jobs", () => {
  expect(said(deadLettersAreDeserved(), planOf([read]))).toEqual([expect.stringMatching(/effect "insert"/)]);
  expect(said(deadLettersAreDeserved(), planOf([operation("order", { effect: "insert" })]))).toEqual([]);
});

test("a bound of milliseconds is told in words", () => {
  const check = indexAgrees({ lagWithin: milliseconds(500), operations: ["read"] });
  const short = planOf([read, write], {}, { warmUp: 0, steady: 100, faults: 100, recovery: 100 });
  expect(said(check, short)).toEqual([expect.stringContaining("is 500 ms, and the whole load lasts 300 ms")]);
});
