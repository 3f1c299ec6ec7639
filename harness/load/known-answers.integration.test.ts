import { describe, expect, it } from "vitest";
import { outcomeCode, outcomes } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import { milliseconds } from "../model/units.ts";
import { expectConserved, expectNothingLeft } from "./testing/conserved.ts";
import { many, now, operation, servingApart, tried } from "./testing/rig.ts";

// Where the truth is known from another side: the server keeps a journal, in a process and on a clock of its own. What is
// compared is what really happened, so a loaded machine changes both sides alike. Whatever the generator confesses as its
// own lag may be missing, and no more.

expectNothingLeft();
const each = operation("/", {
  deadline: milliseconds(20_000),
  request: ({ id }) => ({ method: "GET", path: `/${id}` }),
});
const okCode = outcomeCode("ok");

describe("a freeze of 1 s of an instant server", () => {
  it.each([250, 1000])("at %i/s is measured within a hundredth of the truth", async (perSecond) => {
    await using server = await servingApart("--freeze-ms", "1000");
    let asked: Promise<string> | undefined;
    const { sink, report } = await tried({
      operations: { each },
      targets: [server.address],
      arrivals: many(4 * perSecond, 1000 / perSecond),
      perSecond,
      onProgress: ({ due }) => {
        if (due > perSecond) asked ??= server.ask("freeze");
      },
    });
    await asked;
    expectConserved(sink, report, 4 * perSecond);
    expect(sink.outcomesSeen()).toEqual(["ok"]);
    const { arrivedMs, answeredMs, frozen } = await server.journal();
    expect(frozen).toHaveLength(1);
    const [fromMs, toMs] = frozen[0]!;
    const [measured, truth, model] = [new Histogram(), new Histogram(), new Histogram()];
    for (const { id, intendedMs, endMs } of sink.records) {
      measured.record(endMs - intendedMs);
      truth.record(Math.max(0, answeredMs[id]! - intendedMs));
      // The queue model: what is due in the freeze waits for its end, everything else for nothing.
      model.record(intendedMs >= fromMs && intendedMs <= toMs ? toMs - intendedMs : 0);
      expect(endMs).toBeGreaterThan(arrivedMs[id]!);
    }
    // The longest is the first that was due in the freeze: it takes no time of the server's but the freeze itself.
    expect(measured.maxMs).toBeGreaterThan(0.99 * (toMs - fromMs) - 1000 / perSecond);
    // A closed loop would have asked only a few times in that second, and its p99 would know of no freeze.
    expect(model.percentile(0.99)).toBeGreaterThan(900);
    expect(measured.percentile(0.99)).toBeGreaterThan(0.99 * model.percentile(0.99));
    for (const q of [0.9, 0.99, 1]) {
      const trueMs = truth.percentile(q);
      expect(Math.abs(measured.percentile(q) - trueMs)).toBeLessThan(0.01 * trueMs + report.lagMaxMs);
    }
  });
});

describe("a server that takes 100 ms", () => {
  it.each([50, 500, 1500])("at %i/s has a p50 within 2 ms of the truth", async (perSecond) => {
    await using server = await servingApart("--delay-ms", "100");
    const count = 2 * perSecond;
    const { sink, report } = await tried({
      operations: { each },
      targets: [server.address],
      arrivals: many(count, 1000 / perSecond),
      perSecond,
    });
    expectConserved(sink, report, count);
    expect(sink.outcomesSeen()).toEqual(["ok"]);
    const { arrivedMs, answeredMs } = await server.journal();
    const [own, service, trueService, response, trueResponse] = Array.from({ length: 5 }, () => new Histogram());
    for (const { id, intendedMs, wireMs, endMs } of sink.records) {
      own!.record(answeredMs[id]! - arrivedMs[id]!);
      service!.record(endMs - wireMs);
      trueService!.record(answeredMs[id]! - wireMs);
      response!.record(endMs - intendedMs);
      trueResponse!.record(answeredMs[id]! - intendedMs);
    }
    expect(own!.percentile(0.5)).toBeGreaterThan(98);
    // Where the generator takes things up late, it also reads late.
    const allowedMs = 2 + 2 * report.lagP50Ms;
    expect(Math.abs(service!.percentile(0.5) - trueService!.percentile(0.5))).toBeLessThan(allowedMs);
    expect(Math.abs(response!.percentile(0.5) - trueResponse!.percentile(0.5))).toBeLessThan(allowedMs);
  });
});

describe("a server that is killed and comes back after a second", () => {
  it("fails from the kill to its return, and no longer", async () => {
    const perSecond = 500;
    await using server = await servingApart();
    const { port } = server.address;
    const killed = { ms: Number.NaN };
    let returned: Promise<{ backMs: number; end(): Promise<void> }> | undefined;
    const { sink, report } = await tried({
      operations: { each },
      targets: [server.address],
      arrivals: many(6 * perSecond, 1000 / perSecond),
      perSecond,
      onProgress: ({ due }) => {
        if (due <= perSecond || returned !== undefined) return;
        server.child.kill("SIGKILL");
        killed.ms = now();
        returned = respawned(port);
      },
    });
    const successor = await returned!;
    const { backMs } = successor;
    await successor.end();
    expectConserved(sink, report, 6 * perSecond);
    const slackMs = 50 + report.lagMaxMs;
    const bad = sink.records.filter(({ outcome }) => outcome !== okCode);
    expect([...new Set(bad.map(({ outcome }) => outcomes[outcome]))].filter((one) => one === "wrong")).toEqual([]);
    // The first failure: at the kill.
    const firstMs = Math.min(...bad.map(({ endMs }) => endMs));
    expect(firstMs).toBeGreaterThan(killed.ms - slackMs);
    expect(firstMs).toBeLessThan(killed.ms + slackMs);
    // Recovery: every operation that was due after the return is ok, and none before it since the kill.
    const lastMs = Math.max(...bad.map(({ intendedMs }) => intendedMs));
    expect(lastMs).toBeLessThan(backMs + slackMs);
    const early = sink.records.filter(({ outcome, endMs }) => outcome === okCode && endMs > killed.ms + slackMs);
    expect(Math.min(...early.map(({ endMs }) => endMs))).toBeGreaterThan(backMs - slackMs);
    // Amplification: as many failed as were due while it was away (1 is unprotected, above 1 outlives the fault).
    const dueMeanwhile = sink.records.filter(({ intendedMs }) => intendedMs > killed.ms && intendedMs < backMs).length;
    const amplification = bad.length / dueMeanwhile;
    expect(Math.abs(amplification - 1)).toBeLessThan(0.03 + (slackMs * perSecond) / 1000 / dueMeanwhile);
  });
});

/** The same server again after a second, on the same port. @returns when it listened */
async function respawned(port: number): Promise<{ backMs: number; end(): Promise<void> }> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const server = await servingApart("--port", String(port));
  return { backMs: now(), end: async () => server[Symbol.asyncDispose]() };
}
