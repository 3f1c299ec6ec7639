import { expect, it } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { ConnectionPeak } from "./connection-peak.ts";

function peakOf(atMost?: number) {
  const events: RunEvent[] = [];
  const limit = atMost === undefined ? {} : { atMost };
  const peak = new ConnectionPeak({ on: "api-1->db", seen: "proxy", ...limit }, 0, (event) => events.push(event));
  return { peak, most: () => events.map((event) => (event.type === "connections" ? event.open : undefined)), events };
}

it("emits what was open in two looks in a row, each time that it is more than ever before", () => {
  const { peak, most } = peakOf(12);
  for (const [index, open] of [3, 5, 5, 9, 4, 12, 12, 12, 60, 2].entries()) peak.look(500 * (index + 1), open);
  expect(most()).toStrictEqual([3, 5, 12]);
});

it("says of each how many there may be", () => {
  const { peak, events } = peakOf(12);
  peak.look(500, 13);
  peak.look(1000, 13);
  expect(events).toStrictEqual([
    { atMs: 1000, type: "connections", on: "api-1->db", seen: "proxy", open: 13, atMost: 12 },
  ]);
});

it("emits that there was none, too, so that a link that was seen is known", () => {
  const { peak, most } = peakOf();
  peak.look(500, 0);
  peak.look(1000, 0);
  expect(most()).toStrictEqual([0]);
});

it("takes a look that was shared for one look", () => {
  const { peak, most } = peakOf();
  for (const atMs of [500, 500, 500]) peak.look(atMs, 7);
  expect([most(), peak.watched(1000).looks]).toStrictEqual([[], 1]);
});

it("reports how often it looked, and each stretch of more than five seconds without a look", () => {
  const { peak } = peakOf(12);
  for (const atMs of [4000, 8900, 14_000, 14_500]) peak.look(atMs, 1);
  expect(peak.watched(21_000)).toStrictEqual({
    on: "api-1->db",
    seen: "proxy",
    atMost: 12,
    looks: 4,
    gaps: [
      { fromMs: 8900, toMs: 14_000 },
      { fromMs: 14_500, toMs: 21_000 },
    ],
  });
});

it("does not take two looks with a gap between them for two in a row", () => {
  const { peak, most } = peakOf();
  peak.look(500, 30);
  peak.look(6000, 30);
  peak.look(6500, 2);
  expect(most()).toStrictEqual([2]);
});

it("reports a link that was never looked at as one long gap", () => {
  const { peak } = peakOf();
  expect(peak.watched(20_000)).toMatchObject({ looks: 0, gaps: [{ fromMs: 0, toMs: 20_000 }] });
});
