import { expect, test } from "vitest";
import { historyOf, outcomeCode } from "../model/history.ts";
import { bandsOf, heatOf, tookBands } from "./heat.ts";
import { sampleRun } from "./testing/sample-run.ts";

const history = sampleRun({ verdict: "fail" }).history!;
const span = { fromMs: 2400, toMs: 28_400 };
const rows = Array.from({ length: history.count }, (_, row) => row);
const tookMs = (row: number): number => history.endMs[row]! - history.intendedMs[row]!;
const isOk = (row: number): boolean => history.outcome[row] === outcomeCode("ok");

test("each ok operation is in the one cell of its time and its response time, and no other is anywhere", () => {
  const cells = heatOf(history, span);
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(rows.filter(isOk).length);
  for (const { fromMs, toMs, fromTookMs, toTookMs, count } of cells) {
    const inside = rows.filter(
      (row) =>
        isOk(row) &&
        history.intendedMs[row]! >= fromMs &&
        history.intendedMs[row]! < toMs &&
        tookMs(row) >= fromTookMs &&
        tookMs(row) < toTookMs,
    );
    // A response time right at an edge may fall to either side by rounding.
    expect(Math.abs(inside.length - count)).toBeLessThanOrEqual(1);
    expect(count).toBeGreaterThan(0);
  }
  expect(new Set(cells.map(({ fromMs }) => fromMs)).size).toBeLessThanOrEqual(72);
});

test("by bands, the rows of a table add up to the ok operations that were due in each", () => {
  const stretches = Array.from({ length: 13 }, (_, index) => ({
    fromMs: 2400 + index * 2000,
    toMs: 4400 + index * 2000,
  }));
  const counts = bandsOf(history, stretches);
  for (const [index, { fromMs, toMs }] of stretches.entries()) {
    const due = rows.filter(
      (row) => isOk(row) && history.intendedMs[row]! >= fromMs && history.intendedMs[row]! < toMs,
    );
    let from = 0;
    expect(counts[index]).toEqual(
      tookBands.map((band) => {
        const inBand = due.filter((row) => tookMs(row) >= from && tookMs(row) < band.toMs).length;
        from = band.toMs;
        return inBand;
      }),
    );
  }
});

test("nothing, and a clock that stood still, have no cell that is not a number", () => {
  expect(heatOf(historyOf(0), span)).toEqual([]);
  expect(bandsOf(historyOf(0), [])).toEqual([]);
  const still = historyOf(1);
  still.intendedMs[0] = 3000;
  still.endMs[0] = 3000;
  const [cell] = heatOf(still, span);
  expect(cell?.count).toBe(1);
  expect(Object.values(cell!).every(Number.isFinite)).toBe(true);
});
