import { describe, expect, it } from "vitest";
import { type Outcome, outcomes } from "../model/history.ts";
import { type ChartSize, chartSizes } from "./chart-frame.ts";
import { type LineName, pointFloors } from "./series.ts";
import { barsOf, type Chart, chartOf, durationsOf, linePoints, stretchesOf } from "./testing/chart-reading.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { scriptless } from "./testing/skeleton.ts";

// What the drawings say, read back through their own axes, compared with the history.

const run = sampleRun({ verdict: "fail" });
const history = run.history!;
const page = scriptless(run);
const rows = Array.from({ length: history.count }, (_, row) => ({
  dueMs: history.intendedMs[row]!,
  tookMs: history.endMs[row]! - history.intendedMs[row]!,
  outcome: outcomes[history.outcome[row]!]!,
}));
const quantiles: Readonly<Record<LineName, number>> = { p50: 0.5, p95: 0.95, p99: 0.99, max: 1 };

/** As far as a place in a drawing tells its time: it, and the ticks beside it, are rounded to a tenth of a pixel. */
const slackMs = ({ msPerPx }: Chart): number => 0.15 * msPerPx;

describe.each(chartSizes.map((size): [string, ChartSize] => [size.name, size]))("the %s charts", (name) => {
  const latency = chartOf(page, `latency-${name}`);

  it.each(Object.keys(quantiles) as LineName[])("draw each point of %s where the history has it", (line) => {
    const points = linePoints(latency, line);
    expect(points.length).toBeGreaterThan(name === "wide" ? 10 : 5);
    for (const { fromMs, toMs, y } of points) {
      const slack = slackMs(latency);
      const due = (late: number) =>
        rows.filter(({ dueMs, outcome }) => outcome === "ok" && dueMs >= fromMs - late && dueMs < toMs + late);
      // Which operations at the very edge belong to it the drawing does not tell: the rank may be off by so many.
      const [inner, outer] = [due(-slack), due(slack)];
      const unsure = outer.length - inner.length;
      expect(outer.length).toBeGreaterThanOrEqual(pointFloors[line]);
      const times = outer.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
      const rank = Math.ceil(quantiles[line] * times.length) - 1;
      const [least, most] = [times[Math.max(0, rank - unsure)]!, times[Math.min(times.length - 1, rank + unsure)]!];
      // The drawing's rounding, and 0.1 % for the histogram's.
      expect(y).toBeLessThanOrEqual(latency.yOf(least * 0.999) + 0.15);
      expect(y).toBeGreaterThanOrEqual(latency.yOf(most * 1.001) - 0.15);
    }
  });

  it("draw every operation once, by its outcome, at the time at which it was due", () => {
    const chart = chartOf(page, `outcomes-${name}`);
    const [, bar = ""] = /Stacked bars of ([^:]+):/.exec(chart.svg) ?? [];
    const barMs = durationsOf(bar)[0]!;
    const { fromMs } = run.record.phases.warmUp!;
    const drawn = new Map<Outcome, number>();
    for (const outcome of outcomes) {
      for (const { atMs, height } of barsOf(chart, outcome)) {
        const from = fromMs + Math.round((atMs - fromMs) / barMs) * barMs;
        expect(Math.abs(from - atMs)).toBeLessThanOrEqual(slackMs(chart));
        const isDue = rows.filter((row) => row.outcome === outcome && row.dueMs >= from && row.dueMs < from + barMs);
        const lengthMs = Math.min(barMs, run.record.phases.recovery!.toMs - from);
        expect((chart.perPx * height * lengthMs) / 1000).toBeCloseTo(isDue.length, 0);
        drawn.set(outcome, (drawn.get(outcome) ?? 0) + isDue.length);
      }
    }
    for (const outcome of outcomes) {
      expect(drawn.get(outcome) ?? 0, outcome).toBe(rows.filter((row) => row.outcome === outcome).length);
    }
  });

  it("draw each fault from when it was proven to when its heal was, and above that what was requested", () => {
    const chart = chartOf(page, `lanes-${name}`);
    const receipts = run.events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
    const slack = 2 * slackMs(chart);
    for (const [kind, from, to] of [
      ["proven", "provenMs", "healProvenMs"],
      ["requested", "requestedMs", "healRequestedMs"],
    ] as const) {
      const stretches = stretchesOf(chart, kind);
      expect(stretches).toHaveLength(receipts.length);
      for (const [index, { fromMs, toMs }] of stretches.entries()) {
        expect(Math.abs(fromMs - receipts[index]![from]!)).toBeLessThanOrEqual(slack);
        expect(Math.abs(toMs - receipts[index]![to]!)).toBeLessThanOrEqual(slack);
      }
    }
  });

  it.each(["latency", "outcomes", "lanes"])("of %s shade the fault where it was proven to act", (chart) => {
    const drawing = chartOf(page, `${chart}-${name}`);
    const receipts = run.events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
    const { fromMs, toMs } = stretchesOf(drawing, "shade").at(-1)!;
    expect(Math.abs(fromMs - Math.min(...receipts.map(({ provenMs }) => provenMs!)))).toBeLessThanOrEqual(
      2 * slackMs(drawing),
    );
    expect(Math.abs(toMs - Math.max(...receipts.map(({ healProvenMs }) => healProvenMs!)))).toBeLessThanOrEqual(
      2 * slackMs(drawing),
    );
  });
});
