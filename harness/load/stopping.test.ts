import { describe, expect, it } from "vitest";
import { outcomes } from "../model/history.ts";
import { milliseconds } from "../model/units.ts";
import { expectConserved, expectNothingLeft, openConnections } from "./testing/conserved.ts";
import {
  MemorySink,
  many,
  now,
  operation,
  refusing,
  serving,
  servingApart,
  thrownBy,
  tried,
  until,
} from "./testing/rig.ts";

expectNothingLeft();

describe("a load that ends early", { timeout: 60_000 }, () => {
  it.runIf(process.platform === "linux")("leaves no connection that is still being made", async () => {
    // The kernel completes a few connections for a stopped server, and leaves the others unanswered.
    await using server = await servingApart("--backlog", "1");
    server.child.kill("SIGSTOP");
    const stop = new AbortController();
    const trial = { targets: [server.address], arrivals: many(20, 1), signal: stop.signal };
    const expiring = await tried({ ...trial, operations: { any: operation("/", { deadline: milliseconds(300) }) } });
    const stopped = await tried({
      ...trial,
      operations: { any: operation("/", { deadline: milliseconds(60_000) }) },
      onProgress: ({ due }) => {
        if (due === 20) stop.abort();
      },
    });
    expect(openConnections()).toEqual([]);
    for (const { sink, report } of [expiring, stopped]) {
      expectConserved(sink, report, 20);
      expect(sink.outcomesSeen()).toContain("failed");
    }
    expect(expiring.sink.errors).toContain("expired before the wire");
    expect(stopped.sink.errors).toContain("the run was stopped before the wire");
  });

  it("when it is stopped, settles what is in flight and does not count what was not due", async () => {
    let silent = 0;
    await using server = await serving((request, response) => {
      if (request.url === "/ok") response.end();
      else silent += 1;
    });
    const stop = new AbortController();
    const path = ({ id }: { id: number }) => ({ method: "GET" as const, path: id < 10 ? "/ok" : "/silent" });
    const { sink, report } = await tried({
      operations: { any: operation("/", { request: path, deadline: milliseconds(30_000) }) },
      targets: [server.address],
      arrivals: many(10_000, 5),
      connections: 8,
      signal: stop.signal,
      onProgress: ({ due }) => {
        if (due > 30 && silent >= 8) stop.abort();
      },
    });
    expectConserved(sink, report, report.planned);
    expect(report.planned).toBeGreaterThan(30);
    expect(report.planned).toBeLessThan(10_000);
    expect(sink.endOf(0)).toBe("ok");
    expect(sink.endOf(10)).toBe("unknown the run was stopped before its answer");
    expect(sink.endOf(report.planned - 1)).toBe("failed the run was stopped before the wire");
    expect(sink.records.filter(({ outcome }) => outcomes[outcome] === "unknown")).toHaveLength(8);
    await until(() => server.connections() === 0);
  });

  it("stopped before it started, does nothing", async () => {
    const stopped = { operations: { any: operation("/") }, targets: [await refusing()], signal: AbortSignal.abort() };
    const { sink, report } = await tried({ ...stopped, startMs: now() + 60_000 });
    expectConserved(sink, report, 0);
  });

  it("stops cleanly when the history cannot be written", async () => {
    await using server = await serving((_, response) => response.end());
    for (const method of ["append", "flush"] as const) {
      const sink = new MemorySink();
      let calls = 0;
      sink[method] = () => {
        calls += 1;
        if (calls > 1) throw new Error(`the disk is full: ${method}`);
      };
      const trial = { operations: { any: operation("/") }, targets: [server.address], arrivals: many(5000, 1) };
      expect(String(await thrownBy({ ...trial, writer: sink }))).toContain(`the disk is full: ${method}`);
      expect(calls).toBe(2);
      await until(() => server.connections() === 0);
    }
  });

  it("goes on when the screen fails", async () => {
    await using server = await serving((_, response) => response.end());
    const { sink, report } = await tried({
      operations: { any: operation("/") },
      targets: [server.address],
      arrivals: many(20, 1),
      onProgress: () => {
        throw new Error("the terminal is gone");
      },
    });
    expectConserved(sink, report, 20);
  });
});
