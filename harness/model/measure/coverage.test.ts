import { expect, test } from "vitest";
import type { Evidence } from "../check.ts";
import { historyOf, type Outcome, outcomeCode } from "../history.ts";
import type { CheckResult, Witness } from "../verdict.ts";
import { coverageOf } from "./coverage.ts";

const operations = ["read", "write", "search"].map((name) => ({ name }));
const schedule = [{ id: "i1" }, { id: "i2" }];
const receipts = [
  { injection: "i1", on: "cache", requestedMs: 90, provenMs: 100, healRequestedMs: 200, before: {} },
  { injection: "i2", on: "api-1->db", requestedMs: 490, provenMs: 500, healRequestedMs: 600, before: {} },
  { injection: "i2", on: "api-2->db", requestedMs: 490, provenMs: 510, healRequestedMs: 600, before: {} },
];

function covered(
  rows: readonly [operation: number, wireMs: number, endMs: number, outcome: Outcome, target?: number][],
  broken: readonly Partial<Witness>[] = [],
) {
  const history = historyOf(rows.length);
  for (const [row, [operation, wireMs, endMs, outcome, target = 0]] of rows.entries()) {
    history.operation[row] = operation;
    history.wireMs[row] = wireMs;
    history.endMs[row] = endMs;
    history.outcome[row] = outcomeCode(outcome);
    history.target[row] = target;
  }
  const evidence = { history, receipts, schedule, operations, entry: ["api-1", "api-2"] } as unknown as Evidence;
  const check = { verdict: "fail", witness: broken } as unknown as CheckResult;
  const cells = coverageOf(evidence, [
    check,
    { ...check, verdict: "pass", witness: [{ operation: "search", violates: true }] } as never,
  ]);
  return Object.fromEntries(
    cells.map(({ injection, operation, word, crossed, notOk }) => [
      `${injection} ${operation}`,
      `${word} ${notOk}/${crossed}`,
    ]),
  );
}

test("held, degraded, and not exercised, by what crossed the fault while it was proven", () => {
  const cells = covered([
    [0, 110, 120, "ok"],
    [0, 190, 300, "ok"],
    [1, 110, 120, "rejected"],
    [1, 110, 120, "ok"],
    [2, 110, 120, "overflow"],
    [0, 300, 310, "failed"],
    [2, 550, 560, "ok", 1],
    [2, 505, 508, "ok", 1],
  ]);
  expect(cells).toEqual({
    "i1 read": "held 0/2",
    "i1 write": "degraded 1/2",
    "i1 search": "held 0/1",
    "i2 read": "not exercised 0/0",
    "i2 write": "not exercised 0/0",
    "i2 search": "held 0/1",
  });
});

test("violated by an operation that broke a check once the fault had begun, and not by one that only shows why", () => {
  const rows: Parameters<typeof covered>[0] = [[0, 110, 120, "ok"]];
  const after = { operation: "read", violates: true, fromFaultMs: 900, toFaultMs: 950 };
  expect(covered(rows, [after])).toMatchObject({ "i1 read": "violated 0/1", "i2 read": "violated 0/0" });
  const between = { ...after, fromFaultMs: 100, toFaultMs: 200 };
  expect(covered(rows, [between])).toMatchObject({ "i1 read": "violated 0/1", "i2 read": "not exercised 0/0" });
  const endless = { ...after, toFaultMs: null };
  expect(covered(rows, [endless])).toMatchObject({ "i2 read": "violated 0/0" });
  expect(covered(rows, [{ ...after, violates: false }])).toMatchObject({ "i1 read": "held 0/1" });
});
