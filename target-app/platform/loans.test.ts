import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { watchLoans } from "./loans.ts";

it("counts what is lent, and what has been for longer than work may take", () => {
  const pool = new EventEmitter();
  let nowMs = 0;
  const loans = watchLoans(pool, 500, () => nowMs);
  const [quick, slow, kept] = [{}, {}, {}];
  const seen = () => [loans.lent(), loans.overdue()];
  for (const client of [quick, slow, kept]) pool.emit("acquire", client);
  expect(seen()).toEqual([3, 0]);
  pool.emit("release", undefined, quick);
  nowMs = 500;
  expect(seen()).toEqual([2, 0]);
  nowMs = 501;
  expect(seen()).toEqual([2, 2]);
  // One that failed comes back, too.
  pool.emit("release", new Error("silent"), slow);
  expect(seen()).toEqual([1, 1]);
});

it("counts from when it was lent last", () => {
  const pool = new EventEmitter();
  let nowMs = 0;
  const loans = watchLoans(pool, 500, () => nowMs);
  const client = {};
  for (const atMs of [0, 400, 800]) {
    nowMs = atMs;
    pool.emit("acquire", client);
    expect(loans.overdue()).toBe(0);
    nowMs += 300;
    expect([loans.lent(), loans.overdue()]).toEqual([1, 0]);
    pool.emit("release", undefined, client);
    expect(loans.lent()).toBe(0);
  }
});
