import { describe, expect, it } from "vitest";
import { milliseconds } from "../model/units.ts";
import type { Draw, HttpRequest, Judgement } from "../model/workload.ts";
import { expectConserved, expectNothingLeft } from "./testing/conserved.ts";
import { arrivalsOf, many, now, operation, refusing, serving, tried } from "./testing/rig.ts";

expectNothingLeft();

describe("what became of an operation", { timeout: 60_000 }, () => {
  it("tells apart what an answer, a broken connection and silence mean", async () => {
    await using server = await serving((request, response) => {
      const answer: Record<string, () => void> = {
        "/ok": () => response.end("fine"),
        "/busy": () => response.writeHead(503).end("busy"),
        "/long": () => response.end("x".repeat(1024 * 1024 + 1)),
        "/limit": () => response.end("x".repeat(1024 * 1024)),
        "/moved": () => response.writeHead(302, { location: "/ok" }).end(),
        "/fin": () => request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        "/rst": () => request.socket.resetAndDestroy(),
        "/silent": () => undefined,
        "/late": () => setTimeout(() => response.end("late"), 6000),
      };
      answer[request.url ?? ""]?.();
    });
    const soon = { deadline: milliseconds(5000) };
    const throws = (): Judgement => {
      throw new Error("no JSON");
    };
    const operations = {
      ok: operation("/ok"),
      busy: operation("/busy"),
      long: operation("/long", { deadline: milliseconds(10_000) }),
      limit: operation("/limit", { deadline: milliseconds(10_000) }),
      moved: operation("/moved"),
      fin: operation("/fin"),
      rst: operation("/rst"),
      silent: operation("/silent", soon),
      late: operation("/late", soon),
      throws: operation("/ok", { judge: throws }),
      breach: operation("/ok", { judge: () => ({ outcome: "wrong", detail: "price of another product" }) }),
      nonsense: operation("/ok", { judge: () => ({ outcome: "unknown" }) as unknown as Judgement }),
      badValue: operation("/ok", { judge: () => ({ outcome: "ok", value: 1.5 }) }),
    };
    const { sink, report } = await tried({ operations, targets: [server.address] });
    expectConserved(sink, report, 13);
    const names = Object.keys(operations);
    expect(Object.fromEntries(names.map((name, id) => [name, sink.endOf(id)]))).toEqual({
      ok: "ok",
      busy: "rejected",
      long: "wrong a body of more than 1048576 bytes",
      limit: "ok",
      moved: "rejected",
      fin: expect.stringMatching(/^unknown ./),
      rst: expect.stringMatching(/^unknown .*ECONNRESET/),
      silent: "unknown no answer within the deadline",
      late: "unknown no answer within the deadline",
      throws: "wrong its judge threw: no JSON",
      breach: "wrong price of another product",
      nonsense: "wrong its judge said unknown",
      badValue: "wrong its judge gave the value 1.5",
    });
  });

  it.each([1, 100])(
    "counts what was refused as failed: it never was on the wire (connections: %i)",
    async (connections) => {
      const { sink, report, startMs } = await tried({
        operations: { any: operation("/") },
        targets: [await refusing()],
        arrivals: many(50, 0),
        connections,
      });
      expectConserved(sink, report, 50);
      expect(sink.outcomesSeen()).toEqual(["failed"]);
      expect(sink.endOf(0)).toMatch(/^failed connect ECONNREFUSED/);
      expect(sink.records.every(({ wireMs }) => Number.isNaN(wireMs))).toBe(true);
      // Those that wait for their turn to open a connection get it as soon as another is refused.
      expect(Math.max(...sink.records.map(({ endMs }) => endMs)) - startMs).toBeLessThan(10_000);
    },
  );

  it("at the deadline, frees the connection and fails what never was on the wire", async () => {
    await using server = await serving((request, response) => {
      if (request.url !== "/0") response.end();
    });
    const request = ({ id }: Draw): HttpRequest => ({ method: "GET", path: `/${id}` });
    const first = operation("/", { request, deadline: milliseconds(600) });
    const later = operation("/", { request });
    const dueMs = Float64Array.of(0, 0, 0, 700, 701);
    const arrivals = { ...arrivalsOf([0, 0, 0, 1, 1], 1), dueMs };
    const { sink, report, startMs } = await tried({
      operations: { first, later },
      targets: [server.address],
      arrivals,
      connections: 1,
    });
    expectConserved(sink, report, 5);
    expect(sink.endOf(0)).toBe("unknown no answer within the deadline");
    expect(sink.endOf(1)).toBe("failed expired before the wire");
    expect(sink.endOf(2)).toBe("failed expired before the wire");
    expect([sink.endOf(3), sink.endOf(4)]).toEqual(["ok", "ok"]);
    for (const { id, intendedMs, dispatchedMs, endMs } of sink.records) {
      expect(intendedMs).toBe(startMs + dueMs[id]!);
      if (id < 3) expect(endMs).toBeGreaterThanOrEqual(intendedMs + 600);
      expect(Number.isNaN(dispatchedMs)).toBe(id === 1 || id === 2);
    }
  });

  it("does not take an answer after the deadline, though it is read before the deadline is swept", async () => {
    const held: (() => void)[] = [];
    await using server = await serving((_, response) => {
      held.push(() => response.end());
      if (held.length === 2) for (const answer of held) answer();
    });
    // Both answers are there at once; the judge of the one that is read first lets the other's deadline go by.
    const stalls = operation("/", {
      deadline: milliseconds(2000),
      judge: () => {
        for (const startMs = now(); now() < startMs + 2100; );
        return { outcome: "ok" };
      },
    });
    const { sink } = await tried({ operations: { stalls }, targets: [server.address], arrivals: many(2, 0) });
    expect(sink.outcomesSeen()).toEqual(["ok", "unknown"]);
  });
});
