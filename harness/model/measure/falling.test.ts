import { expect, test } from "vitest";
import { FallWatch } from "./falling.ts";

/** Reads what `value` gives, twice a second, until then. */
function watched(untilMs: number, value: (atMs: number) => number, everyMs = 500) {
  const watch = new FallWatch();
  for (let atMs = 0; atMs <= untilMs; atMs += everyMs) watch.add(atMs, { unsent: value(atMs) });
  return watch.gauges(untilMs, { unsent: 0 })[0]!;
}

test("what stays as it is does not fall, once it was watched for three seconds", () => {
  expect(watched(2500, () => 15).isFalling).toBe(true);
  expect(watched(10_000, () => 15)).toEqual({
    name: "unsent",
    steady: 0,
    now: 15,
    lowest: 15,
    unmovedMs: 10_000,
    isFalling: false,
  });
});

test("what falls all the time falls, and what has stopped does not", () => {
  const drains = (atMs: number) => Math.max(15, 1000 - atMs / 20);
  expect(watched(10_000, drains)).toMatchObject({ isFalling: true, now: 500, unmovedMs: 0 });
  expect(watched(25_000, drains)).toMatchObject({ isFalling: false, now: 15 });
});

test("what falls in steps is given twice its longest step", () => {
  const steps = (atMs: number) => 100 - 10 * Math.floor(Math.min(atMs, 12_000) / 4000);
  expect(watched(11_500, steps)).toMatchObject({ isFalling: true, now: 80 });
  expect(watched(19_500, steps)).toMatchObject({ isFalling: true, now: 70, unmovedMs: 7500 });
  expect(watched(20_500, steps)).toMatchObject({ isFalling: false });
});

test("a queue that fills up first and empties then falls, though it is longer than it was", () => {
  const queue = (atMs: number) => (atMs < 6000 ? atMs / 10 : 600 - (atMs - 6000) / 50);
  expect(watched(5500, queue)).toMatchObject({ isFalling: false });
  expect(watched(10_000, queue)).toMatchObject({ isFalling: true, now: 520 });
});

test("what rises does not fall, also where it varies on its way", () => {
  const rising = (atMs: number) => atMs / 10;
  expect(watched(10_000, rising)).toMatchObject({ isFalling: false, now: 1000 });
  expect(watched(10_000, (atMs) => rising(atMs) + (atMs % 1000 === 0 ? 80 : 0)).isFalling).toBe(false);
});

test("what goes up and down between the same values does not fall, and its lowest value is known", () => {
  const swings = (atMs: number) => (atMs % 2000 < 1000 ? 20 : 3);
  expect(watched(10_000, swings)).toMatchObject({ isFalling: false, lowest: 3 });
  expect(watched(10_000, (atMs) => swings(atMs) - atMs / 1000).isFalling).toBe(true);
});

test("readings far apart get the time of two, and one that is too old says nothing", () => {
  expect(watched(12_000, (atMs) => 100 - atMs / 1000, 4000)).toMatchObject({ isFalling: true, now: 88 });
  expect(watched(12_000, () => 15, 4000)).toMatchObject({ isFalling: false, now: 15 });
  const slow = new FallWatch();
  for (const atMs of [0, 4000, 8000]) slow.add(atMs, { unsent: 15 });
  expect(slow.gauges(11_900)).toMatchObject([{ now: 15, unmovedMs: 11_900 }]);
  const watch = new FallWatch();
  watch.add(0, { unsent: 15, queued: 3 });
  watch.add(500, { queued: 3 });
  expect(watch.gauges(3400)).toEqual([{ name: "queued", now: 3, lowest: 3, unmovedMs: 3400, isFalling: false }]);
  expect(watch.isFalling(600)).toBe(true);
  expect(new FallWatch().isFalling(0)).toBe(false);
});
