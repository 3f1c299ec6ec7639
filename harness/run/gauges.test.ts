import { expect, test } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { readUntilShrunk } from "./gauges.ts";

const gauges = (when: "steady" | "rest", connections: number): RunEvent => ({
  atMs: 0,
  type: "gauges",
  when,
  values: { connections },
});
const steady = [gauges("steady", 10)];

/** Gives one reading after the other, and then the last one again and again. */
function reader(...events: readonly RunEvent[]) {
  let read = 0;
  return {
    get count() {
      return read;
    },
    read: () => {
      read += 1;
      return Promise.resolve(events[Math.min(read, events.length) - 1]!);
    },
  };
}

test("what has not grown is read once", async () => {
  const one = reader(gauges("rest", 13));
  expect(await readUntilShrunk(steady, one.read)).toEqual(gauges("rest", 13));
  expect(one.count).toBe(1);
});

test("what has grown is read again until it has shrunk", async () => {
  const one = reader(gauges("rest", 40), gauges("rest", 14), gauges("rest", 9));
  expect(await readUntilShrunk(steady, one.read)).toEqual(gauges("rest", 9));
});

test("what does not shrink is told as it is", async () => {
  expect(await readUntilShrunk(steady, reader(gauges("rest", 40)).read, 0)).toEqual(gauges("rest", 40));
});

test("without a reading of the steady phase, or of now, there is nothing to wait for", async () => {
  expect(await readUntilShrunk([], reader(gauges("rest", 40)).read)).toEqual(gauges("rest", 40));
  const note: RunEvent = { atMs: 0, type: "note", text: "the gauges could not be read" };
  expect(await readUntilShrunk(steady, reader(note).read)).toEqual(note);
});
