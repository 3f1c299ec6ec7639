import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { expectNothingLeft } from "./testing/conserved.ts";
import { many, now, operation, servingApart, tried } from "./testing/rig.ts";

expectNothingLeft();

it.each([60, 120, 250])("a stall of %i ms of the generator is always flagged", async (stallMs) => {
  await using server = await servingApart();
  const stalls: number[] = [];
  const stall = (): void => {
    const fromMs = now();
    while (now() < fromMs + stallMs);
    stalls.push(fromMs);
  };
  const timers = [300, 900, 1700, 2333].map((ms) => setTimeout(stall, ms));
  const { report } = await tried({
    operations: { any: operation("/") },
    targets: [server.address],
    arrivals: many(700, 4),
  });
  timers.forEach(clearTimeout);
  expect(stalls).toHaveLength(4);
  const flags = stalls.map((fromMs) =>
    report.tainted.some((window) => window.fromMs <= fromMs + stallMs && fromMs < window.toMs),
  );
  expect(flags).toEqual([true, true, true, true]);
  expect(report.lagMaxMs).toBeGreaterThan(stallMs - 5);
});

it("a stall is flagged also when nothing is due in it", async () => {
  await using server = await servingApart();
  const stalled = { ms: Number.NaN };
  const timer = setTimeout(() => {
    stalled.ms = now();
    while (now() < stalled.ms + 80);
  }, 250);
  const arrivals = { ...many(2, 0), dueMs: Float64Array.of(0, 1000) };
  const { report } = await tried({ operations: { any: operation("/") }, targets: [server.address], arrivals });
  clearTimeout(timer);
  const flag = report.tainted.find(({ fromMs, toMs }) => fromMs <= stalled.ms && stalled.ms < toMs);
  expect(flag?.reason).toMatch(/did not run for/);
});

it("in 20 quiet runs, nothing is flagged that did not happen", async () => {
  await using server = await servingApart();
  const operations = { any: operation("/") };
  const targets = [server.address];
  // The first connections and the first turns of the loop are no quiet run.
  await tried({ operations, targets, arrivals: many(300, 2) });
  for (let run = 0; run < 20; run += 1) {
    // Node's own measure of how late its event loop is: another clockwork than the one that is on trial.
    const witness = monitorEventLoopDelay({ resolution: 1 });
    witness.enable();
    // It measures from one turn of the loop to the next: it must have seen one before, and see one after.
    await sleep(5);
    const { report } = await tried({ operations, targets, arrivals: many(100, 4) });
    await sleep(5);
    witness.disable();
    const witnessedMs = witness.max / 1e6;
    if (report.tainted.length > 0) expect(witnessedMs).toBeGreaterThan(0.5 * report.lagMaxMs);
    if (witnessedMs < 4) expect(report.tainted).toEqual([]);
  }
});
