import { expect, test } from "vitest";
import type { Evidence } from "../check.ts";
import type { Receipt } from "../fault.ts";
import { historyOf } from "../history.ts";
import { crossingsOf } from "./crossings.ts";

/** Operations on the wire from and to, each sent to an entry instance. */
function crossed(on: string, operations: readonly [wireMs: number, endMs: number, target: number][], proven = true) {
  const history = historyOf(operations.length);
  for (const [row, [wireMs, endMs, target]] of operations.entries()) {
    history.wireMs[row] = wireMs;
    history.endMs[row] = endMs;
    history.target[row] = target;
  }
  const receipt: Receipt = { injection: "i1", on, requestedMs: 90, healRequestedMs: 200, before: {} };
  const receipts = [proven ? { ...receipt, provenMs: 100 } : receipt];
  return crossingsOf({ history, receipts, entry: ["api-1", "api-2"] } as unknown as Evidence)[0]?.operations;
}

test("what was on the wire while the fault was proven to act crossed it", () => {
  const operations: [number, number, number][] = [
    [80, 99, 0],
    [80, 101, 0],
    [150, 160, 0],
    [199, 400, 0],
    [201, 210, 0],
    [Number.NaN, 150, 0],
  ];
  expect(crossed("api-1->cache", operations)).toBe(3);
  expect(crossed("api-1->cache", operations, false)).toBe(0);
});

test("on a link of one entry instance, only what was sent to it", () => {
  const operations: [number, number, number][] = [
    [150, 160, 0],
    [150, 160, 1],
    [150, 160, 1],
  ];
  expect(crossed("api-1->cache", operations)).toBe(1);
  expect(crossed("clients->api-2", operations)).toBe(2);
  expect(crossed("api-2", operations)).toBe(2);
});

test("behind the entry all may have", () => {
  expect(
    crossed("worker-1->queue", [
      [150, 160, 0],
      [150, 160, 1],
    ]),
  ).toBe(2);
  expect(
    crossed("cache", [
      [150, 160, 0],
      [150, 160, 1],
    ]),
  ).toBe(2);
});
