import { expect, test } from "vitest";
import { Cutter } from "./cutter.ts";

const order = { sends: "COMMIT", lose: "reply", times: 2, everyMs: 100 } as const;
const seen = (chunks: readonly string[], sends: string = order.sends): readonly boolean[] => {
  const watch = new Cutter({ ...order, sends }).watch();
  return chunks.map((chunk) => watch.sees(Buffer.from(chunk)));
};

test("the moment is seen wherever its bytes lie, in capitals or small letters, and once for one chunk", () => {
  expect(seen(["x COMMIT y", "commit", "COMMI", "x"])).toEqual([true, true, false, false]);
  expect(seen(["a CO", "MM", "IT b", "COMMIT"])).toEqual([false, false, true, true]);
  // What was seen is not seen again in what follows.
  expect(seen(["COMMIT", "T", "IT"])).toEqual([true, false, false]);
  expect(seen(["ab", "xa", "b"], "B")).toEqual([true, false, true]);
  expect(seen(["gr\u00fc", "n"], "gr\u00fcn")).toEqual([false, true]);
});

test("each connection has a tail of its own", () => {
  const cutter = new Cutter(order);
  const [one, other] = [cutter.watch(), cutter.watch()];
  expect(one.sees(Buffer.from("COM"))).toBe(false);
  expect(other.sees(Buffer.from("MIT"))).toBe(false);
  expect(one.sees(Buffer.from("MIT"))).toBe(true);
});

test("it cuts so many times, so far apart, and counts every moment", () => {
  const cutter = new Cutter(order);
  expect([0, 50, 100, 200, 300].map((ms) => cutter.claim(ms))).toEqual([true, false, true, false, false]);
  cutter.done();
  expect(cutter.counts()).toEqual({ isArmed: true, cuts: 1, moments: 5 });
  cutter.done();
  expect(cutter.counts().cuts).toBe(2);
});

test("a connection that was over before it could be cut is not counted, and another one takes its turn", () => {
  const cutter = new Cutter({ ...order, times: 1 });
  expect(cutter.claim(0)).toBe(true);
  cutter.missed();
  expect(cutter.claim(1)).toBe(true);
  cutter.done();
  expect(cutter.claim(500)).toBe(false);
  expect(cutter.counts()).toEqual({ isArmed: true, cuts: 1, moments: 3 });
});

test("once disarmed it cuts nothing, and its moments are no longer counted", () => {
  const cutter = new Cutter(order);
  cutter.disarm();
  expect(cutter.claim(0)).toBe(false);
  expect(cutter.counts()).toEqual({ isArmed: false, cuts: 0, moments: 0 });
});
