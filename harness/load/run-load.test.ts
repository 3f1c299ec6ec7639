import { describe, expect, it } from "vitest";
import { FaultlineError } from "../model/errors.ts";
import { milliseconds } from "../model/units.ts";
import { expectConserved, expectNothingLeft } from "./testing/conserved.ts";
import { arrivalsOf, MemorySink, many, operation, serving, thrownBy, tried } from "./testing/rig.ts";

expectNothingLeft();

describe("a load", { timeout: 60_000 }, () => {
  it("hands the plan's draw to the workload, and records what it says", async () => {
    const seen: unknown[] = [];
    await using server = await serving((request, response) => {
      request
        .setEncoding("utf8")
        .on("data", (body) => response.end(`${request.method} ${String(request.headers["x-a"])} ${body}`));
    });
    const read = operation("/", {
      effect: "read",
      request: (draw) => {
        seen.push(draw);
        return { method: "POST", path: "/", headers: { "x-a": "b" }, body: draw.token };
      },
      judge: ({ body }, draw) => ({ outcome: body === `POST b run-${draw.id}` ? "ok" : "wrong", version: 8, value: 3 }),
    });
    const write = operation("/", { ...read, effect: "write" });
    const trial = { operations: { read, write }, targets: [server.address], runToken: "run" };
    const { sink, startMs } = await tried(trial);
    expect(seen).toEqual([
      { id: 0, key: 0, session: 0, token: "run-0" },
      { id: 1, key: 1, session: 1, token: "run-1" },
    ]);
    const [first, second] = sink.records.sort((left, right) => left.id - right.id);
    expect(first).toMatchObject({ operation: 0, outcome: 0, version: 8, value: 3, intendedMs: startMs, phase: 1 });
    expect(second).toMatchObject({ operation: 1, outcome: 0, version: 8, value: 1, intendedMs: startMs + 5 });
  });

  it("sends each session to one instance", async () => {
    const seen: string[][] = [[], []];
    const record = (index: number) =>
      serving((request, response) => {
        seen[index]!.push(request.url ?? "");
        response.end();
      });
    await using even = await record(0);
    await using odd = await record(1);
    const bySession = operation("/", { request: ({ session }) => ({ method: "GET", path: `/${session}` }) });
    const { sink } = await tried({
      operations: { bySession },
      targets: [even.address, odd.address],
      arrivals: many(40, 1),
    });
    expect(seen.map((paths) => [...new Set(paths)].sort())).toEqual([
      ["/0", "/2"],
      ["/1", "/3"],
    ]);
    expect(sink.records.every(({ session, target }) => session % 2 === target)).toBe(true);
  });

  it("counts what it has no room for as its own fault", async () => {
    await using server = await serving(() => undefined);
    const { sink, report } = await tried({
      operations: { any: operation("/", { deadline: milliseconds(200) }) },
      targets: [server.address],
      arrivals: many(100, 0),
      perSecond: 50,
    });
    expectConserved(sink, report, 100);
    // 50 per second × 0.2 s = 10 in flight, and four standard deviations.
    expect(report.overflow).toBe(100 - 23);
    expect(report.tainted[0]?.reason).toContain("77 of 100 operations found the generator full");
    expect(sink.outcomesSeen()).toContain("overflow");
  });

  it("stops with an error that names the operation whose request cannot be made", async () => {
    await using server = await serving((_, response) => response.end());
    const sink = new MemorySink();
    const throws = operation("/", {
      request: () => {
        throw new TypeError("no such product");
      },
    });
    const trial = { targets: [server.address], arrivals: arrivalsOf([0, 0, 1, 0, 0], 20), writer: sink };
    const thrown = await thrownBy({ ...trial, operations: { fine: operation("/"), throws } });
    expect(thrown).toBeInstanceOf(FaultlineError);
    expect(thrown).toMatchObject({ code: "WORKLOAD_THREW", exit: 64 });
    expect(String(thrown)).toContain("workload.operations.throws.request");
    expect(String(thrown)).toContain("no such product");
    expect(sink.endOf(2)).toBe("failed no such product");
    expect(sink.flushes).toBeGreaterThan(0);
  });

  it("opens few connections at once, so that those which are open are used again before there are more", async () => {
    const sockets = new Set<number | undefined>();
    await using server = await serving((request, response) => {
      sockets.add(request.socket.remotePort);
      response.end();
    });
    const { sink } = await tried({
      operations: { any: operation("/") },
      targets: [server.address],
      arrivals: many(400, 0),
    });
    expect(sink.outcomesSeen()).toEqual(["ok"]);
    // All at once they would be 400, one for each.
    expect(sockets.size).toBeLessThan(320);
  });
});
