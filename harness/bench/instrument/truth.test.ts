import { expect, test } from "vitest";
import { historyOf, outcomeCode } from "../../model/history.ts";
import { measuredOutage, modelP99Ms, p99sOf, parseJournal, trueOutage } from "./truth.ts";

const journalOf = (...lines: readonly string[]) => parseJournal(lines.map((line) => `${line}\n`).join(""));

/** Operation `id` was due at 10 × id; what each became, its dispatch and its end. */
function history(rows: readonly (readonly ["ok" | "failed" | "unknown", number, number])[]) {
  const all = historyOf(rows.length);
  for (const [id, [outcome, dispatchedMs, endMs]] of rows.entries()) {
    all.id[id] = id;
    all.intendedMs[id] = 10 * id;
    all.outcome[id] = outcomeCode(outcome);
    all.dispatchedMs[id] = dispatchedMs;
    all.endMs[id] = endMs;
  }
  return all;
}

test("a journal tells what it says, up to its last whole line", () => {
  const journal = parseJournal("up 1.5\nanswered 2 7\nfrozen 3 4\nup 9\nanswered 10");
  expect(journal).toEqual({ upMs: [1.5, 9], frozen: [[3, 4]], answeredMs: new Map([["7", 2]]) });
});

test("a freeze of a second shows in the p99 as the queue model has it", () => {
  // 10,000 operations, of which 500 wait for 1000 to 0 ms: the hundred longest are those above 800 ms.
  const times = { startMs: 0, perSecond: 500, seconds: 20 };
  expect(modelP99Ms(journalOf("frozen 8000 9000"), times)).toBeCloseTo(803, -1);
  expect(modelP99Ms(journalOf("up 0"), times)).toBeCloseTo(1, 2);
});

test("the same operations, by history and by journal", () => {
  const journal = journalOf("answered 5 0", "answered 60 1", "answered 25 2");
  const rows = [
    ["ok", 0, 6],
    ["ok", 10, 61],
    ["ok", 20, 26],
  ] as const;
  const { measuredMs, trueMs } = p99sOf(history(rows), journal);
  expect(measuredMs).toBeCloseTo(51, 0);
  expect(trueMs).toBeCloseTo(50, 0);
  expect(p99sOf(history([["failed", Number.NaN, 1]]), journal).measuredMs).toBe(Number.POSITIVE_INFINITY);
});

test("an outage by history: what failed, when it was over, and what was acknowledged and is gone", () => {
  const rows = [
    ["ok", 0, 2],
    ["ok", 10, 16],
    ["unknown", 14, 20],
    ["failed", 30, 31],
    ["ok", 45, 47],
    ["ok", 50, 52],
  ] as const;
  expect(measuredOutage(history(rows), 15, new Set(["4", "5"]))).toEqual({ failed: 2, recoveryMs: 32, lost: 2 });
});

test("an outage by journal", () => {
  const journal = journalOf("up 0", "answered 1 0", "answered 11 1", "up 40", "answered 46 4", "answered 51 5");
  expect(trueOutage(journal, 15, new Set(["4", "5"]), 6)).toEqual({ failed: 2, recoveryMs: 31, lost: 2 });
});
